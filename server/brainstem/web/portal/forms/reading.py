"""What a form sends -> the payload of the writer: only what was changed. Pure: no database, no request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from brainstem.core.model.fields import DetailsField
from brainstem.core.model.registry import Spec
from brainstem.core.types.schemas import current

from .description import Entries, Form
from .merging import Base, Path, Standing, value_at
from .nodes import ABSENT, WAS, Group, Node, Reading, Rows
from .parts import TAKE, THEIRS, Part
from .sent import Sent

ASKED = "_asked"  # digests of what the person had written when they were asked which side to take
SINCE = "_since"  # the version of the record that they had written against then
# What a copy need not say: a new record has nothing there anyway.
_NOTHING: tuple[object, ...] = (ABSENT, None, "", {}, [])


@dataclass(frozen=True)
class Conflict:
    """A field that two people changed to different values: the control, what the record holds now, what came back.

    ``before`` is what the form was drawn from, as far as it is known, and ``since`` that version. ``control`` is where
    the message stands, if that is not the field itself but a part of it. With a ``part``, only this paragraph of a text
    is in question, and ``mine`` is the text with all that could be merged.
    """

    path: Path
    node: Node
    theirs: Sent
    mine: Sent
    before: Sent | None = None
    control: str = ""
    since: str = ""
    part: Part | None = None

    @property
    def at(self) -> str:
        """Name of the control that the message stands beside."""
        return self.control or self.name

    @property
    def name(self) -> str:
        """Full name of the control."""
        return ".".join(self.path)


@dataclass
class Outcome:
    """What a form says: the payload, what is wrong, and what two people changed.

    ``merged`` are the fields that somebody else changed, as they are now, or merged with what this form says;
    ``before`` is the record as it was when the form was drawn, as far as that is known.
    """

    payload: dict[str, object] = field(default_factory=dict)
    reading: Reading = field(default_factory=Reading)
    conflicts: list[Conflict] = field(default_factory=list)
    merged: dict[Path, Sent] = field(default_factory=dict)
    before: Mapping[str, object] = field(default_factory=dict)


def read_form(form: Form, sent: Sent, stored: Mapping[str, object], base: Base, *, whole: bool = False) -> Outcome:
    """Read a form.

    Parameters
    ----------
    stored
        The record as it was at the version that the form was drawn from, or the defaults of a new one.
    base
        What else the form was drawn from.
    whole : bool
        Return everything that the form holds, for a copy, instead of only what differs from ``stored``.
    """
    outcome = Outcome()
    for node in form.nodes:
        if isinstance(node, Entries):
            continue  # Written one by one.
        before = stored.get(node.key, ABSENT)
        kept = _kept(form.spec, node, stored, sent)
        after = _read_top(node, sent, kept, base, outcome)
        if after is not before or (whole and after not in _NOTHING):
            outcome.payload[node.key] = after
    outcome.payload = {key: value for key, value in outcome.payload.items() if value is not ABSENT}
    return outcome


def _read_top(node: Node, sent: Sent, kept: object, base: Base, outcome: Outcome) -> object:
    if takes_theirs(sent, (node.key,), node):
        return kept
    if not isinstance(node, Group):
        return _read_unit((node.key,), node, sent, kept, base, outcome)
    values = dict(kept) if isinstance(kept, dict) else {}
    for part in node.parts:
        before = values.get(part.key, ABSENT)
        after = _read_unit((node.key, part.key), part, sent, before, base, outcome)
        if after is ABSENT:
            values.pop(part.key, None)
        else:
            values[part.key] = after
    if values == kept and all(values[key] is kept[key] for key in values):
        return kept
    if values or kept is ABSENT:
        return values or node.least()
    return {}


def _read_unit(path: Path, node: Node, sent: Sent, kept: object, base: Base, outcome: Outcome) -> object:
    """One field, unless somebody else changed it too."""
    mine, now = sent.at(*path), node.draw(kept)
    standing = base.standing(path, node, sent=mine, now=now)
    if standing is Standing.THEIRS:
        outcome.merged[path] = now
    if standing in (Standing.SAME, Standing.THEIRS) or takes_theirs(sent, path, node):
        return kept
    if standing is Standing.BOTH:
        outcome.conflicts.append(Conflict(path, node, now, mine))
    return node.read(mine, kept, at=".".join(path), reading=outcome.reading)


def takes_theirs(sent: Sent, path: Path, node: Node) -> bool:
    """Whether somebody takes the other side of a conflict; not if they have gone on writing since they were asked."""
    if sent.at(TAKE, *path).text != THEIRS:
        return False
    asked = sent.at(ASKED, *path).text
    return not asked or node.digest(sent.at(*path)) == asked


def _kept(spec: Spec, node: Node, values: Mapping[str, object], sent: Sent) -> object:
    """The stored value; details without the keys that only the type before had."""
    column, stored = spec.columns.get(node.key), values.get(node.key, ABSENT)
    if column is None or not isinstance(column.field, DetailsField) or stored is ABSENT:
        return stored
    stored_type = values.get(column.field.selector)
    gone = _old_keys(spec, column.field.selector, sent, stored_type)
    if isinstance(stored, dict) and gone & stored.keys():
        return {key: value for key, value in stored.items() if key not in gone}
    if isinstance(stored, list) and any(isinstance(row, dict) and gone & row.keys() for row in stored):
        return [{key: value for key, value in row.items() if key not in gone} for row in stored]
    return stored


def _old_keys(spec: Spec, selector: str, sent: Sent, stored: object) -> set[str]:
    """Keys of the stored type, as far as the chosen one lacks them."""
    group = getattr(spec.columns[selector].field, "schema_group", "")
    chosen = sent.at(selector).text
    return _keys(group, str(stored or "")) - _keys(group, chosen) if chosen else set()


def _keys(group: str, name: str) -> set[str]:
    schema = current(group, name)
    body: Any = schema.body if schema else {}
    return set((body.get("items", {}) if body.get("type") == "array" else body).get("properties", {}))


# -- controls that the form does not have -----------------------------------------------------------------------------


def strays(form: Form, sent: Sent, known: frozenset[str] = frozenset()) -> Iterator[tuple[Path, Sent]]:
    """What was sent under names of no control, except for hidden ones, which start with an underscore."""
    tops = {node.key: node for node in form.nodes}
    for key, part in sent.parts.items():
        if key in tops:
            yield from _below((key,), tops[key], part)
        elif not key.startswith("_") and key not in known:
            yield (key,), part


def _below(path: Path, node: Node, sent: Sent) -> Iterator[tuple[Path, Sent]]:
    parts: dict[str, Node | None]
    if isinstance(node, Group):
        parts = {part.key: part for part in node.parts}
    elif isinstance(node, Rows):
        parts = dict.fromkeys((key for key in sent.parts if key.isdecimal()), node.row)
    else:
        parts = dict.fromkeys(node.draw(ABSENT).parts)
    for key, part in sent.parts.items():
        if key == WAS:
            continue
        if key not in parts:
            yield (*path, key), part
        elif (below := parts[key]) is not None:
            yield from _below((*path, key), below, part)


def pruned(form: Form, sent: Sent) -> Sent:
    """The same without rows in which nothing was typed, and numbered from 0, as errors count them."""
    parts = dict(sent.parts)
    for node in form.nodes:
        if node.key in parts:
            parts[node.key] = _pruned(node, parts[node.key])
    return Sent(sent.texts, parts)


def _pruned(node: Node, sent: Sent) -> Sent:
    if isinstance(node, Group):
        parts = {part.key: part for part in node.parts}
        return Sent(
            sent.texts, {key: _pruned(parts[key], one) if key in parts else one for key, one in sent.parts.items()}
        )
    if isinstance(node, Rows):
        rows = [_pruned(node.row, row) for row in node.filled(sent)]
        return Sent(sent.texts, {str(number): row for number, row in enumerate(rows)})
    return sent


__all__ = ["Conflict", "Outcome", "pruned", "read_form", "strays", "takes_theirs", "value_at"]
