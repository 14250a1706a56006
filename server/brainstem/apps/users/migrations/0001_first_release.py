import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import brainstem.core.model.fields
import brainstem.core.model.ids
import brainstem.core.model.validators


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("users", "0001_initial"),
        ("users", "0002_orcid_check_digit"),
        ("users", "0003_session_epoch"),
        ("users", "0004_offers_expire"),
        ("users", "0005_security_events"),
        ("users", "0006_accounts"),
        ("users", "0007_token_form_key"),
        ("users", "0008_device_requests"),
        ("users", "0009_second_factors"),
        ("users", "0010_email_code_purpose"),
        ("users", "0011_account_changes"),
    ]

    dependencies = [
        ("stem", "0001_first_release"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("created_at", models.DateTimeField(auto_now_add=True, help_text="When the record was made, UTC.")),
                ("updated_at", models.DateTimeField(auto_now=True, help_text="When the record was last changed, UTC.")),
                ("id", models.AutoField(help_text="Identifier.", primary_key=True, serialize=False)),
                ("email", models.EmailField(help_text="Email address, used to sign in.", max_length=254, unique=True)),
                ("first_name", models.CharField(blank=True, default="", help_text="Given name.", max_length=150)),
                ("last_name", models.CharField(blank=True, default="", help_text="Family name.", max_length=150)),
                (
                    "website",
                    brainstem.core.model.fields.WebField(
                        blank=True, default="", help_text="Personal or laboratory web page.", max_length=200
                    ),
                ),
                (
                    "google_scholar",
                    brainstem.core.model.fields.WebField(
                        blank=True, default="", help_text="Profile on Google Scholar.", max_length=200
                    ),
                ),
                (
                    "orcid_id",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="ORCID, as a number or full address.",
                        max_length=100,
                        validators=[brainstem.core.model.validators.validate_orcid],
                    ),
                ),
                (
                    "atlas_preference",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("AIA", "Allen Mouse Brain Atlas"),
                            ("AIA_dM", "Allen Developing Mouse Brain Atlas"),
                            ("AIA_HB", "Allen Human Brain Atlas"),
                            ("AIA_dHB", "Allen Developing Human Brain Atlas"),
                            ("AIA_P", "Allen Non-Human Primate Brain Atlas"),
                            ("AIA_S", "Allen Spinal Column Atlas"),
                            ("BM4", "Brain Maps 4.0 - Rat brain Atlas"),
                            ("PF2001", "Paxinos & Franklin 2001 Mouse Brain Atlas"),
                            ("PW1997", "Paxinos & Watson 1997 Rat Brain Atlas"),
                            ("S2004", "Swanson 2004 Rat Brain Atlas"),
                        ],
                        default="AIA",
                        help_text="Brain atlas that forms propose first.",
                        max_length=7,
                    ),
                ),
                ("picture", models.FileField(blank=True, upload_to="pictures")),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now)),
                ("is_active", models.BooleanField(default=True)),
                ("is_staff", models.BooleanField(default=False)),
                ("is_superuser", models.BooleanField(default=False)),
                ("two_factor_enabled", models.BooleanField(default=False)),
                ("two_factor_default", models.CharField(blank=True, default="", max_length=10)),
                ("session_epoch", models.PositiveIntegerField(default=0)),
                (
                    "active_projects",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Projects that the person works on at present.",
                        related_name="active_users",
                        to="stem.project",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="Id of the user who made the record.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SignInBucket",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("ends", models.BigIntegerField(db_index=True)),
                ("tries", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="EmailCodes",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("enabled_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("purpose", models.CharField(blank=True, default="", max_length=10)),
                ("sent_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="AccountInvitation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ends_at", models.DateTimeField()),
                (
                    "invited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BackupCode",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeviceRequest",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("device_digest", models.CharField(max_length=64, unique=True)),
                ("session_digest", models.CharField(max_length=64, unique=True)),
                ("code_digest", models.CharField(max_length=64, unique=True)),
                ("client_name", models.CharField(blank=True, max_length=100)),
                ("address", models.CharField(blank=True, max_length=45)),
                ("agent", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("", "Not decided"), ("approved", "Approved"), ("denied", "Denied")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("collected_at", models.DateTimeField(null=True)),
                ("token_name", models.CharField(blank=True, max_length=100)),
                ("read_only", models.BooleanField(default=False)),
                ("seal", models.CharField(blank=True, max_length=64)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EmailChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("old", models.EmailField(max_length=254)),
                ("new", models.EmailField(max_length=254)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("old_agreed", models.BooleanField(default=False)),
                ("new_agreed", models.BooleanField(default=False)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True, help_text="When the record was made, UTC.")),
                ("updated_at", models.DateTimeField(auto_now=True, help_text="When the record was last changed, UTC.")),
                ("id", models.AutoField(help_text="Identifier.", primary_key=True, serialize=False)),
                ("name", models.CharField(help_text="Name of the group.", max_length=150, unique=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="Id of the user who made the record.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="GroupMembershipInvitation",
            fields=[
                (
                    "id",
                    brainstem.core.model.fields.PrimaryIdField(
                        default=brainstem.core.model.ids.uuid7,
                        editable=False,
                        help_text="Identifier.",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, help_text="When the record was made, UTC.")),
                ("updated_at", models.DateTimeField(auto_now=True, help_text="When the record was last changed, UTC.")),
                (
                    "message",
                    models.TextField(
                        blank=True, default="", help_text="What the sender wrote to those who answer.", max_length=2000
                    ),
                ),
                ("expires_at", models.DateTimeField(help_text="When the offer ends by itself, UTC.")),
                ("new_manager", models.BooleanField(default=False, help_text="Whether the person becomes a manager.")),
                ("new_owner", models.BooleanField(default=False, help_text="Whether the person becomes an owner.")),
                (
                    "authgroup",
                    models.ForeignKey(
                        help_text="Group that invites.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="users.group",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="Id of the user who made the record.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user_account_invitation",
                    models.ForeignKey(
                        help_text="Person who is invited.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="group_invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="GroupMembershipRequest",
            fields=[
                (
                    "id",
                    brainstem.core.model.fields.PrimaryIdField(
                        default=brainstem.core.model.ids.uuid7,
                        editable=False,
                        help_text="Identifier.",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, help_text="When the record was made, UTC.")),
                ("updated_at", models.DateTimeField(auto_now=True, help_text="When the record was last changed, UTC.")),
                (
                    "message",
                    models.TextField(
                        blank=True, default="", help_text="What the sender wrote to those who answer.", max_length=2000
                    ),
                ),
                ("expires_at", models.DateTimeField(help_text="When the offer ends by itself, UTC.")),
                (
                    "authgroup",
                    models.ForeignKey(
                        help_text="Group that the person asks to join.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requests",
                        to="users.group",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="Id of the user who made the record.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user_account_request",
                    models.ForeignKey(
                        help_text="Person who asks.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="group_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Laboratory",
            fields=[
                (
                    "id",
                    brainstem.core.model.fields.PrimaryIdField(
                        default=brainstem.core.model.ids.uuid7,
                        editable=False,
                        help_text="Identifier.",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, help_text="When the record was made, UTC.")),
                ("updated_at", models.DateTimeField(auto_now=True, help_text="When the record was last changed, UTC.")),
                (
                    "description",
                    models.TextField(blank=True, default="", help_text="What the laboratory works on.", max_length=500),
                ),
                (
                    "website",
                    brainstem.core.model.fields.WebField(
                        blank=True, default="", help_text="Web page of the laboratory.", max_length=200
                    ),
                ),
                (
                    "department",
                    models.CharField(blank=True, default="", help_text="Department or institute.", max_length=100),
                ),
                ("institution", models.CharField(help_text="University, hospital or company.", max_length=100)),
                ("city", models.CharField(blank=True, default="", help_text="City.", max_length=100)),
                ("country", models.CharField(blank=True, default="", help_text="Name of the country.", max_length=100)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="Id of the user who made the record.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "group",
                    models.OneToOneField(
                        help_text="Group of people that works in the laboratory.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="laboratory",
                        to="users.group",
                    ),
                ),
                (
                    "principal_investigators",
                    models.ManyToManyField(
                        help_text="Members of the group who lead the laboratory.",
                        related_name="laboratories",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "laboratories",
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.PositiveSmallIntegerField(choices=[(1, "member"), (3, "manager"), (4, "owner")], default=1),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="users.group"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SecurityEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("signed_in", "Signed in"),
                            ("sign_in_failed", "Sign-in failed"),
                            ("second_factor_failed", "Second factor failed"),
                            ("signed_out", "Signed out"),
                            ("registered", "Registered"),
                            ("password_changed", "Password changed"),
                            ("password_reset", "Password reset by email"),
                            ("email_changed", "Email address changed"),
                            ("token_made", "Token made"),
                            ("token_revoked", "Token revoked"),
                            ("device_approved", "Program approved"),
                            ("device_denied", "Program denied"),
                            ("method_added", "Two-factor method added"),
                            ("method_removed", "Two-factor method removed"),
                            ("backup_codes_made", "Backup codes made"),
                            ("backup_code_used", "Backup code used"),
                            ("session_ended", "Session ended"),
                            ("connection_added", "Sign-in with another account connected"),
                            ("connection_removed", "Sign-in with another account removed"),
                            ("data_exported", "Own data exported"),
                            ("closed", "Account closed"),
                            ("opened", "Account opened again"),
                        ],
                        max_length=24,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("address", models.CharField(blank=True, max_length=45)),
                ("agent", models.CharField(blank=True, max_length=200)),
                ("about", models.CharField(blank=True, max_length=200)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("personal", "Personal access token"),
                            ("access", "Access token"),
                            ("refresh", "Refresh token"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=100)),
                ("key_id", models.CharField(max_length=12, unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("family", brainstem.core.model.fields.IdField(db_index=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("created_address", models.CharField(blank=True, max_length=45)),
                ("expires_at", models.DateTimeField()),
                ("sliding_days", models.PositiveSmallIntegerField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                ("last_used_address", models.CharField(blank=True, max_length=45)),
                ("used_at", models.DateTimeField(null=True)),
                ("read_only", models.BooleanField(default=False)),
                ("project_id", brainstem.core.model.fields.IdField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("form_key", models.CharField(max_length=32, null=True, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower("email"), name="users_email_once"),
        ),
        migrations.AddConstraint(
            model_name="backupcode",
            constraint=models.UniqueConstraint(fields=("user", "digest"), name="backup_code_once"),
        ),
        migrations.AddConstraint(
            model_name="groupmembershipinvitation",
            constraint=models.UniqueConstraint(
                fields=("user_account_invitation", "authgroup"), name="one_group_invitation"
            ),
        ),
        migrations.AddConstraint(
            model_name="groupmembershiprequest",
            constraint=models.UniqueConstraint(fields=("user_account_request", "authgroup"), name="one_group_request"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(fields=("group", "user"), name="one_membership_a_user"),
        ),
        migrations.AddIndex(
            model_name="securityevent",
            index=models.Index(fields=["user", "-id"], name="security_event_of_user"),
        ),
        migrations.AddIndex(
            model_name="token",
            index=models.Index(fields=["user", "kind"], name="token_of_user"),
        ),
    ]
