"""Levels in people's words, and as the maps of roles and invitations write them."""

from __future__ import annotations

from collections.abc import Mapping

from brainstem.core.errors import Invalid
from brainstem.core.model.registry import Spec, offer_of
from brainstem.core.model.trees import Role

OWNERS_ONLY = "Only owners change managers and owners."
FLAGS: Mapping[Role, Mapping[str, bool]] = {
    Role.MEMBER: {},
    Role.CONTRIBUTOR: {"can_change": True},
    Role.MANAGER: {"can_change": True, "is_manager": True},
    Role.OWNER: {"can_change": True, "is_manager": True, "is_owner": True},
}


def label_of(level: Role) -> str:
    """A level on a page: "Contributor"."""
    return level.name.capitalize()


def with_article(level: Role) -> str:
    """A level in a sentence: "an owner"."""
    return f"{'an' if level is Role.OWNER else 'a'} {level.name.lower()}"


def offered(spec: Spec, *, is_owner: bool) -> list[Role]:
    """The levels that may be given: managers give those below their own; groups have no contributors."""
    levels = [one for one in Role if is_owner or one < Role.MANAGER]
    return [one for one in levels if not (spec.tree.keeps_members and one is Role.CONTRIBUTOR)]


def parse_level(text: str, spec: Spec, *, field: str) -> Role:
    """The level that a form names.

    Raises
    ------
    Invalid
        If there is no such level, naming the field.
    """
    found = next((one for one in offered(spec, is_owner=True) if one.name.lower() == text), None)
    if found is None:
        raise Invalid.at(field, "Choose one of the levels.")
    return found


def flags_of_offer(kind: Spec, level: Role) -> dict[str, bool]:
    """The level in the body of an invitation of this kind."""
    return {column: True for column, least in offer_of(kind).flags if least == level}


__all__ = ["FLAGS", "OWNERS_ONLY", "flags_of_offer", "label_of", "offered", "parse_level", "with_article"]
