import django.db.models.deletion
from django.db import migrations, models

import brainstem.core.model.fields
import brainstem.core.model.ids


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("stem", "0001_initial"),
    ]

    dependencies = [
        ("core", "0001_first_release"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cohort",
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
                ("name", models.CharField(help_text="Name of the cohort, used once in its project.", max_length=100)),
                (
                    "description",
                    brainstem.core.model.fields.RichTextField(
                        blank=True, default="", help_text="What the subjects have in common."
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CohortSubject",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("order", models.PositiveIntegerField(default=0)),
            ],
            options={
                "ordering": ("order", "id"),
            },
        ),
        migrations.CreateModel(
            name="Collection",
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
                    "name",
                    models.CharField(help_text="Name of the collection, used once in its project.", max_length=100),
                ),
                (
                    "description",
                    brainstem.core.model.fields.RichTextField(
                        blank=True, default="", help_text="What the sessions have in common."
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Epoch",
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
                ("name", models.CharField(help_text="Name of the epoch, used once in its session.", max_length=100)),
                (
                    "start",
                    brainstem.core.model.fields.SpanField(
                        blank=True, help_text="Time from the start of the session to that of the epoch.", null=True
                    ),
                ),
                (
                    "end",
                    brainstem.core.model.fields.SpanField(
                        blank=True, help_text="Time from the start of the session to the end of the epoch.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Project",
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
                    "name",
                    models.CharField(
                        help_text="Name of the project, used once on this server.", max_length=200, unique=True
                    ),
                ),
                (
                    "description",
                    brainstem.core.model.fields.RichTextField(
                        blank=True, default="", help_text="Question, approach and people."
                    ),
                ),
                (
                    "extra_fields",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=dict,
                        help_text="Further values by name, texts or numbers.",
                        structure="extra_fields",
                    ),
                ),
                (
                    "is_public",
                    models.BooleanField(
                        default=False, help_text="Whether everyone may read the project with its subjects and sessions."
                    ),
                ),
                (
                    "name_used_in_storage",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Name of the project's folder in data storages.",
                        max_length=200,
                    ),
                ),
                (
                    "download_links",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="Public repositories that hold the data, each with Repository and URL.",
                        structure="download_links",
                    ),
                ),
                (
                    "user_roles",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="Contributions of people to the project, each with user and role.",
                        structure="project_user_roles",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProjectGroupMembershipInvitation",
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
                    "can_change",
                    models.BooleanField(default=False, help_text="Whether the invitee becomes a contributor."),
                ),
                (
                    "manage_project",
                    models.BooleanField(default=False, help_text="Whether the invitee becomes a manager."),
                ),
                ("own_project", models.BooleanField(default=False, help_text="Whether the invitee becomes an owner.")),
                (
                    "project_name",
                    models.CharField(
                        blank=True, default="", help_text="Name of the project when it invited.", max_length=200
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProjectMembershipInvitation",
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
                    "can_change",
                    models.BooleanField(default=False, help_text="Whether the invitee becomes a contributor."),
                ),
                (
                    "manage_project",
                    models.BooleanField(default=False, help_text="Whether the invitee becomes a manager."),
                ),
                ("own_project", models.BooleanField(default=False, help_text="Whether the invitee becomes an owner.")),
                (
                    "project_name",
                    models.CharField(
                        blank=True, default="", help_text="Name of the project when it invited.", max_length=200
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Session",
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
                    "name",
                    models.CharField(
                        help_text="Name of the session, used once on this server.", max_length=100, unique=True
                    ),
                ),
                (
                    "description",
                    brainstem.core.model.fields.RichTextField(
                        blank=True, default="", help_text="What was done in the session."
                    ),
                ),
                ("date_time", models.DateTimeField(blank=True, help_text="When the session started, UTC.", null=True)),
                (
                    "extra_fields",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=dict,
                        help_text="Further values by name, texts or numbers.",
                        structure="extra_fields",
                    ),
                ),
                (
                    "download_links",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="Public repositories that hold the data, each with Repository and URL.",
                        structure="download_links",
                    ),
                ),
                (
                    "name_used_in_storage",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Name of the session's folder in data storages.",
                        max_length=200,
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SessionDataStorage",
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
                    "order",
                    models.PositiveIntegerField(
                        default=0, help_text="Place among the data storages of the session, counted from 0."
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Subject",
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
                    "name",
                    models.CharField(
                        help_text="Name of the subject, used once on this server.", max_length=100, unique=True
                    ),
                ),
                (
                    "description",
                    brainstem.core.model.fields.RichTextField(
                        blank=True, default="", help_text="Remarks on the subject."
                    ),
                ),
                (
                    "sex",
                    models.CharField(
                        choices=[("F", "Female"), ("M", "Male"), ("U", "Unknown")],
                        help_text="Sex: F, M or U for unknown.",
                        max_length=1,
                    ),
                ),
                (
                    "genetic_line",
                    models.CharField(blank=True, default="", help_text="Transgenic line.", max_length=100),
                ),
                (
                    "genotype",
                    models.CharField(
                        blank=True, default="", help_text="Alleles that the subject carries.", max_length=200
                    ),
                ),
                (
                    "subject_identifier",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Ear tag, chip or number in the animal facility.",
                        max_length=100,
                    ),
                ),
                ("birth_date", models.DateField(blank=True, help_text="Day of birth.", null=True)),
                ("death_date", models.DateField(blank=True, help_text="Day of death.", null=True)),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("planned", "Planned"),
                            ("active", "Active"),
                            ("inactive", "Inactive"),
                            ("transferred", "Transferred"),
                            ("deceased", "Deceased"),
                            ("unknown", "Unknown"),
                        ],
                        default="active",
                        help_text="Whether the subject is in use.",
                        max_length=11,
                    ),
                ),
                (
                    "extra_fields",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=dict,
                        help_text="Further values by name, texts or numbers.",
                        structure="extra_fields",
                    ),
                ),
                (
                    "name_used_in_storage",
                    models.CharField(
                        blank=True,
                        help_text="Name of the subject's folder in data storages.",
                        max_length=200,
                        null=True,
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Breeding",
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
                ("name", models.CharField(help_text="Name of the breeding, used once in its project.", max_length=100)),
                (
                    "description",
                    brainstem.core.model.fields.RichTextField(blank=True, default="", help_text="Purpose and remarks."),
                ),
                ("birth_date", models.DateField(blank=True, help_text="Day on which the litter was born.", null=True)),
                (
                    "start_date",
                    models.DateField(blank=True, help_text="Day on which the pair was put together.", null=True),
                ),
                ("end_date", models.DateField(blank=True, help_text="Day on which the pair was separated.", null=True)),
                (
                    "weaning_date",
                    models.DateField(blank=True, help_text="Day on which the litter was weaned.", null=True),
                ),
                ("litter_size", models.PositiveIntegerField(blank=True, help_text="Number of pups born.", null=True)),
                (
                    "expected_genotype",
                    models.CharField(
                        blank=True, default="", help_text="Genotype that the pairing aims at.", max_length=100
                    ),
                ),
                (
                    "audience",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.audience",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
    ]
