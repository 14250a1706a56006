import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import brainstem.core.model.fields
import brainstem.core.model.ids


class Migration(migrations.Migration):
    replaces = [
        ("personal_attributes", "0001_initial"),
        ("personal_attributes", "0002_initial"),
    ]

    dependencies = [
        ("taxonomies", "0001_first_release"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DataStorage",
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
                ("is_public", models.BooleanField(default=False, help_text="Whether everyone may read the record.")),
                ("name", models.CharField(help_text="Name of the storage.", max_length=100, unique=True)),
                (
                    "location",
                    models.CharField(blank=True, default="", help_text="Where the storage stands.", max_length=100),
                ),
                (
                    "description",
                    brainstem.core.model.fields.RichTextField(
                        blank=True, default="", help_text="What the storage is used for.", max_length=500
                    ),
                ),
                (
                    "data_organization",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="Levels of folders from the top, such as Projects, Subjects, Sessions.",
                        structure="data_organization",
                    ),
                ),
                (
                    "data_protocols",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="Ways to reach the data, each with protocol, path and whether it is public.",
                        structure="data_protocols",
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
            name="Inventory",
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
                ("is_public", models.BooleanField(default=False, help_text="Whether everyone may read the record.")),
                ("name", models.CharField(help_text="Name of the inventory in the laboratory.", max_length=50)),
                ("location", models.CharField(blank=True, default="", help_text="Building and room.", max_length=100)),
                (
                    "description",
                    brainstem.core.model.fields.RichTextField(
                        blank=True, default="", help_text="What is kept there.", max_length=500
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
                "verbose_name_plural": "inventories",
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="License",
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
                ("is_public", models.BooleanField(default=False, help_text="Whether everyone may read the record.")),
                ("name", models.CharField(help_text="Title of the license.", max_length=255)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("animal_research_authorization", "Animal research authorization"),
                            ("human_research_authorization", "Human research authorization"),
                            ("biosafety_gmo_authorization", "Biosafety gmo authorization"),
                            ("wildlife_fieldwork_permit", "Wildlife fieldwork permit"),
                            ("controlled_substance_license", "Controlled substance license"),
                            ("chemical_use_authorization", "Chemical use authorization"),
                            ("import_export_permit", "Import export permit"),
                        ],
                        help_text="What the license permits.",
                        max_length=64,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("pending", "Pending"),
                            ("active", "Active"),
                            ("suspended", "Suspended"),
                            ("expired", "Expired"),
                            ("revoked", "Revoked"),
                        ],
                        default="draft",
                        help_text="Whether the license is in force.",
                        max_length=16,
                    ),
                ),
                (
                    "description",
                    brainstem.core.model.fields.RichTextField(
                        blank=True, default="", help_text="Scope and conditions of the license."
                    ),
                ),
                (
                    "country",
                    brainstem.core.model.fields.CountryField(
                        blank=True,
                        help_text="Country in which the license holds, ISO 3166-1 alpha-2.",
                        max_length=2,
                        null=True,
                    ),
                ),
                (
                    "license_number",
                    models.CharField(
                        blank=True, default="", help_text="Number that the authority gave.", max_length=128
                    ),
                ),
                (
                    "license_document",
                    brainstem.core.model.fields.DocumentUpload(
                        blank=True,
                        help_text="Copy of the license, best as PDF.",
                        max_length=300,
                        upload_to=brainstem.core.model.fields.upload_path,
                    ),
                ),
                (
                    "valid_from",
                    models.DateField(blank=True, help_text="First day on which the license holds.", null=True),
                ),
                (
                    "valid_until",
                    models.DateField(blank=True, help_text="Last day on which the license holds.", null=True),
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
                    "license_holders",
                    models.ManyToManyField(
                        blank=True,
                        help_text="People who hold the license.",
                        related_name="licenses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "regulatory_authority",
                    models.ForeignKey(
                        blank=True,
                        help_text="Authority that granted the license.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="licenses",
                        to="taxonomies.regulatoryauthority",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BehavioralAssay",
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
                ("is_public", models.BooleanField(default=False, help_text="Whether everyone may read the record.")),
                ("name", models.CharField(help_text="Name of the assay in the laboratory.", max_length=50)),
                (
                    "description",
                    models.TextField(
                        blank=True, default="", help_text="How the paradigm is run in this laboratory.", max_length=500
                    ),
                ),
                (
                    "behavioral_paradigm",
                    models.ForeignKey(
                        help_text="Standard test that the assay follows.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="behavioralassays",
                        to="taxonomies.behavioralparadigm",
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
                    "setup_type",
                    models.ForeignKey(
                        help_text="Kind of setup that the assay runs in.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="behavioralassays",
                        to="taxonomies.setuptype",
                    ),
                ),
                (
                    "licenses",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Licenses that cover the assay.",
                        related_name="behavioralassays",
                        to="personal_attributes.license",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Protocol",
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
                ("name", models.CharField(help_text="Title of the protocol.", max_length=200)),
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
            name="Setup",
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
                ("is_public", models.BooleanField(default=False, help_text="Whether everyone may read the record.")),
                ("name", models.CharField(help_text="Name of the setup in the laboratory.", max_length=50)),
                ("location", models.CharField(blank=True, default="", help_text="Building and room.", max_length=100)),
                (
                    "description",
                    brainstem.core.model.fields.RichTextField(
                        blank=True, default="", help_text="What the setup consists of.", max_length=500
                    ),
                ),
                (
                    "specifications",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="Dimensions and other properties, each with name, value and description.",
                        structure="setup_specifications",
                    ),
                ),
                (
                    "image",
                    brainstem.core.model.fields.ImageUpload(
                        blank=True,
                        help_text="Photograph or drawing; shown to people with a role only.",
                        max_length=300,
                        upload_to=brainstem.core.model.fields.upload_path,
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
                    "setup_type",
                    models.ForeignKey(
                        help_text="Kind of setup.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="setups",
                        to="taxonomies.setuptype",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
    ]
