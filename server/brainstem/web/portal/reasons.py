"""Why a person sees a record, as a sentence, from the ways that an explanation gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from brainstem.core.model.registry import Spec, specs

from .words import model_name

Way = Mapping[str, Any]  # a path of :func:`brainstem.core.sharing.explain.explain`


def sentence_of(name: str, ways: Sequence[Way], spec: Spec) -> str:
    """Why somebody sees a record of a model; ``ways`` has the highest role first.

    "Dana sees this session as a contributor of the project Theta maze, through the group Imaging."
    """
    reasons = list(dict.fromkeys(_reason(way, spec) for way in ways))
    return f"{name} sees this {model_name(spec)} {_joined(reasons)}."


def _reason(way: Way, spec: Spec) -> str:
    group, role = way.get("group"), _with_article(str(way["role"]))
    through = f", through the group {group['name']}" if group else ""
    held = next((one for one in _holders() if one.segment in way), None)
    if held is not None:
        return f"as {role} of the {model_name(held)} {way[held.segment]['name']}{through}"
    if way["via"] == "author":
        return "as the person who proposed it"
    if group and not spec.tree.is_root:  # a member of the group itself, not of something that the group may see
        return f"as {role} of the group {group['name']}"
    if spec.tree.offer is not None:
        return "as the person it concerns"
    return f"as {role} of it{through}"


def _holders() -> list[Spec]:
    """What roles are held on, and named by in a way."""
    return [spec for spec in specs().values() if spec.tree.is_root]


def _with_article(role: str) -> str:
    return f"{'an' if role.startswith('o') else 'a'} {role}"


def _joined(reasons: Sequence[str]) -> str:
    """With a comma before "and": most reasons have commas of their own."""
    return ", and ".join([", ".join(reasons[:-1]), reasons[-1]]) if len(reasons) > 1 else "".join(reasons)


__all__ = ["sentence_of"]
