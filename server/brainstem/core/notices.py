"""E-mail about proposals to the catalogues."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from .access.actor import Actor
from .mail import address_of, one_line, send_later
from .proposals import catalogue_of
from .registry import Spec


def tell_administrators(approvals: Spec, proposal: Any, actor: Actor) -> None:
    """Tell all administrators that there is something to decide."""
    if actor.via == "command":  # of who looks after the server
        return
    people = get_user_model()._default_manager.filter(is_superuser=True, is_active=True).order_by("pk")
    to = [str(email) for email in people.values_list("email", flat=True) if email]
    _send("proposed", approvals, proposal, to, person=actor.email)


def tell_author(approvals: Spec, proposal: Any, actor: Actor) -> None:
    """Tell who proposed what became of it; not themselves, when they decided."""
    author = proposal.created_by
    if author is not None and author.is_active and author.pk != actor.user_id and actor.via != "command":
        _send("decided", approvals, proposal, [author.email], person=actor.email)


def _send(template: str, approvals: Spec, proposal: Any, to: list[str], **context: Any) -> None:
    kind, name = catalogue_of(approvals).singular_name, one_line(proposal.name)
    context |= {"kind": kind, "name": name, "address": address_of(approvals, proposal), "proposal": proposal}
    send_later(f"approvals/{template}", context, to)
