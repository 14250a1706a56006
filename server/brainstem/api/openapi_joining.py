"""What OpenAPI says of inviting, asking, answering and leaving."""

from __future__ import annotations

from typing import Any

from brainstem.core.model.registry import Spec, joinings_of, specs
from brainstem.core.model.trees import Groups, Joining


def joining_action(spec: Spec, action: str) -> Spec | None:
    """The model of what an action that joins or leaves answers with; None for other actions."""
    if isinstance(spec.tree, Joining):
        return spec
    if action == "leave":
        return spec
    if action == "join":
        return next(kind for kind in joinings_of(spec.label) if _tree(kind).asked)
    return None


def guests(spec: Spec) -> tuple[list[Spec], dict[str, Any]]:
    """Models of the invitations to a kind of group or project, and the body that makes one."""
    kinds = [kind for kind in joinings_of(spec.label) if not _tree(kind).asked]
    properties: dict[str, Any] = {
        "email": {"type": "string", "description": "E-mail address of the person who is invited; or"},
        "user": {"type": "integer", "description": "the id of the person; or"},
    }
    if any(isinstance(_guest(kind).tree, Groups) for kind in kinds):
        about = "the id or the name of the group that is invited."
        properties["group"] = {"type": ["integer", "string"], "description": about}
    for column, _ in reversed(_tree(kinds[0]).flags):
        properties[column] = {"type": "boolean", "default": False, "description": kinds[0].columns[column].help_text}
    properties["message"] = {"type": "string", "maxLength": 2000, "description": "For those who answer."}
    return kinds, {"type": "object", "properties": properties}


def _guest(kind: Spec) -> Spec:
    return specs()[kind.relations[_tree(kind).guest].target]


def _tree(kind: Spec) -> Joining:
    assert isinstance(kind.tree, Joining)
    return kind.tree
