import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import brainstem.core.model.fields
import brainstem.core.model.ids


class Migration(migrations.Migration):
    replaces = [
        ("resources", "0001_initial"),
        ("resources", "0002_initial"),
        ("resources", "0003_approval_flow"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Supplier",
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
                    models.TextField(blank=True, default="", help_text="What the supplier sells.", max_length=2000),
                ),
                (
                    "website",
                    brainstem.core.model.fields.WebField(
                        blank=True, default="", help_text="Web page of the supplier.", max_length=200
                    ),
                ),
                (
                    "comments",
                    models.TextField(
                        blank=True, default="", help_text="Remarks for those who look after the catalogue."
                    ),
                ),
                ("name", models.CharField(help_text="Name of the supplier.", max_length=100, unique=True)),
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
            name="HardwareDevice",
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
                    brainstem.core.model.fields.RichTextField(
                        blank=True, default="", help_text="What the device does.", max_length=2000
                    ),
                ),
                (
                    "rrid",
                    brainstem.core.model.fields.RridField(
                        blank=True,
                        default="",
                        help_text="Research Resource Identifier of the device, starting with RRID:.",
                        max_length=100,
                    ),
                ),
                (
                    "external_identifiers",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="Entries of the device in other databases.",
                        structure="external_identifiers",
                    ),
                ),
                (
                    "comments",
                    models.TextField(
                        blank=True, default="", help_text="Remarks for those who look after the catalogue."
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Kind of device, such as Data acquisition system.",
                        max_length=64,
                    ),
                ),
                (
                    "details",
                    brainstem.core.model.fields.DetailsField(
                        blank=True,
                        default=dict,
                        help_text="Properties that devices of this type have.",
                        selector="type",
                    ),
                ),
                ("name", models.CharField(help_text="Name of the device.", max_length=100, unique=True)),
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
                    "supplier",
                    models.ForeignKey(
                        help_text="Company or institution that sells it.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="resources.supplier",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Consumable",
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
                    models.TextField(
                        blank=True, default="", help_text="What the product is used for.", max_length=2000
                    ),
                ),
                (
                    "type",
                    brainstem.core.model.fields.TypeField(
                        help_text="Kind of consumable, a code of the type schemas.", max_length=64
                    ),
                ),
                (
                    "details",
                    brainstem.core.model.fields.DetailsField(
                        blank=True,
                        default=dict,
                        help_text="Properties that consumables of this type have.",
                        selector="type",
                    ),
                ),
                (
                    "rrid",
                    brainstem.core.model.fields.RridField(
                        blank=True,
                        default="",
                        help_text="Research Resource Identifier of the product, starting with RRID:.",
                        max_length=100,
                    ),
                ),
                (
                    "external_identifiers",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="Entries of the product in other databases.",
                        structure="external_identifiers",
                    ),
                ),
                (
                    "comments",
                    models.TextField(
                        blank=True, default="", help_text="Remarks for those who look after the catalogue."
                    ),
                ),
                ("name", models.CharField(help_text="Name of the product.", max_length=100, unique=True)),
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
                    "supplier",
                    models.ForeignKey(
                        help_text="Company or institution that sells it.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="resources.supplier",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HardwareDeviceApproval",
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
                    brainstem.core.model.fields.RichTextField(
                        blank=True, default="", help_text="What the device does.", max_length=2000
                    ),
                ),
                (
                    "rrid",
                    brainstem.core.model.fields.RridField(
                        blank=True,
                        default="",
                        help_text="Research Resource Identifier of the device, starting with RRID:.",
                        max_length=100,
                    ),
                ),
                (
                    "external_identifiers",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="Entries of the device in other databases.",
                        structure="external_identifiers",
                    ),
                ),
                (
                    "comments",
                    models.TextField(
                        blank=True, default="", help_text="Remarks for those who look after the catalogue."
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Kind of device, such as Data acquisition system.",
                        max_length=64,
                    ),
                ),
                (
                    "details",
                    brainstem.core.model.fields.DetailsField(
                        blank=True,
                        default=dict,
                        help_text="Properties that devices of this type have.",
                        selector="type",
                    ),
                ),
                ("name", models.CharField(help_text="Proposed name of the device.", max_length=100)),
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
                (
                    "supplier",
                    models.ForeignKey(
                        blank=True,
                        help_text="Company or institution that sells it.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="hardwaredeviceapprovals",
                        to="resources.supplier",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
                "indexes": [models.Index(fields=["created_by", "id"], name="hardwaredeviceapproval_by")],
            },
        ),
        migrations.CreateModel(
            name="ConsumableApproval",
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
                    models.TextField(
                        blank=True, default="", help_text="What the product is used for.", max_length=2000
                    ),
                ),
                (
                    "type",
                    brainstem.core.model.fields.TypeField(
                        help_text="Kind of consumable, a code of the type schemas.", max_length=64
                    ),
                ),
                (
                    "details",
                    brainstem.core.model.fields.DetailsField(
                        blank=True,
                        default=dict,
                        help_text="Properties that consumables of this type have.",
                        selector="type",
                    ),
                ),
                (
                    "rrid",
                    brainstem.core.model.fields.RridField(
                        blank=True,
                        default="",
                        help_text="Research Resource Identifier of the product, starting with RRID:.",
                        max_length=100,
                    ),
                ),
                (
                    "external_identifiers",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="Entries of the product in other databases.",
                        structure="external_identifiers",
                    ),
                ),
                (
                    "comments",
                    models.TextField(
                        blank=True, default="", help_text="Remarks for those who look after the catalogue."
                    ),
                ),
                ("name", models.CharField(help_text="Proposed name of the product.", max_length=100)),
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
                (
                    "supplier",
                    models.ForeignKey(
                        blank=True,
                        help_text="Company or institution that sells it.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="consumableapprovals",
                        to="resources.supplier",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
                "indexes": [models.Index(fields=["created_by", "id"], name="consumableapproval_by")],
            },
        ),
        migrations.CreateModel(
            name="SupplierApproval",
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
                    models.TextField(blank=True, default="", help_text="What the supplier sells.", max_length=2000),
                ),
                (
                    "website",
                    brainstem.core.model.fields.WebField(
                        blank=True, default="", help_text="Web page of the supplier.", max_length=200
                    ),
                ),
                (
                    "comments",
                    models.TextField(
                        blank=True, default="", help_text="Remarks for those who look after the catalogue."
                    ),
                ),
                ("name", models.CharField(help_text="Proposed name of the supplier.", max_length=100)),
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
                "indexes": [models.Index(fields=["created_by", "id"], name="supplierapproval_by")],
            },
        ),
    ]
