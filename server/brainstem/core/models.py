"""Tables that belong to no app: tags, roles, audiences, counters and history."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .model.fields import IdField, PrimaryIdField
from .model.trees import Role

LEVELS = [(role.value, role.name.lower()) for role in Role]


class Tag(models.Model):
    """A word that people attach to records; one row for all who use it."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=100, unique=True, help_text="The word.")

    def __str__(self) -> str:
        return self.name


class UserGrant(models.Model):
    """A role that a person was given on a project or personal attribute."""

    object_id = IdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField(choices=LEVELS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["object_id", "user"], name="one_grant_a_user")]


class GroupGrant(models.Model):
    """A role that every member of a group has on a project or personal attribute."""

    object_id = IdField()
    group = models.ForeignKey(settings.BRAINSTEM_GROUP_MODEL, models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField(choices=LEVELS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["object_id", "group"], name="one_grant_a_group")]


class ObjectRole(models.Model):
    """The highest role of a person on a project or personal attribute, own or through groups.

    Derived from the grants and the memberships of groups, in the transaction that changes either.
    """

    object_id = IdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField(choices=LEVELS)

    class Meta:
        db_table = "core_role"
        constraints = [models.UniqueConstraint(fields=["object_id", "user"], name="one_role_a_user")]
        indexes = [models.Index(fields=["user", "object_id", "level"], name="role_by_user")]


class Audience(models.Model):
    """A distinct set of projects that some row belongs to.

    ``key`` is the sorted ids, hashed, so that a set is found again.
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
    """How many rows of a model an audience has; kept by triggers, so that exact counts are cheap."""

    audience = models.ForeignKey(Audience, models.CASCADE, related_name="+")
    model = models.CharField(max_length=64)
    n = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "audience"], name="count_once")]


class Change(models.Model):
    """One write to one record: who, when, through what, and the values before and after.

    No foreign keys: the trail outlives what it tells of.
    """

    id = PrimaryIdField()
    event = IdField(db_index=True, help_text="Shared by all changes of one write.")
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor_id = models.IntegerField(null=True)
    actor_email = models.CharField(max_length=254, blank=True)
    via = models.CharField(max_length=20, help_text="token, browser, command")
    token_id = models.BigIntegerField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    portal = models.CharField(max_length=10, blank=True)
    action = models.CharField(max_length=20)
    model = models.CharField(max_length=64)
    record_id = models.CharField(max_length=36)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["model", "record_id", "at"], name="change_of_record")]


class Deletion(models.Model):
    """All that a deletion took away, in an order in which it can be put back."""

    event = PrimaryIdField()
    model = models.CharField(max_length=64)
    record_id = models.CharField(max_length=36)
    rows = models.JSONField()
    detached = models.JSONField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["model", "record_id"], name="deletion_of_record")]


class KeptAnswer(models.Model):
    """What a request with an ``Idempotency-Key`` was answered, so that its repeat gets the same and does nothing.

    No foreign keys: it is gone after a day (:mod:`brainstem.core.write.once`), which also says how its body is sealed.
    """

    id = PrimaryIdField()
    user_id = models.IntegerField(help_text="Who asked.")
    digest = models.CharField(max_length=64, help_text="Of the key and of where it was sent.")
    content = models.CharField(max_length=64, help_text="Digest of what was sent.")
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "digest"], name="one_answer_a_key")]


class TaskWorker(models.Model):
    """A worker that does tasks, and when it was last at work."""

    name = models.CharField(max_length=32, unique=True)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name


class Notice(models.Model):
    """Something to tell a person, or the administrators, by mail: gathered for some minutes with others like it.

    No foreign keys: it is gone once it is told (:mod:`brainstem.core.mail.gathering`).
    """

    id = models.BigAutoField(primary_key=True)
    topic = models.CharField(max_length=20)
    person_id = models.IntegerField(null=True, help_text="Whom to tell; nobody: the administrators.")
    about = models.CharField(max_length=100, blank=True, help_text="Label and id of the record.")
    once = models.CharField(max_length=200, blank=True, help_text="What is told once a day at most.")
    facts = models.JSONField(help_text="What the mail says.")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["topic", "person_id"], name="notice_by_topic")]

    def __str__(self) -> str:
        return f"{self.topic} for {self.person_id or 'administrators'}"


class MailCount(models.Model):
    """How many mails something has caused in a stretch of time."""

    key = models.CharField(max_length=64, primary_key=True)
    ends = models.BigIntegerField(db_index=True, help_text="End of the stretch, in seconds since 1970.")
    n = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.n} until {self.ends}"
