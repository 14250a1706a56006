"""What OpenAPI says of inviting, asking, answering and leaving."""

from __future__ import annotations

from typing import Any

from brainstem.core.model.registry import Spec, joinings_of, offer_of, specs


def joining_action(spec: Spec, action: str) -> Spec | None:
    """The model of what an action that joins or leaves answers with; None for other actions."""
    if spec.tree.offer:
        return spec
    if action == "leave":
        return spec
    if action == "join":
        return next(kind for kind in joinings_of(spec.label) if offer_of(kind).asked)
    return None


def guests(spec: Spec) -> tuple[list[Spec], dict[str, Any]]:
    """Models of the invitations to a kind of group or project, and the body that makes one."""
    kinds = [kind for kind in joinings_of(spec.label) if not offer_of(kind).asked]
    properties: dict[str, Any] = {
        "email": {"type": "string", "description": "E-mail address of the person who is invited; or"},
        "user": {"type": "integer", "description": "the id of the person; or"},
    }
    if any(_guest(kind).tree.keeps_members for kind in kinds):
        about = "the id or the name of the group that is invited."
        properties["group"] = {"type": ["integer", "string"], "description": about}
    for column, _ in reversed(offer_of(kinds[0]).flags):
        properties[column] = {"type": "boolean", "default": False, "description": kinds[0].columns[column].help_text}
    properties["message"] = {"type": "string", "maxLength": 2000, "description": "For those who answer."}
    return kinds, {"type": "object", "properties": properties}


def _guest(kind: Spec) -> Spec:
    return specs()[kind.relations[offer_of(kind).guest].target]
