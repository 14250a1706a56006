"""What holds for people, and between a laboratory and its group."""

from __future__ import annotations

from typing import Any

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
    """So that people who share with somebody find them, however they write it."""
    draft.record.email = plain_address(draft.record.email)


@checks(User)
def an_address_is_changed_with_its_mailboxes(draft: Draft) -> None:
    """Who has the address has the account: only an administrator changes one at once, where everybody is theirs."""
    if draft.record.email != draft.old.get("email") and not draft.viewer.is_super:
        page = f"{settings.BRAINSTEM_URL}/account/email/"
        draft.error("email", f"An e-mail address is changed at {page}, where the old and the new one confirm it.")


@follows(User)
def an_address_is_in_step_everywhere(draft: Draft) -> None:
    """An administrator changed it: what signing in goes by follows, and both addresses are told."""
    if draft.record.email != draft.old.get("email"):
        email_change.settle(
            draft.record, str(draft.old["email"]), by=f"the administrator {draft.viewer.actor.email}".strip()
        )


@checks(User)
def an_orcid_is_kept_as_its_address(draft: Draft) -> None:
    """So that it can be followed; bare numbers are taken too."""
    draft.record.orcid_id = orcid_link(draft.record.orcid_id)


@guards(User)
def the_last_administrator_stays(user: Any, _actor: Actor) -> None:
    """Somebody administers the server, always; of two who delete each other, one succeeds."""
    if not user.is_superuser or not user.is_active:
        return
    administrators = (
        User.objects.filter(is_superuser=True, is_active=True).select_for_update(no_key=True).order_by("pk")
    )
    if list(administrators.values_list("pk", flat=True)) == [user.pk]:
        raise Invalid.whole("This is the last active administrator; make another one first.")


@checks(Laboratory, of_siblings=True)
def a_group_has_one_laboratory(draft: Draft) -> None:
    """Say so before the database refuses a second one."""
    laboratory = draft.record
    others = Laboratory.objects.exclude(pk=laboratory.pk)
    if draft.changed("group") and others.filter(group_id=laboratory.group_id).exists():
        draft.error("group", "This group has a laboratory already; change that one.")


@checks(Laboratory)
def principal_investigators_are_members(draft: Draft) -> None:
    """Those who lead the laboratory belong to its group."""
    if not draft.changed("group", "principal_investigators"):
        return
    wanted = draft.linked("principal_investigators")
    members = Membership.objects.filter(group_id=draft.record.group_id, user_id__in=wanted)
    strangers = set(wanted) - set(members.values_list("user_id", flat=True))
    if strangers:
        listed = ", ".join(map(str, sorted(strangers)))
        draft.error(
            "principal_investigators", f"Only members of the group can lead the laboratory. Not members: {listed}."
        )
