"""E-mail about proposals to the catalogues, sent once the write is certain."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string

from .access.actor import Actor
from .proposals import catalogue_of
from .registry import Spec


def tell_administrators(approvals: Spec, proposal: Any, actor: Actor) -> None:
    """One message to all administrators: there is something to decide."""
    if actor.via == "command":  # of who looks after the server
        return
    people = get_user_model()._default_manager.filter(is_superuser=True, is_active=True).order_by("pk")
    to = [str(email) for email in people.values_list("email", flat=True) if email]
    _send("proposed", f"{actor.email} proposes", approvals, proposal, to, person=actor.email)


def tell_author(approvals: Spec, proposal: Any, actor: Actor) -> None:
    """Tell who proposed what became of it; not themselves, when they decided."""
    author = proposal.created_by
    if author is not None and author.is_active and author.pk != actor.user_id and actor.via != "command":
        _send("decided", str(proposal.status), approvals, proposal, [author.email], person=actor.email)


def _send(template: str, what: str, approvals: Spec, proposal: Any, to: list[str], **context: str) -> None:
    kind = catalogue_of(approvals).singular_name
    name = " ".join(str(proposal.name).split())
    context |= {"kind": kind, "name": name, "address": _address(approvals, proposal)}
    body = render_to_string(f"approvals/{template}.txt", context | {"proposal": proposal})
    message = EmailMessage(f"{what}: {kind} {name}", body.strip() + "\n", to=to)
    if to:
        # A mail server that is down must not undo or delay what was decided.
        transaction.on_commit(message.send, robust=True)


def _address(approvals: Spec, proposal: Any) -> str:
    return f"{settings.BRAINSTEM_URL}/api/private/{approvals.app}/{approvals.segment}/{proposal.pk}/"
