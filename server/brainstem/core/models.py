"""Tables shared by all apps: tags, roles, audiences, counters and history."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Cast, StrIndex
from django.db.models.lookups import GreaterThan

from .model.fields import CurrentTransaction, EventIdField, IdField, KeyField, PrimaryIdField
from .model.ids import uuid7
from .model.trees import Role

LEVELS = [(role.value, role.name.lower()) for role in Role]


class Tag(models.Model):
    """A keyword on records; one row, shared by everyone who uses it."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=100, unique=True, help_text="The word.")

    def __str__(self) -> str:
        return self.name


class UserGrant(models.Model):
    """A role granted to a person on a project or personal attribute."""

    object_id = IdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField(choices=LEVELS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["object_id", "user"], name="one_grant_a_user")]


class GroupGrant(models.Model):
    """A role granted to all members of a group on a project or personal attribute."""

    object_id = IdField()
    group = models.ForeignKey(settings.BRAINSTEM_GROUP_MODEL, models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField(choices=LEVELS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["object_id", "group"], name="one_grant_a_group")]


class ObjectRole(models.Model):
    """The highest role of a person on a project or personal attribute, direct or through groups.

    Derived from grants and group memberships, in the transaction that changes either.
    """

    object_id = IdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField(choices=LEVELS)

    class Meta:
        db_table = "core_role"
        constraints = [models.UniqueConstraint(fields=["object_id", "user"], name="one_role_a_user")]
        indexes = [models.Index(fields=["user", "object_id", "level"], name="role_by_user")]


class Audience(models.Model):
    """A distinct set of projects that rows belong to.

    ``key`` is a hash of the sorted ids, so that an existing set can be found.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=64, unique=True)


class AudienceProject(models.Model):
    """One project of an audience."""

    audience = models.ForeignKey(Audience, models.CASCADE, related_name="projects")
    project = models.ForeignKey(settings.BRAINSTEM_PROJECT_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audience", "project"], name="audience_project_once")]
        indexes = [models.Index(fields=["project", "audience"], name="audience_by_project")]


class AudienceCount(models.Model):
    """The number of rows of a model in an audience; maintained by triggers, so that exact counts are cheap."""

    audience = models.ForeignKey(Audience, models.CASCADE, related_name="+")
    model = models.CharField(max_length=64)
    n = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "audience"], name="count_once")]


class Event(models.Model):
    """One write, of one record or of many: who made it, when, and by what means.

    No foreign keys: history outlives the people and tokens that it names.
    """

    id = EventIdField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(db_index=True)
    transaction = models.BigIntegerField(
        db_default=CurrentTransaction(), db_index=True, help_text="PostgreSQL's number of the transaction; else 0."
    )
    actor_id = models.IntegerField(null=True)
    actor_email = models.CharField(max_length=254, blank=True)
    via = models.CharField(max_length=20, help_text="token, browser, command")
    means = models.CharField(max_length=10, blank=True, help_text="bulk, import; empty for single records.")
    client = models.CharField(max_length=100, blank=True, help_text="Name and version that the client gave.")
    token_id = models.BigIntegerField(null=True)
    token_name = models.CharField(max_length=100, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    portal = models.CharField(max_length=10, blank=True)

    class Meta:
        indexes = [models.Index(fields=["actor_id", "at"], name="event_of_person")]

    def __str__(self) -> str:
        return f"{self.pk} by {self.actor_email or self.via}"


class Change(models.Model):
    """What a write did to one record: of a change, the previous and new values of the fields that differ.

    ``id`` grows with every change of a record, so the last one identifies the record's version. Of lists compared
    element by element that are long, only the elements that were removed and added are kept; ``after`` then names them
    under the key :data:`brainstem.core.history.recording.IN_PART`.

    No constraints between tables, and a primary key that grows with time, so that the table can be partitioned.
    """

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(
        Event, models.DO_NOTHING, db_constraint=False, related_name="changes", help_text="The write it is part of."
    )
    at = models.DateTimeField(help_text="As the event's, for states of the past.")
    action = models.CharField(max_length=20)
    model = models.CharField(max_length=64)
    record_id = KeyField(help_text="Id of the record.")
    life = models.SmallIntegerField(default=0, help_text="1 if the record appeared, -1 if it went, else 0.")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [
            # With time and life, so that whether a record existed at a moment is found in the index alone.
            models.Index(fields=["model", "record_id", "id", "at", "life"], name="change_by_record"),
            models.Index(fields=["model", "at"], name="change_by_time"),
            models.Index(
                fields=["model", "life", "at", "record_id"], name="change_of_life", condition=~models.Q(life=0)
            ),
            # Of what belonged to another record before. The keys of references end so, and are never escaped.
            models.Index(
                fields=["model", "at"],
                name="change_of_reference",
                condition=models.Q(GreaterThan(StrIndex(Cast("before", models.TextField()), models.Value('_id":')), 0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} of {self.model} {self.record_id}"


class Deletion(models.Model):
    """Everything that a deletion removed, in an order in which it can be restored."""

    id = PrimaryIdField()
    event = EventIdField(db_index=True, help_text="The write it is part of.")
    model = models.CharField(max_length=64)
    record_id = models.CharField(max_length=36)
    rows = models.JSONField()
    detached = models.JSONField()
    owners = models.JSONField(default=list, help_text="Ids of people who owned the record, if roles are held on it.")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["model", "record_id"], name="deletion_of_record")]


class Pruning(models.Model):
    """A removal of old history: of what was recorded before ``before``, much may be missing since."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(auto_now_add=True)
    before = models.DateTimeField()
    keep_last = models.PositiveIntegerField(help_text="Number of changes of each record that stayed, however old.")
    changes = models.BigIntegerField(default=0, help_text="Number of changes that were removed.")

    def __str__(self) -> str:
        return f"{self.changes} changes before {self.before:%Y-%m-%d}"


class KeptAnswer(models.Model):
    """The response to a request with an ``Idempotency-Key``, returned again to a repeat, which has no effect.

    No foreign keys: it is deleted after a day. :mod:`brainstem.core.write.once` says how its body is encrypted.
    """

    id = PrimaryIdField()
    user_id = models.IntegerField(help_text="Who asked.")
    digest = models.CharField(max_length=64, help_text="Digest of the key and the URL.")
    content = models.CharField(max_length=64, help_text="Digest of the request body.")
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "digest"], name="one_answer_a_key")]


class TaskWorker(models.Model):
    """A task worker, and when it was last active."""

    name = models.CharField(max_length=32, unique=True)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name


class Notice(models.Model):
    """News for a person or the administrators, held for some minutes to be sent with similar ones in one email.

    No foreign keys: it is deleted once sent (:mod:`brainstem.core.mail.gathering`).
    """

    id = models.BigAutoField(primary_key=True)
    topic = models.CharField(max_length=20)
    person_id = models.IntegerField(null=True, help_text="Recipient; null for the administrators.")
    about = models.CharField(max_length=100, blank=True, help_text="Label and id of the record.")
    once = models.CharField(max_length=200, blank=True, help_text="Key of news sent at most once a day.")
    facts = models.JSONField(help_text="Values for the email template.")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["topic", "person_id"], name="notice_by_topic")]

    def __str__(self) -> str:
        return f"{self.topic} for {self.person_id or 'administrators'}"


class MailCount(models.Model):
    """The number of emails caused by something in a time window."""

    key = models.CharField(max_length=64, primary_key=True)
    ends = models.BigIntegerField(db_index=True, help_text="End of the window, in seconds since 1970.")
    n = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.n} until {self.ends}"


class TableImport(models.Model):
    """An import of one person: its source as it was read and edited, how it is read, and its plan.

    Kept for some weeks, so that it can be looked at, corrected and committed from anywhere.
    """

    # Not restored when an account is undeleted.
    comes_back = False
    # Being planned or committed by a worker, or waiting for one; or done with that.
    PLANNING, PLANNED, COMMITTING, COMMITTED = "planning", "planned", "committing", "committed"

    id = PrimaryIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=200, blank=True, default="", help_text="Name of the file.")
    state = models.CharField(max_length=20, default=PLANNED)
    # As text: a JSON column of PostgreSQL would refuse NUL characters, and parse megabytes to read one key.
    asked = models.TextField(help_text="How the tables are read.")
    source = models.TextField(help_text="The cells.")
    plan = models.TextField(help_text="What each row would do.")
    summary = models.TextField(help_text="What is told of the plan.")
    size = models.PositiveIntegerField(help_text="Bytes of all of it.")
    event = models.UUIDField(null=True, help_text="The event of its commit in the history.")
    done = models.PositiveIntegerField(default=0, help_text="Rows that planning or committing has got through.")
    total = models.PositiveIntegerField(default=0, help_text="Rows that it has to get through; 0 if nothing is done.")
    alive_at = models.DateTimeField(null=True, help_text="When the worker that plans or commits it last said so.")
    refusal = models.TextField(default="", help_text="Why the last commit by a worker wrote nothing.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-updated_at"], name="imports_of_user")]

    def __str__(self) -> str:
        return self.name or str(self.pk)


class ImportReview(models.Model):
    """Somebody who was asked to look at the plan of an import, what they were told, and what they answered."""

    # Not restored when an account is undeleted.
    comes_back = False
    WAITING, FINE, REVISE = "waiting", "fine", "revise"

    id = models.BigAutoField(primary_key=True)
    table_import = models.ForeignKey(TableImport, models.CASCADE, related_name="reviews")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    note = models.TextField(blank=True, default="", help_text="What the person is asked.")
    answer = models.CharField(max_length=20, default=WAITING)
    comment = models.TextField(blank=True, default="", help_text="What they answered.")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table_import", "person"], name="one_review_a_person")]

    def __str__(self) -> str:
        return f"{self.answer} of {self.table_import_id}"
