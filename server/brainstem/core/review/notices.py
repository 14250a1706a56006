"""Emails about proposals to the catalogues."""

from __future__ import annotations

from typing import Any

from ..access.actor import Actor
from ..mail import gathering
from ..mail.sending import page_of, without_links
from ..model.registry import Spec
from ..text.lines import one_line
from ..write.proposals import catalogue_of


def tell_administrators(approvals: Spec, proposal: Any, actor: Actor) -> None:
    """Notify all administrators of a proposal to review."""
    if actor.via != "command":  # run by an administrator of the server
        facts = _facts(approvals, proposal, actor)
        gathering.tell("proposals", [None], facts, about=f"{approvals.label} {proposal.pk}")


def tell_author(approvals: Spec, proposal: Any, actor: Actor) -> None:
    """Notify the author of the decision, unless they made it themselves."""
    author = proposal.created_by
    if author is not None and author.is_active and author.pk != actor.user_id and actor.via != "command":
        gathering.tell("decisions", [author.pk], _facts(approvals, proposal, actor))


def _facts(approvals: Spec, proposal: Any, actor: Actor) -> dict[str, object]:
    return {
        "person": actor.email,
        "kind": catalogue_of(approvals).singular_name,
        "name": without_links(one_line(proposal.name)),
        "address": page_of(approvals, proposal, "review/"),
        "proposal": {
            "action": proposal.action,
            "status": proposal.status,
            "comments": without_links(proposal.comments or ""),
            "review_comment": proposal.review_comment or "",
        },
    }
