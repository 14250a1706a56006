import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import brainstem.core.model.fields
import brainstem.core.model.ids


class Migration(migrations.Migration):
    replaces = [
        ("modules", "0001_initial"),
        ("modules", "0002_initial"),
        ("modules", "0003_initial"),
        ("modules", "0004_coordinates_where_the_type_has_some"),
    ]

    dependencies = [
        ("core", "0001_first_release"),
        ("core", "0002_first_release_links"),
        ("personal_attributes", "0001_first_release"),
        ("resources", "0001_first_release"),
        ("stem", "0001_first_release"),
        ("taxonomies", "0001_first_release"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsumableStock",
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
                    "type",
                    brainstem.core.model.fields.TypeField(
                        help_text="Kind of ConsumableStock, a code of the type schemas.", max_length=64
                    ),
                ),
                (
                    "details",
                    brainstem.core.model.fields.DetailsField(
                        blank=True, default=dict, help_text="Values that the type asks for.", selector="type"
                    ),
                ),
                (
                    "type_schema_version",
                    models.CharField(
                        blank=True, default="", help_text="Version of the type schema of the details.", max_length=20
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[("AVAILABLE", "Available"), ("RESERVED", "Reserved"), ("DEPLETED", "Depleted")],
                        default="AVAILABLE",
                        help_text="Whether it can be used.",
                        max_length=9,
                    ),
                ),
                ("notes", models.CharField(blank=True, default="", help_text="Remarks on the batch.", max_length=500)),
                (
                    "acquisition_date",
                    models.DateField(blank=True, help_text="Day on which the batch was obtained.", null=True),
                ),
                (
                    "expiration_date",
                    models.DateField(blank=True, help_text="Last day on which the batch may be used.", null=True),
                ),
                (
                    "storage_location",
                    models.CharField(
                        blank=True, default="", help_text="Shelf, rack or box in the inventory.", max_length=100
                    ),
                ),
                (
                    "storage_conditions",
                    models.CharField(
                        blank=True, help_text="Temperature and other conditions of storage.", max_length=100, null=True
                    ),
                ),
                (
                    "intended_use",
                    models.CharField(blank=True, help_text="What the batch is meant for.", max_length=100, null=True),
                ),
                ("cost", models.CharField(blank=True, help_text="Price with its currency.", max_length=100, null=True)),
                (
                    "consumable",
                    models.ForeignKey(
                        blank=True,
                        help_text="Product that the batch is of.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consumablestocks",
                        to="resources.consumable",
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
                    "inventory",
                    models.ForeignKey(
                        help_text="Inventory that keeps the batch.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consumablestocks",
                        to="personal_attributes.inventory",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Equipment",
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
                ("name", models.CharField(help_text="Name of the piece in its setup.", max_length=100)),
                (
                    "type",
                    brainstem.core.model.fields.TypeField(
                        help_text="Kind of Equipment, a code of the type schemas.", max_length=64
                    ),
                ),
                (
                    "details",
                    brainstem.core.model.fields.DetailsField(
                        blank=True, default=dict, help_text="Values that the type asks for.", selector="type"
                    ),
                ),
                (
                    "type_schema_version",
                    models.CharField(
                        blank=True, default="", help_text="Version of the type schema of the details.", max_length=20
                    ),
                ),
                ("notes", models.CharField(blank=True, default="", help_text="Remarks on the piece.", max_length=500)),
                (
                    "date_time",
                    models.DateTimeField(blank=True, help_text="When the piece was installed, UTC.", null=True),
                ),
                (
                    "coordinates_system",
                    brainstem.core.model.fields.TypeField(
                        help_text="Coordinate system, a code of the type schemas.", max_length=64
                    ),
                ),
                (
                    "coordinates_details",
                    brainstem.core.model.fields.DetailsField(
                        blank=True,
                        default=dict,
                        help_text="Values in the coordinate system.",
                        selector="coordinates_system",
                    ),
                ),
                (
                    "coordinates_schema_version",
                    models.CharField(
                        blank=True, default="", help_text="Version of the coordinate schema.", max_length=20
                    ),
                ),
                (
                    "consumable",
                    models.ForeignKey(
                        blank=True,
                        help_text="Product that the piece is, when it is one that is used up.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="equipment",
                        to="resources.consumable",
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
                    "hardwaredevice",
                    models.ForeignKey(
                        blank=True,
                        help_text="Product that the piece is, when it is a device.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="equipment",
                        to="resources.hardwaredevice",
                    ),
                ),
                (
                    "setup",
                    models.ForeignKey(
                        help_text="Setup that the piece belongs to.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="equipment",
                        to="personal_attributes.setup",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "equipment",
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Procedure",
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
                    "type",
                    brainstem.core.model.fields.TypeField(
                        help_text="Kind of Procedure, a code of the type schemas.", max_length=64
                    ),
                ),
                (
                    "details",
                    brainstem.core.model.fields.DetailsField(
                        blank=True, default=dict, help_text="Values that the type asks for.", selector="type"
                    ),
                ),
                (
                    "type_schema_version",
                    models.CharField(
                        blank=True, default="", help_text="Version of the type schema of the details.", max_length=20
                    ),
                ),
                (
                    "notes",
                    models.CharField(blank=True, default="", help_text="Remarks on the procedure.", max_length=500),
                ),
                (
                    "date_time",
                    models.DateTimeField(blank=True, help_text="When the procedure was done, UTC.", null=True),
                ),
                (
                    "coordinates_system",
                    brainstem.core.model.fields.TypeField(
                        blank=True,
                        default="",
                        help_text="Coordinate system, a code of the type schemas.",
                        max_length=64,
                    ),
                ),
                (
                    "coordinates_details",
                    brainstem.core.model.fields.DetailsField(
                        blank=True,
                        default=dict,
                        help_text="Values in the coordinate system.",
                        selector="coordinates_system",
                    ),
                ),
                (
                    "coordinates_schema_version",
                    models.CharField(
                        blank=True, default="", help_text="Version of the coordinate schema.", max_length=20
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
                (
                    "brain_region",
                    models.ForeignKey(
                        blank=True,
                        help_text="Region of the brain that was targeted.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="procedures",
                        to="taxonomies.brainregion",
                    ),
                ),
                (
                    "consumablestock",
                    models.ForeignKey(
                        blank=True,
                        help_text="Batch that was implanted, injected or used up.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="procedures",
                        to="modules.consumablestock",
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
                    "equipment",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Equipment that the procedure was done with.",
                        related_name="procedures",
                        to="modules.equipment",
                    ),
                ),
                (
                    "licenses",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Licenses that permit the procedure.",
                        related_name="procedures",
                        to="personal_attributes.license",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        help_text="Subject that underwent the procedure.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="procedures",
                        to="stem.subject",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Manipulation",
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
                    "type",
                    brainstem.core.model.fields.TypeField(
                        help_text="Kind of manipulation, a code of the type schemas.", max_length=64
                    ),
                ),
                (
                    "details",
                    brainstem.core.model.fields.DetailsField(
                        blank=True, default=list, help_text="Rows of values that the type asks for.", selector="type"
                    ),
                ),
                (
                    "type_schema_version",
                    models.CharField(
                        blank=True, default="", help_text="Version of the type schema of the details.", max_length=20
                    ),
                ),
                (
                    "notes",
                    models.CharField(blank=True, default="", help_text="Remarks on the manipulation.", max_length=500),
                ),
                (
                    "order",
                    models.PositiveIntegerField(
                        default=0, help_text="Place among the manipulations of the session, counted from 0."
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
                    "equipment",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Equipment that applied the manipulation.",
                        related_name="manipulations",
                        to="modules.equipment",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        help_text="Session in which it was applied.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="manipulations",
                        to="stem.session",
                    ),
                ),
                (
                    "procedures",
                    models.ManyToManyField(
                        help_text="Procedures that made the manipulation possible, such as a virus injection; at least one.",
                        related_name="manipulations",
                        to="modules.procedure",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DataAcquisition",
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
                    "type",
                    brainstem.core.model.fields.TypeField(
                        help_text="Kind of DataAcquisition, a code of the type schemas.", max_length=64
                    ),
                ),
                (
                    "details",
                    brainstem.core.model.fields.DetailsField(
                        blank=True, default=dict, help_text="Values that the type asks for.", selector="type"
                    ),
                ),
                (
                    "type_schema_version",
                    models.CharField(
                        blank=True, default="", help_text="Version of the type schema of the details.", max_length=20
                    ),
                ),
                (
                    "notes",
                    models.CharField(blank=True, default="", help_text="Remarks on the recording.", max_length=500),
                ),
                (
                    "image",
                    brainstem.core.model.fields.ImageUpload(
                        blank=True,
                        help_text="Picture of the recording, such as the field of view.",
                        max_length=300,
                        upload_to=brainstem.core.model.fields.upload_path,
                    ),
                ),
                (
                    "order",
                    models.PositiveIntegerField(
                        default=0, help_text="Place among the data acquisitions of the session, counted from 0."
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
                    "session",
                    models.ForeignKey(
                        help_text="Session in which the data were recorded.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dataacquisition",
                        to="stem.session",
                    ),
                ),
                (
                    "equipment",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Equipment that recorded the data.",
                        related_name="dataacquisition",
                        to="modules.equipment",
                    ),
                ),
                (
                    "procedures",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Procedures that made the recording possible, such as the implantation of the probe.",
                        related_name="dataacquisition",
                        to="modules.procedure",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProcedureLog",
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
                    "type",
                    brainstem.core.model.fields.TypeField(
                        help_text="Kind of log, a code of the type schemas; set once.", max_length=64
                    ),
                ),
                (
                    "description",
                    models.CharField(blank=True, help_text="What the log is kept for.", max_length=500, null=True),
                ),
                (
                    "entries",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="What was noted, in order of time; changed through the entry actions.",
                        structure="log_entries",
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
                    "procedure",
                    models.ForeignKey(
                        help_text="Procedure that the log is about.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="procedurelogs",
                        to="modules.procedure",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SubjectLog",
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
                    "type",
                    brainstem.core.model.fields.TypeField(
                        help_text="Kind of log, a code of the type schemas; set once.", max_length=64
                    ),
                ),
                (
                    "description",
                    models.CharField(blank=True, help_text="What the log is kept for.", max_length=500, null=True),
                ),
                (
                    "entries",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="What was noted, in order of time; changed through the entry actions.",
                        structure="log_entries",
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
                    "subject",
                    models.ForeignKey(
                        help_text="Subject that the log is about.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subjectlogs",
                        to="stem.subject",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        help_text="Person who started the log.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="subjectlogs",
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
            name="Behavior",
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
                    "notes",
                    models.CharField(blank=True, default="", help_text="Remarks on the behavior.", max_length=500),
                ),
                (
                    "order",
                    models.PositiveIntegerField(
                        default=0, help_text="Place among the behaviors of the session, counted from 0."
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
                (
                    "behavioralassay",
                    models.ForeignKey(
                        help_text="Assay that the subjects performed.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="behaviors",
                        to="personal_attributes.behavioralassay",
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
                    "session",
                    models.ForeignKey(
                        help_text="Session in which the behavior took place.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="behaviors",
                        to="stem.session",
                    ),
                ),
                (
                    "setup",
                    models.ForeignKey(
                        help_text="Setup in which the behavior took place.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="behaviors",
                        to="personal_attributes.setup",
                    ),
                ),
                (
                    "subjects",
                    models.ManyToManyField(
                        help_text="Subjects that took part; at least one.", related_name="behaviors", to="stem.subject"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
                "indexes": [models.Index(fields=["audience", "id"], name="behavior_audience")],
            },
        ),
        migrations.AddIndex(
            model_name="procedure",
            index=models.Index(fields=["audience", "id"], name="procedure_audience"),
        ),
        migrations.AddIndex(
            model_name="manipulation",
            index=models.Index(fields=["audience", "id"], name="manipulation_audience"),
        ),
        migrations.AddIndex(
            model_name="dataacquisition",
            index=models.Index(fields=["audience", "id"], name="dataacquisition_audience"),
        ),
        migrations.AddIndex(
            model_name="procedurelog",
            index=models.Index(fields=["audience", "id"], name="procedurelog_audience"),
        ),
        migrations.AddIndex(
            model_name="subjectlog",
            index=models.Index(fields=["audience", "id"], name="subjectlog_audience"),
        ),
    ]
