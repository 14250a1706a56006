"""People, groups and laboratories.

Tables of tokens are in :mod:`.token_models`; roles on projects and personal attributes in :mod:`brainstem.core.models`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from brainstem.core.model.atlases import ATLASES
from brainstem.core.model.declare import Computed, Record, Resource
from brainstem.core.model.fields import WebField
from brainstem.core.model.trees import Groups, Joining, OfGroup, People, Role
from brainstem.core.model.validators import validate_orcid
from brainstem.core.sharing.inviting import Offer, offer_resource

from .formats import USUAL
from .managers import UserManager
from .time_zones import UTC

MEMBERSHIP_LEVELS = [(role.value, role.name.lower()) for role in (Role.MEMBER, Role.MANAGER, Role.OWNER)]


class User(AbstractBaseUser, Record):
    """A person with an account, who signs in with an email address."""

    id = models.AutoField(primary_key=True, help_text="Identifier.")
    email = models.EmailField(max_length=254, unique=True, help_text="Email address, used to sign in.")
    first_name = models.CharField(max_length=150, blank=True, default="", help_text="Given name.")
    last_name = models.CharField(max_length=150, blank=True, default="", help_text="Family name.")
    groups_own_json = Computed("own_groups", "Groups that the person owns: id and name.")
    website = WebField(blank=True, default="", help_text="Personal or laboratory website.")
    google_scholar = WebField(blank=True, default="", help_text="Google Scholar profile.")
    orcid_id = models.CharField(
        max_length=100,
        blank=True,
        default="",
        validators=[validate_orcid],
        help_text="ORCID iD, as a number or full URL.",
    )
    atlas_preference = models.CharField(
        max_length=7, choices=ATLASES, blank=True, default="AIA", help_text="Brain atlas preselected in forms."
    )
    active_projects: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        settings.BRAINSTEM_PROJECT_MODEL,
        blank=True,
        related_name="active_users",
        help_text="Projects that the person currently works on.",
    )
    # Chosen on the person's own page; no keys of the API, which speaks UTC and ISO 8601.
    time_zone = models.CharField(max_length=64, blank=True, default=UTC)
    date_format = models.CharField(max_length=16, blank=True, default=USUAL.date)
    clock_format = models.CharField(max_length=16, blank=True, default=USUAL.clock)
    number_format = models.CharField(max_length=16, blank=True, default=USUAL.number)
    # Shown to signed-in users at its own URL; not a key of the API.
    picture = models.FileField(upload_to="pictures", blank=True, max_length=100)
    # Topic -> when its emails are wanted; see core.mail.wishes. Chosen on a page of its own; not a key of the API.
    mail_wishes = models.JSONField(default=dict, blank=True)
    date_joined = models.DateTimeField(default=timezone.now)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_superuser = models.BooleanField(default=False)
    # Both are written only by two_factor.note_methods().
    two_factor_enabled = models.BooleanField(default=False)
    two_factor_default = models.CharField(max_length=10, blank=True, default="")
    # Part of what every browser session is checked against: incrementing it ends all sessions of the user.
    session_epoch = models.PositiveIntegerField(default=0)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    resource = Resource(
        plural="users",
        singular="user",
        tree=People(),
        # No email: the public portal searches too, and must not reveal addresses.
        search=("first_name", "last_name"),
        verbs=frozenset({"list", "detail", "change", "delete"}),
        actions=("deactivate", "activate"),
    )

    class Meta(Record.Meta):
        constraints = [models.UniqueConstraint(Lower("email"), name="users_email_once")]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the account; a new password and the revocation of its tokens are one transaction."""
        with transaction.atomic():
            super().save(*args, **kwargs)

    @property
    def full_name(self) -> str:
        """Given and family name."""
        return f"{self.first_name} {self.last_name}".strip()

    def get_full_name(self) -> str:
        """Full name, for Django's pages and password validators."""
        return self.full_name

    def get_short_name(self) -> str:
        """Given name, for Django's pages."""
        return self.first_name

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """Django's session hash, which additionally changes when the account is deactivated."""
        kept = f"{self.session_epoch}|{super()._get_session_auth_hash(secret=secret)}"  # type: ignore[misc]
        return salted_hmac("brainstem.apps.users.session", kept, secret=secret, algorithm="sha256").hexdigest()

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        """Django's permissions are not used: administrators have all of them, others none."""
        return self.is_active and self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:  # noqa: ARG002
        """Same as :meth:`has_perm`."""
        return self.is_active and self.is_superuser


class Group(Record):
    """People who work together; a role granted to the group applies to all its members."""

    id = models.AutoField(primary_key=True, help_text="Identifier.")
    name = models.CharField(max_length=150, unique=True, help_text="Name of the group.")
    users = Computed("users", "Members by email address, with their roles.", writable=True)

    resource = Resource(
        plural="groups",
        singular="group",
        tree=Groups(),
        app_aliases=("auth",),
        actions=("join", "leave", "invite"),
    )


class Membership(models.Model):
    """A person's role in a group: member, manager or owner."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    level = models.PositiveSmallIntegerField(choices=MEMBERSHIP_LEVELS, default=Role.MEMBER.value)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "user"], name="one_membership_a_user")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.group_id}: {self.get_level_display()}"


class Laboratory(Record):
    """The laboratory of a group, for its public page."""

    group = models.OneToOneField(
        Group, models.CASCADE, related_name="laboratory", help_text="Group of people who work in the laboratory."
    )
    principal_investigators = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="laboratories",
        help_text="Members of the group who lead the laboratory.",
    )
    description = models.TextField(max_length=500, blank=True, default="", help_text="What the laboratory works on.")
    website = WebField(blank=True, default="", help_text="Website of the laboratory.")
    department = models.CharField(max_length=100, blank=True, default="", help_text="Department or institute.")
    institution = models.CharField(max_length=100, help_text="University, hospital or company.")
    city = models.CharField(max_length=100, blank=True, default="", help_text="City.")
    country = models.CharField(max_length=100, blank=True, default="", help_text="Name of the country.")

    resource = Resource(
        plural="laboratories",
        singular="laboratory",
        tree=OfGroup("group"),
        app_aliases=("attributes",),
        search=("institution", "department", "city"),
        # The released clients filter every model by name.
        filter_aliases={"name": ("institution",)},
        required=("principal_investigators",),
    )

    class Meta(Record.Meta):
        verbose_name_plural = "laboratories"

    def __str__(self) -> str:
        return self.institution


class GroupMembershipInvitation(Offer):
    """An invitation of a person to a group."""

    user_account_invitation = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="group_invitations",
        help_text="Person being invited.",
    )
    authgroup = models.ForeignKey(Group, models.CASCADE, related_name="invitations", help_text="Group that invites.")
    new_manager = models.BooleanField(default=False, help_text="Whether the person becomes a manager.")
    new_owner = models.BooleanField(default=False, help_text="Whether the person becomes an owner.")

    resource = offer_resource(
        "group_membership_invitation",
        Joining("user_account_invitation", "authgroup", (("new_owner", Role.OWNER), ("new_manager", Role.MANAGER))),
    )

    class Meta(Offer.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user_account_invitation", "authgroup"], name="one_group_invitation")
        ]


class GroupMembershipRequest(Offer):
    """A person's request to join a group."""

    user_account_request = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="group_requests", help_text="Person asking to join."
    )
    authgroup = models.ForeignKey(
        Group, models.CASCADE, related_name="requests", help_text="Group the person asks to join."
    )

    resource = offer_resource("group_membership_request", Joining("user_account_request", "authgroup", asked=True))

    class Meta(Offer.Meta):
        constraints = [models.UniqueConstraint(fields=["user_account_request", "authgroup"], name="one_group_request")]
