import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import brainstem.core.model.fields
import brainstem.core.model.ids


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("taxonomies", "0001_initial"),
        ("taxonomies", "0002_approval_flow"),
        ("taxonomies", "0003_brain_region_color"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BehavioralCategory",
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
                        blank=True, default="", help_text="Which paradigms belong to the category.", max_length=2000
                    ),
                ),
                (
                    "comments",
                    models.TextField(
                        blank=True, default="", help_text="Remarks for those who look after the catalogue."
                    ),
                ),
                ("name", models.CharField(help_text="Name of the category.", max_length=100, unique=True)),
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
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        help_text="Wider category; null at the top.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="taxonomies.behavioralcategory",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "behavioral categories",
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RegulatoryAuthority",
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
                    "abbreviation",
                    models.CharField(blank=True, default="", help_text="Short name, such as NIH.", max_length=32),
                ),
                (
                    "country",
                    brainstem.core.model.fields.CountryField(
                        blank=True, default="", help_text="Country of the authority, ISO 3166-1 alpha-2.", max_length=2
                    ),
                ),
                (
                    "authority_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("national", "National Regulatory Body"),
                            ("institutional", "Institutional Committee"),
                            ("regional", "Regional/State Authority"),
                            ("international", "International Organization"),
                        ],
                        default="",
                        help_text="How far the authority reaches.",
                        max_length=64,
                    ),
                ),
                (
                    "website",
                    brainstem.core.model.fields.WebField(
                        blank=True, default="", help_text="Web page of the authority.", max_length=200
                    ),
                ),
                (
                    "description",
                    models.TextField(blank=True, default="", help_text="What the authority is responsible for."),
                ),
                (
                    "is_active",
                    models.BooleanField(default=True, help_text="Whether the authority still grants licenses."),
                ),
                (
                    "comments",
                    models.TextField(
                        blank=True, default="", help_text="Remarks for those who look after the catalogue."
                    ),
                ),
                ("name", models.CharField(help_text="Official name of the authority.", max_length=255, unique=True)),
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
                "verbose_name_plural": "regulatory authorities",
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SetupType",
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
                        blank=True, default="", help_text="What experiments the setup type serves.", max_length=2000
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("I", "In Vitro"),
                            ("E", "Ex Vivo"),
                            ("A", "Anesthetized In Vivo"),
                            ("H", "Head-Fixed Awake"),
                            ("V", "Voluntarily Stationary Awake"),
                            ("F", "Freely Moving Awake"),
                            ("U", "Unknown"),
                        ],
                        help_text="State of the preparation or animal in the setup.",
                        max_length=1,
                    ),
                ),
                (
                    "comments",
                    models.TextField(
                        blank=True, default="", help_text="Remarks for those who look after the catalogue."
                    ),
                ),
                ("name", models.CharField(help_text="Name of the setup type.", max_length=200, unique=True)),
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
            name="Species",
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
                    models.TextField(blank=True, default="", help_text="What sets the species apart.", max_length=2000),
                ),
                (
                    "rrid",
                    brainstem.core.model.fields.RridField(
                        blank=True,
                        help_text="Research Resource Identifier of the species, starting with RRID:.",
                        max_length=100,
                        null=True,
                    ),
                ),
                (
                    "external_identifiers",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="Entries of the species in other databases, such as the NCBI taxonomy.",
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
                    "popular_name",
                    models.CharField(
                        blank=True, default="", help_text="Common name, such as house mouse.", max_length=100
                    ),
                ),
                (
                    "appearance",
                    models.TextField(blank=True, default="", help_text="What the animals look like.", max_length=500),
                ),
                (
                    "name",
                    models.CharField(help_text="Binomial name, such as Mus musculus.", max_length=100, unique=True),
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
                "verbose_name_plural": "species",
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BehavioralParadigm",
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
                        blank=True, default="", help_text="What the subject does and what is measured.", max_length=3000
                    ),
                ),
                (
                    "original_publication",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Citation of the paper that introduced the paradigm.",
                        max_length=500,
                    ),
                ),
                (
                    "reference_url",
                    brainstem.core.model.fields.WebField(
                        blank=True, default="", help_text="Web page that describes the paradigm.", max_length=200
                    ),
                ),
                (
                    "rrid",
                    brainstem.core.model.fields.RridField(
                        blank=True,
                        help_text="Research Resource Identifier of the paradigm, starting with RRID:.",
                        max_length=100,
                        null=True,
                    ),
                ),
                (
                    "external_identifiers",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="Entries of the paradigm in other databases.",
                        structure="external_identifiers",
                    ),
                ),
                (
                    "comments",
                    models.TextField(
                        blank=True, default="", help_text="Remarks for those who look after the catalogue."
                    ),
                ),
                ("name", models.CharField(help_text="Name of the paradigm.", max_length=200, unique=True)),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        help_text="Category that the paradigm belongs to.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="taxonomies.behavioralcategory",
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
                    "species",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Species that the paradigm is used with.",
                        related_name="%(class)ss",
                        to="taxonomies.species",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Strain",
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
                    models.TextField(blank=True, default="", help_text="Origin and phenotype.", max_length=2000),
                ),
                (
                    "rrid",
                    brainstem.core.model.fields.RridField(
                        blank=True,
                        help_text="Research Resource Identifier of the strain, starting with RRID:.",
                        max_length=100,
                        null=True,
                    ),
                ),
                (
                    "external_identifiers",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="Entries of the strain in other databases, such as a stock number at JAX.",
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
                    "popular_name",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Short name used in the laboratory, such as Black 6.",
                        max_length=100,
                    ),
                ),
                (
                    "breeding",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("Inbred", "Inbred"),
                            ("Outbred", "Outbred"),
                            ("Wild-type", "Wild-type"),
                            ("Unknown", "Unknown"),
                        ],
                        default="Unknown",
                        help_text="How the strain is bred.",
                        max_length=9,
                    ),
                ),
                (
                    "appearance",
                    models.TextField(
                        blank=True, default="", help_text="Coat color and other visible traits.", max_length=500
                    ),
                ),
                (
                    "name",
                    models.CharField(help_text="Name of the strain, such as C57BL/6J.", max_length=100, unique=True),
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
                    "species",
                    models.ForeignKey(
                        help_text="Species that the strain belongs to.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="taxonomies.species",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BehavioralCategoryApproval",
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
                        blank=True, default="", help_text="Which paradigms belong to the category.", max_length=2000
                    ),
                ),
                (
                    "comments",
                    models.TextField(
                        blank=True, default="", help_text="Remarks for those who look after the catalogue."
                    ),
                ),
                ("name", models.CharField(help_text="Proposed name of the category.", max_length=100)),
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
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        help_text="Wider category; null at the top.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="proposed_children",
                        to="taxonomies.behavioralcategory",
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
                "indexes": [models.Index(fields=["created_by", "id"], name="behavioralcategoryapproval_by")],
            },
        ),
        migrations.CreateModel(
            name="BrainRegion",
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
                ("name", models.CharField(help_text="Full name of the region in its atlas.", max_length=200)),
                (
                    "description",
                    models.TextField(blank=True, default="", help_text="Remarks on the region.", max_length=2000),
                ),
                (
                    "acronym",
                    models.CharField(help_text="Acronym of the region in its atlas, such as CA1.", max_length=15),
                ),
                (
                    "atlas",
                    models.CharField(
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
                        help_text="Atlas that draws the region.",
                        max_length=7,
                    ),
                ),
                (
                    "region_id",
                    models.IntegerField(blank=True, help_text="Number of the region in its atlas.", null=True),
                ),
                (
                    "parent_acronym",
                    models.CharField(
                        blank=True, default="", help_text="Acronym of the region that contains this one.", max_length=15
                    ),
                ),
                (
                    "graph_order",
                    models.FloatField(
                        blank=True, help_text="Place of the region when the atlas is walked as a tree.", null=True
                    ),
                ),
                (
                    "color",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Color in which the atlas draws the region, such as #7ED04B.",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9A-Fa-f]{6}\\Z",
                                "A color has a # and six hexadecimal digits, for example #7ED04B.",
                            )
                        ],
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
                "constraints": [
                    models.UniqueConstraint(fields=("atlas", "acronym"), name="brainregion_acronym_once"),
                    models.UniqueConstraint(fields=("atlas", "name"), name="brainregion_name_once"),
                    models.UniqueConstraint(fields=("atlas", "region_id"), name="brainregion_id_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegulatoryAuthorityApproval",
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
                    "abbreviation",
                    models.CharField(blank=True, default="", help_text="Short name, such as NIH.", max_length=32),
                ),
                (
                    "country",
                    brainstem.core.model.fields.CountryField(
                        blank=True, default="", help_text="Country of the authority, ISO 3166-1 alpha-2.", max_length=2
                    ),
                ),
                (
                    "authority_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("national", "National Regulatory Body"),
                            ("institutional", "Institutional Committee"),
                            ("regional", "Regional/State Authority"),
                            ("international", "International Organization"),
                        ],
                        default="",
                        help_text="How far the authority reaches.",
                        max_length=64,
                    ),
                ),
                (
                    "website",
                    brainstem.core.model.fields.WebField(
                        blank=True, default="", help_text="Web page of the authority.", max_length=200
                    ),
                ),
                (
                    "description",
                    models.TextField(blank=True, default="", help_text="What the authority is responsible for."),
                ),
                (
                    "is_active",
                    models.BooleanField(default=True, help_text="Whether the authority still grants licenses."),
                ),
                (
                    "comments",
                    models.TextField(
                        blank=True, default="", help_text="Remarks for those who look after the catalogue."
                    ),
                ),
                ("name", models.CharField(help_text="Proposed name of the authority.", max_length=255)),
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
                "indexes": [models.Index(fields=["created_by", "id"], name="regulatoryauthorityapproval_by")],
            },
        ),
        migrations.CreateModel(
            name="SetupTypeApproval",
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
                        blank=True, default="", help_text="What experiments the setup type serves.", max_length=2000
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("I", "In Vitro"),
                            ("E", "Ex Vivo"),
                            ("A", "Anesthetized In Vivo"),
                            ("H", "Head-Fixed Awake"),
                            ("V", "Voluntarily Stationary Awake"),
                            ("F", "Freely Moving Awake"),
                            ("U", "Unknown"),
                        ],
                        help_text="State of the preparation or animal in the setup.",
                        max_length=1,
                    ),
                ),
                (
                    "comments",
                    models.TextField(
                        blank=True, default="", help_text="Remarks for those who look after the catalogue."
                    ),
                ),
                ("name", models.CharField(help_text="Proposed name of the setup type.", max_length=200)),
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
                "indexes": [models.Index(fields=["created_by", "id"], name="setuptypeapproval_by")],
            },
        ),
        migrations.CreateModel(
            name="BehavioralParadigmApproval",
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
                        blank=True, default="", help_text="What the subject does and what is measured.", max_length=3000
                    ),
                ),
                (
                    "original_publication",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Citation of the paper that introduced the paradigm.",
                        max_length=500,
                    ),
                ),
                (
                    "reference_url",
                    brainstem.core.model.fields.WebField(
                        blank=True, default="", help_text="Web page that describes the paradigm.", max_length=200
                    ),
                ),
                (
                    "rrid",
                    brainstem.core.model.fields.RridField(
                        blank=True,
                        help_text="Research Resource Identifier of the paradigm, starting with RRID:.",
                        max_length=100,
                        null=True,
                    ),
                ),
                (
                    "external_identifiers",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="Entries of the paradigm in other databases.",
                        structure="external_identifiers",
                    ),
                ),
                (
                    "comments",
                    models.TextField(
                        blank=True, default="", help_text="Remarks for those who look after the catalogue."
                    ),
                ),
                ("name", models.CharField(help_text="Proposed name of the paradigm.", max_length=200)),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        help_text="Category that the paradigm belongs to.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="behavioralparadigmapprovals",
                        to="taxonomies.behavioralcategory",
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
                    "species",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Species that the paradigm is used with.",
                        related_name="%(class)ss",
                        to="taxonomies.species",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
                "indexes": [models.Index(fields=["created_by", "id"], name="behavioralparadigmapproval_by")],
            },
        ),
        migrations.CreateModel(
            name="SpeciesApproval",
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
                    models.TextField(blank=True, default="", help_text="What sets the species apart.", max_length=2000),
                ),
                (
                    "rrid",
                    brainstem.core.model.fields.RridField(
                        blank=True,
                        help_text="Research Resource Identifier of the species, starting with RRID:.",
                        max_length=100,
                        null=True,
                    ),
                ),
                (
                    "external_identifiers",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="Entries of the species in other databases, such as the NCBI taxonomy.",
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
                    "popular_name",
                    models.CharField(
                        blank=True, default="", help_text="Common name, such as house mouse.", max_length=100
                    ),
                ),
                (
                    "appearance",
                    models.TextField(blank=True, default="", help_text="What the animals look like.", max_length=500),
                ),
                ("name", models.CharField(help_text="Proposed binomial name.", max_length=100)),
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
                "indexes": [models.Index(fields=["created_by", "id"], name="speciesapproval_by")],
            },
        ),
        migrations.CreateModel(
            name="StrainApproval",
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
                    models.TextField(blank=True, default="", help_text="Origin and phenotype.", max_length=2000),
                ),
                (
                    "rrid",
                    brainstem.core.model.fields.RridField(
                        blank=True,
                        help_text="Research Resource Identifier of the strain, starting with RRID:.",
                        max_length=100,
                        null=True,
                    ),
                ),
                (
                    "external_identifiers",
                    brainstem.core.model.fields.StructureField(
                        blank=True,
                        default=list,
                        help_text="Entries of the strain in other databases, such as a stock number at JAX.",
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
                    "popular_name",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Short name used in the laboratory, such as Black 6.",
                        max_length=100,
                    ),
                ),
                (
                    "breeding",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("Inbred", "Inbred"),
                            ("Outbred", "Outbred"),
                            ("Wild-type", "Wild-type"),
                            ("Unknown", "Unknown"),
                        ],
                        default="Unknown",
                        help_text="How the strain is bred.",
                        max_length=9,
                    ),
                ),
                (
                    "appearance",
                    models.TextField(
                        blank=True, default="", help_text="Coat color and other visible traits.", max_length=500
                    ),
                ),
                ("name", models.CharField(help_text="Proposed name of the strain.", max_length=100)),
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
                    "species",
                    models.ForeignKey(
                        blank=True,
                        help_text="Species that the strain belongs to.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="strainapprovals",
                        to="taxonomies.species",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
                "indexes": [models.Index(fields=["created_by", "id"], name="strainapproval_by")],
            },
        ),
    ]
