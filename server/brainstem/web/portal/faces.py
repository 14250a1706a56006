"""How the pages of a model differ from those of others: data, one small file a model in ``models/``.

A model without a file gets what follows from its declaration, so that a new one has pages at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from brainstem.core.model.registry import Spec, specs

from .words import type_group

MOST_COLUMNS = 6
_LONG = frozenset({"richtext", "text", "json", "image", "file"})


@dataclass(frozen=True)
class Face:
    """What is particular about the pages of a model.

    Parameters
    ----------
    icon : str
        Name in the sprite.
    columns : tuple of str
        Columns of its list at first, after the name.
    tabs : tuple of str
        Relations whose records have a tab of their own, in this order; others are named at the side.
    title : tuple of str
        What a record is called, up to three columns, or columns of what it refers to.
    facts : tuple of str
        Columns that stand below the name of a record.
    sort : str
        The order of its list at first.
    views : mapping
        Views that come with the list: name in the address -> (label, conditions by parameter).
    tones : mapping
        How a value of ``status`` is marked: value -> (icon, tone).
    more : callable
        Groups of lines that only its records have: (where, id, record) -> groups.
    italic : bool
        Whether its names are written in italics, as those of species are.
    hints : tuple of str
        What stands behind the name where one is chosen, such as in a select, to tell those of one name apart.
    context : tuple of str
        The line below the name where one is searched for and chosen: columns, or names of what it refers to.
    """

    icon: str = "circle"
    columns: tuple[str, ...] = ()
    tabs: tuple[str, ...] | None = None
    title: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    sort: str = ""
    views: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    tones: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    italic: bool = False
    more: Callable[..., list[Any]] | None = None
    hints: tuple[str, ...] = ()
    context: tuple[str, ...] = ()


@cache
def face_of(spec: Spec) -> Face:
    """The particulars of a model, completed by what follows from its declaration."""
    given = _declared(spec.segment)
    return Face(
        icon=given.icon,
        columns=given.columns or usual_columns(spec),
        tabs=tuple(
            name for name in (given.tabs if given.tabs is not None else _usual_tabs(spec)) if name in spec.relations
        ),
        title=given.title or _usual_title(spec),
        facts=given.facts,
        sort=given.sort or ("name" if spec.tree.for_everyone and "name" in spec.columns else "-id"),
        views=given.views,
        tones=given.tones,
        italic=given.italic,
        more=given.more,
        hints=given.hints,
        context=given.context or given.hints or _usual_context(spec),
    )


def _declared(segment: str) -> Face:
    name = f"{__package__}.models.{segment}"
    if not segment.isidentifier() or find_spec(name) is None:
        return Face()
    found: Face = import_module(name).FACE
    return found


def _usual_title(spec: Spec) -> tuple[str, ...]:
    named = next((name for name in ("name", "title") if name in spec.columns), "")
    if named:
        return (named,)
    return ("type",) if type_group(spec) else ()


def _usual_context(spec: Spec) -> tuple[str, ...]:
    """Where a record belongs: the name of what is above it, or its type."""
    above = spec.tree.lists or spec.tree.above
    if above and "name" in specs()[spec.relations[above].target].columns:
        return (f"{above}.name",)
    return ("type",) if type_group(spec) and _usual_title(spec) != ("type",) else ()


def usual_columns(spec: Spec) -> tuple[str, ...]:
    """The first keys that fit into a cell."""
    left_out = {*_usual_title(spec), "id", "links", "created_by", "type_schema_version"}
    shown = [name for name in spec.keys if name not in left_out and _fits(spec, name)]
    return tuple(shown[:MOST_COLUMNS])


def _fits(spec: Spec, name: str) -> bool:
    if name in spec.columns:
        return spec.columns[name].wire_type not in _LONG
    return name in spec.relations or name == "tags"


def _usual_tabs(spec: Spec) -> tuple[str, ...]:
    """Lists of records that refer to this one, and have pages themselves."""
    found = [
        name
        for name, one in spec.relations.items()
        if one.many
        and not one.owned
        and not specs()[one.target].tree.keeps_proposals
        and not specs()[one.target].tree.offer
    ]
    return tuple(sorted(found, key=lambda name: list(spec.keys).index(name) if name in spec.keys else len(spec.keys)))


__all__ = ["Face", "face_of", "usual_columns"]
