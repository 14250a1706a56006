"""Which kinds of events are not undone: those that others have answered, and those that have an action of their own."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import Conflict
from .keys import settable, wire_name
from .trails import Trail

# Of records whose flow is not undone, these actions only follow from what they belong to.
_ALONG = frozenset({"delete", "undelete"})
_OFFERS = (
    "Invitations and requests to join are not undone."
    " Cancel an open one; change roles, or leave, after one was accepted."
)
_PROPOSALS = (
    "Proposals and decisions on them are not undone."
    " Amend or reject an open one; change the entry after one was accepted."
)


def refuse_kinds(trails: Iterable[Trail]) -> None:
    """Refuse events of a kind that is not undone.

    Raises
    ------
    Conflict
        Says what to do instead.
    """
    for trail in trails:
        if trail.actions <= _ALONG:
            continue
        if trail.spec.tree.offer:
            raise Conflict(_OFFERS)
        if trail.spec.tree.keeps_proposals:
            _refuse_proposal(trail)
            continue
        _refuse_fields(trail)


def _refuse_proposal(trail: Trail) -> None:
    """A direct write of an administrator leaves an accepted proposal, which stays: undoing leaves another one."""
    if trail.actions != {"create"} or trail.whole.get("status") != "Accepted":
        raise Conflict(_PROPOSALS)


def _refuse_fields(trail: Trail) -> None:
    """Refuse changes that no caller can make directly: of who may sign in, and how."""
    spec = trail.spec
    wrong = {wire_name(spec, key) for key in trail.steps} - settable(spec)
    if wrong and spec.tree.is_people:
        raise Conflict(
            "What concerns signing in is not undone: activate or deactivate the account,"
            " and change the email address on the page of the account."
        )
    if wrong:
        raise Conflict(f"{', '.join(sorted(wrong))} of a {spec.singular_name} cannot be set back.")


__all__ = ["refuse_kinds"]
