import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import brainstem.core.model.fields


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("stem", "0002_initial"),
        ("stem", "0003_offers_expire"),
    ]

    dependencies = [
        ("core", "0002_first_release_links"),
        ("dissemination", "0001_first_release"),
        ("modules", "0001_first_release"),
        ("personal_attributes", "0001_first_release"),
        ("resources", "0001_first_release"),
        ("stem", "0001_first_release"),
        ("taxonomies", "0001_first_release"),
        ("users", "0001_first_release"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="breeding",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="Id of the user who made the record.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="breeding",
            name="tags",
            field=brainstem.core.model.fields.TagsField(
                blank=True,
                help_text="Words to find the record by; shared with everyone.",
                related_name="+",
                to="core.tag",
            ),
        ),
        migrations.AddField(
            model_name="cohort",
            name="audience",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.audience"
            ),
        ),
        migrations.AddField(
            model_name="cohort",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="Id of the user who made the record.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="cohort",
            name="tags",
            field=brainstem.core.model.fields.TagsField(
                blank=True,
                help_text="Words to find the record by; shared with everyone.",
                related_name="+",
                to="core.tag",
            ),
        ),
        migrations.AddField(
            model_name="cohortsubject",
            name="cohort",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="stem.cohort"),
        ),
        migrations.AddField(
            model_name="collection",
            name="audience",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.audience"
            ),
        ),
        migrations.AddField(
            model_name="collection",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="Id of the user who made the record.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="collection",
            name="tags",
            field=brainstem.core.model.fields.TagsField(
                blank=True,
                help_text="Words to find the record by; shared with everyone.",
                related_name="+",
                to="core.tag",
            ),
        ),
        migrations.AddField(
            model_name="epoch",
            name="audience",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.audience"
            ),
        ),
        migrations.AddField(
            model_name="epoch",
            name="behavior",
            field=models.ManyToManyField(
                blank=True, help_text="Behaviors shown in the epoch.", related_name="epochs", to="modules.behavior"
            ),
        ),
        migrations.AddField(
            model_name="epoch",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="Id of the user who made the record.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="epoch",
            name="dataacquisition",
            field=models.ManyToManyField(
                blank=True,
                help_text="Data acquisitions that recorded the epoch; each belongs to one epoch at most.",
                related_name="epochs",
                to="modules.dataacquisition",
            ),
        ),
        migrations.AddField(
            model_name="epoch",
            name="manipulation",
            field=models.ManyToManyField(
                blank=True,
                help_text="Manipulations applied in the epoch.",
                related_name="epochs",
                to="modules.manipulation",
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="Id of the user who made the record.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="publications",
            field=models.ManyToManyField(
                blank=True,
                help_text="Publications from the project.",
                related_name="projects",
                to="dissemination.publication",
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="tags",
            field=brainstem.core.model.fields.TagsField(
                blank=True,
                help_text="Words to find the record by; shared with everyone.",
                related_name="+",
                to="core.tag",
            ),
        ),
        migrations.AddField(
            model_name="collection",
            name="project",
            field=models.ForeignKey(
                help_text="Project that the collection belongs to.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="collections",
                to="stem.project",
            ),
        ),
        migrations.AddField(
            model_name="cohort",
            name="project",
            field=models.ForeignKey(
                help_text="Project that the cohort belongs to.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="cohorts",
                to="stem.project",
            ),
        ),
        migrations.AddField(
            model_name="breeding",
            name="project",
            field=models.ForeignKey(
                help_text="Project that the breeding belongs to.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="breedings",
                to="stem.project",
            ),
        ),
        migrations.AddField(
            model_name="projectgroupmembershipinvitation",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="Id of the user who made the record.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="projectgroupmembershipinvitation",
            name="invitee",
            field=models.ForeignKey(
                help_text="Group that is invited.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="project_invitations",
                to="users.group",
            ),
        ),
        migrations.AddField(
            model_name="projectgroupmembershipinvitation",
            name="project",
            field=models.ForeignKey(
                help_text="Project that invites.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="group_invitations",
                to="stem.project",
            ),
        ),
        migrations.AddField(
            model_name="projectmembershipinvitation",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="Id of the user who made the record.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="projectmembershipinvitation",
            name="invitee",
            field=models.ForeignKey(
                help_text="Person who is invited.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="project_invitations",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="projectmembershipinvitation",
            name="project",
            field=models.ForeignKey(
                help_text="Project that invites.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="invitations",
                to="stem.project",
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="audience",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.audience"
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="Id of the user who made the record.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="projects",
            field=models.ManyToManyField(
                help_text="Projects that the session belongs to; at least one.",
                related_name="sessions",
                to="stem.project",
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="tags",
            field=brainstem.core.model.fields.TagsField(
                blank=True,
                help_text="Words to find the record by; shared with everyone.",
                related_name="+",
                to="core.tag",
            ),
        ),
        migrations.AddField(
            model_name="epoch",
            name="session",
            field=models.ForeignKey(
                help_text="Session that the epoch is a part of.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="epochs",
                to="stem.session",
            ),
        ),
        migrations.AddField(
            model_name="collection",
            name="sessions",
            field=models.ManyToManyField(
                blank=True, help_text="Sessions of the same project.", related_name="collections", to="stem.session"
            ),
        ),
        migrations.AddField(
            model_name="sessiondatastorage",
            name="audience",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.audience"
            ),
        ),
        migrations.AddField(
            model_name="sessiondatastorage",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="Id of the user who made the record.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sessiondatastorage",
            name="datastorage",
            field=models.ForeignKey(
                help_text="Data storage that keeps them.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sessiondatastorages",
                to="personal_attributes.datastorage",
            ),
        ),
        migrations.AddField(
            model_name="sessiondatastorage",
            name="session",
            field=models.ForeignKey(
                help_text="Session whose data are kept.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sessiondatastorages",
                to="stem.session",
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="datastorage",
            field=models.ManyToManyField(
                blank=True,
                help_text="Data storages that hold the session's data, in order of preference.",
                related_name="sessions",
                through="stem.SessionDataStorage",
                to="personal_attributes.datastorage",
            ),
        ),
        migrations.AddField(
            model_name="subject",
            name="audience",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.audience"
            ),
        ),
        migrations.AddField(
            model_name="subject",
            name="breeding",
            field=models.ForeignKey(
                blank=True,
                help_text="Breeding that the subject was born from.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="offspring",
                to="stem.breeding",
            ),
        ),
        migrations.AddField(
            model_name="subject",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="Id of the user who made the record.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="subject",
            name="licenses",
            field=models.ManyToManyField(
                blank=True,
                help_text="Licenses under which the subject is kept and used.",
                related_name="subjects",
                to="personal_attributes.license",
            ),
        ),
        migrations.AddField(
            model_name="subject",
            name="projects",
            field=models.ManyToManyField(
                help_text="Projects that the subject belongs to; at least one.",
                related_name="subjects",
                to="stem.project",
            ),
        ),
        migrations.AddField(
            model_name="subject",
            name="strain",
            field=models.ForeignKey(
                help_text="Strain, which also tells the species.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="subjects",
                to="taxonomies.strain",
            ),
        ),
        migrations.AddField(
            model_name="subject",
            name="supplier",
            field=models.ForeignKey(
                blank=True,
                help_text="Where the subject was obtained; null when bred in house.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="subjects",
                to="resources.supplier",
            ),
        ),
        migrations.AddField(
            model_name="subject",
            name="tags",
            field=brainstem.core.model.fields.TagsField(
                blank=True,
                help_text="Words to find the record by; shared with everyone.",
                related_name="+",
                to="core.tag",
            ),
        ),
        migrations.AddField(
            model_name="cohortsubject",
            name="subject",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="stem.subject"),
        ),
        migrations.AddField(
            model_name="cohort",
            name="subjects",
            field=models.ManyToManyField(
                blank=True,
                help_text="Subjects of the same project, in order.",
                related_name="cohorts",
                through="stem.CohortSubject",
                to="stem.subject",
            ),
        ),
        migrations.AddField(
            model_name="breeding",
            name="father",
            field=models.ForeignKey(
                help_text="Sire: a male of the same project.",
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="breedings_as_father",
                to="stem.subject",
            ),
        ),
        migrations.AddField(
            model_name="breeding",
            name="mother",
            field=models.ForeignKey(
                help_text="Dam: a female of the same project.",
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="breedings_as_mother",
                to="stem.subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="projectgroupmembershipinvitation",
            constraint=models.UniqueConstraint(fields=("invitee", "project"), name="one_group_project_invitation"),
        ),
        migrations.AddConstraint(
            model_name="projectmembershipinvitation",
            constraint=models.UniqueConstraint(fields=("invitee", "project"), name="one_project_invitation"),
        ),
        migrations.AddIndex(
            model_name="epoch",
            index=models.Index(fields=["audience", "id"], name="epoch_audience"),
        ),
        migrations.AddConstraint(
            model_name="epoch",
            constraint=models.UniqueConstraint(fields=("session", "name"), name="epoch_name_once"),
        ),
        migrations.AddIndex(
            model_name="collection",
            index=models.Index(fields=["audience", "id"], name="collection_audience"),
        ),
        migrations.AddConstraint(
            model_name="collection",
            constraint=models.UniqueConstraint(fields=("project", "name"), name="collection_name_once"),
        ),
        migrations.AddIndex(
            model_name="sessiondatastorage",
            index=models.Index(fields=["audience", "id"], name="sessiondatastorage_audience"),
        ),
        migrations.AddConstraint(
            model_name="sessiondatastorage",
            constraint=models.UniqueConstraint(fields=("session", "datastorage"), name="sessiondatastorage_once"),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(fields=["audience", "id"], name="session_audience"),
        ),
        migrations.AddIndex(
            model_name="subject",
            index=models.Index(fields=["audience", "id"], name="subject_audience"),
        ),
        migrations.AddConstraint(
            model_name="cohortsubject",
            constraint=models.UniqueConstraint(fields=("cohort", "subject"), name="cohort_subject_once"),
        ),
        migrations.AddIndex(
            model_name="cohort",
            index=models.Index(fields=["audience", "id"], name="cohort_audience"),
        ),
        migrations.AddConstraint(
            model_name="cohort",
            constraint=models.UniqueConstraint(fields=("project", "name"), name="cohort_name_once"),
        ),
        migrations.AddIndex(
            model_name="breeding",
            index=models.Index(fields=["audience", "id"], name="breeding_audience"),
        ),
        migrations.AddConstraint(
            model_name="breeding",
            constraint=models.UniqueConstraint(fields=("project", "name"), name="breeding_name_once"),
        ),
    ]
