import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import brainstem.core.model.fields
import brainstem.core.model.ids
import brainstem.core.model.validators


class Migration(migrations.Migration):
    replaces = [
        ("dissemination", "0001_initial"),
        ("dissemination", "0002_initial"),
        ("dissemination", "0003_approval_flow"),
        ("dissemination", "0004_doi_form"),
        ("dissemination", "0005_names_in_one_spelling"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Journal",
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
                    models.TextField(blank=True, default="", help_text="What the journal publishes.", max_length=2000),
                ),
                (
                    "website",
                    brainstem.core.model.fields.WebField(
                        blank=True, default="", help_text="Web page of the journal.", max_length=200
                    ),
                ),
                (
                    "comments",
                    models.TextField(
                        blank=True, default="", help_text="Remarks for those who look after the catalogue."
                    ),
                ),
                ("name", models.CharField(help_text="Name of the journal.", max_length=500, unique=True)),
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
            name="Publication",
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
                ("title", models.CharField(help_text="Title as published.", max_length=200, unique=True)),
                ("authors", models.CharField(help_text="Names of the authors, in order.", max_length=500)),
                ("abstract", models.TextField(help_text="Abstract as published.")),
                (
                    "doi",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Digital object identifier, such as 10.1126/science.1099745.",
                        max_length=200,
                        validators=[brainstem.core.model.validators.validate_doi],
                    ),
                ),
                (
                    "publication_url",
                    brainstem.core.model.fields.WebField(
                        blank=True, default="", help_text="Page of the publication.", max_length=300
                    ),
                ),
                (
                    "pdf_url",
                    brainstem.core.model.fields.WebField(
                        blank=True, default="", help_text="Address of the PDF.", max_length=300
                    ),
                ),
                ("publication_date", models.DateField(help_text="Day on which it was published.")),
                (
                    "volume",
                    models.CharField(blank=True, default="", help_text="Volume, issue and pages.", max_length=100),
                ),
                (
                    "comments",
                    models.TextField(
                        blank=True, default="", help_text="Remarks for those who look after the catalogue."
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
                    "journal",
                    models.ForeignKey(
                        help_text="Journal or preprint server.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publications",
                        to="dissemination.journal",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="JournalApproval",
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
                    "instance_id",
                    brainstem.core.model.fields.IdField(
                        blank=True, help_text="Entry that would be changed; null for a new one.", null=True
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[("Add", "Add"), ("Change", "Change")],
                        default="Add",
                        help_text="Whether an entry would be added or changed.",
                        max_length=6,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("Pending", "Pending"),
                            ("Accepted", "Accepted"),
                            ("Rejected", "Rejected"),
                            ("Revision requested", "Revision requested"),
                        ],
                        default="Pending",
                        help_text="Where the proposal stands.",
                        max_length=18,
                    ),
                ),
                ("base", models.JSONField(blank=True, default=dict, editable=False)),
                ("review_comment", models.TextField(blank=True, default="", editable=False)),
                (
                    "description",
                    models.TextField(blank=True, default="", help_text="What the journal publishes.", max_length=2000),
                ),
                (
                    "website",
                    brainstem.core.model.fields.WebField(
                        blank=True, default="", help_text="Web page of the journal.", max_length=200
                    ),
                ),
                (
                    "comments",
                    models.TextField(
                        blank=True, default="", help_text="Remarks for those who look after the catalogue."
                    ),
                ),
                ("name", models.CharField(help_text="Proposed name of the journal.", max_length=500)),
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
                    "reviewer",
                    models.ForeignKey(
                        blank=True,
                        help_text="Administrator who decided.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reviewed_%(class)ss",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
                "indexes": [models.Index(fields=["created_by", "id"], name="journalapproval_by")],
            },
        ),
    ]
