"""Validation rules for people, groups and laboratories."""

from __future__ import annotations

from django.conf import settings

from brainstem.core.access.actor import Actor
from brainstem.core.errors import Invalid
from brainstem.core.model.validators import orcid_link
from brainstem.core.text.addresses import plain_address
from brainstem.core.write.rules import Draft, checks, follows, guards

from . import email_change
from .models import Laboratory, Membership, User


@checks(User)
def an_address_is_kept_in_small_letters(draft: Draft) -> None:
    """So that people are found for sharing whatever the case of the address."""
    draft.record.email = plain_address(draft.record.email)


@checks(User)
def an_address_is_changed_with_its_mailboxes(draft: Draft) -> None:
    """Whoever has the address has the account: only administrators in ``super`` change one directly."""
    if draft.record.email != draft.old.get("email") and not draft.viewer.is_super:
        page = f"{settings.BRAINSTEM_URL}/account/email/"
        draft.error("email", f"Change your email address at {page}, where both the old and the new address confirm it.")


@follows(User)
def an_address_is_in_step_everywhere(draft: Draft) -> None:
    """After an administrator changed it: sign-in follows, and both addresses are notified."""
    if draft.record.email != draft.old.get("email"):
        email_change.settle(
            draft.record, str(draft.old["email"]), by=f"by the administrator {draft.viewer.actor.email}".strip()
        )


@checks(User)
def an_orcid_is_kept_as_its_address(draft: Draft) -> None:
    """So that it can be followed; bare numbers are accepted too."""
    draft.record.orcid_id = orcid_link(draft.record.orcid_id)


@guards(User)
def the_last_administrator_stays(user: User, _actor: Actor) -> None:
    """There is always an administrator; of two who delete each other, only one succeeds."""
    if not user.is_superuser or not user.is_active:
        return
    administrators = (
        User.objects.filter(is_superuser=True, is_active=True).select_for_update(no_key=True).order_by("pk")
    )
    if list(administrators.values_list("pk", flat=True)) == [user.pk]:
        raise Invalid.whole("This is the last active administrator. Appoint another one first.")


@checks(Laboratory, of_siblings=True)
def a_group_has_one_laboratory(draft: Draft) -> None:
    """Report it before the database refuses a second one."""
    laboratory = draft.record
    others = Laboratory.objects.exclude(pk=laboratory.pk)
    if draft.changed("group") and others.filter(group_id=laboratory.group_id).exists():
        draft.error("group", "This group already has a laboratory. Edit that one instead.")


@checks(Laboratory)
def principal_investigators_are_members(draft: Draft) -> None:
    """Principal investigators belong to the group of the laboratory."""
    if not draft.changed("group", "principal_investigators"):
        return
    wanted = draft.linked("principal_investigators")
    members = Membership.objects.filter(group_id=draft.record.group_id, user_id__in=wanted)
    strangers = set(wanted) - set(members.values_list("user_id", flat=True))
    if strangers:
        listed = ", ".join(map(str, sorted(strangers)))
        draft.error(
            "principal_investigators", f"Principal investigators must be members of the group. Not members: {listed}."
        )
