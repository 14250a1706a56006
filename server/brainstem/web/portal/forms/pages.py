"""The page of a form: what templates show, from the texts of its controls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings

from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import Spec

from ..naming import name_of
from ..rows import called
from ..words import label_of, model_name
from .copying import COPIES, MOST, WITH_PARTS, counted_parts
from .description import ENTRIES, Form, selectors
from .doors import Door
from .drafts import DRAFT, LOST, MOST_MARKS, Kept, place_of
from .fields import Drawing, Field
from .logs import SHOWN
from .merging import Base, value_at
from .moves import overlaid
from .nodes import ABSENT, WAS
from .parts import PART, TAKE, THEIRS, Part, open_parts
from .pickers import Pickers
from .problems import Problem, place
from .reading import SINCE, Conflict, strays, takes_theirs
from .sent import Sent

PART_OF = "Part of "
KEPT, SEARCH, ALL = "_kept", "_search", "_all"


@dataclass
class Section:
    """A section of the page, with the number of its errors."""

    key: str
    title: str
    help: str
    fields: list[Field]

    @property
    def errors(self) -> int:
        """How many controls are wrong."""
        return sum(bool(found.errors) for control in self.fields for found in control.walk())


@dataclass(frozen=True)
class Side:
    """The sides of a field that two people changed; ``before`` is empty if it may not be told.

    ``digest`` is that of ``mine``, and ``id`` that of the control. ``part`` is what the form carries of a question
    about some paragraphs of a text.
    """

    name: str
    label: str
    before: str
    theirs: str
    mine: str
    takes: str = "mine"
    digest: str = ""
    id: str = ""
    since: str = ""
    part: str = ""

    @property
    def field(self) -> str:
        """What people call the control."""
        return self.label.removeprefix(PART_OF) if self.part else self.label


@dataclass(frozen=True)
class Copies:
    """How many copies are asked for, and what parts they may have."""

    number: str
    most: int
    parts: str
    with_parts: bool
    error: str = ""


@dataclass
class Page:
    """Everything that the template needs."""

    door: Door
    drawing: Drawing
    title: str
    sections: list[Section]
    hidden: list[tuple[str, str]]
    problems: list[Problem] = field(default_factory=list)
    conflicts: list[Side] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    zone: str = "UTC"
    verb: str = "Save"
    more_entries: int = 0
    who: str = ""
    copies: Copies | None = None
    place: str = ""
    drafts: Sequence[Kept] = ()
    continued: Kept | None = None
    only: str = ""  # the name of its one field, if it is not the whole form
    publish_url: str = ""  # of a stored project, the page that shows what publishing it means


def page_of(
    door: Door,
    form: Form,
    sent: Sent,
    *,
    values: Mapping[str, object],
    zone: str,
    base: Base,
    errors: Mapping[str, Iterable[str]],
    copies: bool = False,
) -> Page:
    """The page that shows these texts.

    Parameters
    ----------
    values
        The stored record, for what has no control and for files.
    base
        What the form is drawn from.
    """
    # Of one field by itself, the others still narrow what is offered.
    given = overlaid(drawn(form.whole, values), sent) if form.whole is not None else sent
    pickers = pickers_of(form.spec, sent, viewer=door.viewer, given=given)
    drawing = Drawing(form, sent, values, pickers, redraws=selectors(form.spec), portal=door.portal)
    drawing.uploads = {name: str(door.request.FILES[name]) for name in door.request.FILES}
    drawing.uploads |= {name: part.text for name, part in sent.at(LOST).parts.items()}
    sections = [Section(one.key, one.title, one.help, fields) for one, fields in drawing.sections()]
    problems = place([control for section in sections for control in section.fields], errors)
    left = leftovers(form, sent)
    is_new = door.record_id is None or copies
    entries = values.get(ENTRIES)
    return Page(
        door,
        drawing,
        title=_title(door, values, copies=copies),
        sections=sections,
        hidden=[*_hidden(form, sent, zone, "" if is_new else base.text), *left],
        problems=problems,
        left=[(label_of(name.removeprefix(f"{KEPT}.").rpartition(".")[2]), text) for name, text in left if text],
        zone=zone,
        verb="Submit" if door.proposes else "Create" if is_new else "Save",
        copies=_copies(door, sent, errors) if copies and not door.proposes else None,
        more_entries=max(len(entries) - SHOWN, 0) if isinstance(entries, list) else 0,
        place=place_of(door, copies=copies),
        publish_url=f"{door.url}publish/" if door.spec.tree.is_project and not is_new else "",
    )


def pickers_of(spec: Spec, sent: Sent, *, viewer: Viewer, given: Sent) -> Pickers:
    """What records the controls of a form offer, narrowed by what was chosen in ``given``."""
    return Pickers(spec, viewer, settings.BRAINSTEM_URL, _given(given), _searches(sent), _lifted(sent))


def _copies(door: Door, sent: Sent, errors: Mapping[str, Iterable[str]]) -> Copies:
    return Copies(
        sent.at(COPIES).text or "1",
        MOST,
        counted_parts(door.spec, door.record_id, viewer=door.viewer),
        bool(sent.at(WITH_PARTS).text),
        " ".join(errors.get(COPIES, ())),
    )


def told(conflicts: Iterable[Conflict], page: Page, sent: Sent) -> list[Side]:
    """All sides of each field that two people changed, and which one was chosen."""
    return [_side(conflict, page, sent) for conflict in conflicts]


def asked_about(
    form: Form, sent: Sent, stored: Mapping[str, object], at_version: Callable[[str], Mapping[str, object] | None]
) -> list[Conflict]:
    """What a form asked about that came back without being saved, as far as both sides still differ.

    ``at_version`` gives the record as it was at a version, None if that is not known.
    """
    units = {(node.key,): node for node in form.nodes} | dict(form.units())
    found: list[Conflict] = []
    for path, node in units.items():
        now, mine = node.draw(value_at(stored, path)), sent.at(*path)
        for part in open_parts(sent, path) if sent.at(PART, *path).parts else ():
            found.append(Conflict(path, node, now, mine, node.draw(part.before), part=part))
    for name, _ in sent.at(TAKE).pairs():
        path = tuple(name.split("."))
        if path not in units or path in (one.path for one in found):
            continue
        now, mine = units[path].draw(value_at(stored, path)), sent.at(*path)
        if units[path].digest(now) != units[path].digest(mine):
            since = sent.at(SINCE, *path).text
            before = at_version(since) if since else None
            was = None if before is None else units[path].draw(value_at(before, path))
            found.append(Conflict(path, units[path], now, mine, was, since=since))
    return found


def _side(conflict: Conflict, page: Page, sent: Sent) -> Side:
    def said(side: Sent) -> str:
        return page.drawing.draw(conflict.node, side, conflict.name, ABSENT).said or "nothing"

    label = conflict.node.label or label_of(conflict.path[-1])
    if conflict.part is not None:
        return _paragraphs(conflict, conflict.part, label, said, sent)
    before = "" if conflict.before is None else said(conflict.before)
    takes = THEIRS if takes_theirs(sent, conflict.path, conflict.node) else "mine"
    mine = sent.at(*conflict.path)
    digest, control = conflict.node.digest(mine), f"f-{conflict.at.replace('.', '-')}"
    return Side(conflict.name, label, before, said(conflict.theirs), said(mine), takes, digest, control, conflict.since)


def _paragraphs(conflict: Conflict, part: Part, label: str, said: Callable[[Sent], str], sent: Sent) -> Side:
    """The sides of some paragraphs of a text."""
    draw, name = conflict.node.draw, f"{conflict.name}.{part.name}"
    before = "" if conflict.before is None else said(draw(part.before))
    takes = THEIRS if sent.at(TAKE, *conflict.path, part.name).text == THEIRS else "mine"
    theirs, mine = said(draw(part.theirs)), said(draw(part.mine))
    control = f"f-{conflict.at.replace('.', '-')}"
    return Side(name, f"{PART_OF}{label}", before, theirs, mine, takes, id=control, part=part.text)


def drawn(form: Form, values: Mapping[str, object]) -> Sent:
    """The controls of a record; of a long log its last entries."""
    parts = {}
    for node in form.nodes:
        value = values.get(node.key)
        if node.key == ENTRIES and isinstance(value, list):
            value = value[-SHOWN:]
        parts[node.key] = node.draw(value) if node.key in values else node.draw(None)
    return Sent(parts=parts)


def prefilled(form: Form, below: Sent, query: Sent) -> Sent:
    """The controls with what the address gives."""
    tops = {node.key for node in form.nodes} | set(_narrowing(form.spec))
    return overlaid(below, Sent(parts={key: part for key, part in query.parts.items() if key in tops}))


def leftovers(form: Form, sent: Sent) -> list[tuple[str, str]]:
    """Values that the chosen type has no control for, under the names of hidden ones."""
    found: dict[tuple[str, str], None] = dict.fromkeys(
        (f"{KEPT}.{name}", text) for name, text in sent.at(KEPT).pairs() if text
    )
    for path, part in strays(form, sent, known_names(form)):
        for name, text in part.pairs(".".join(path)):
            if text:
                found[f"{KEPT}.{name}", text] = None
    return list(found)


def restored(form: Form, sent: Sent) -> Sent:
    """The texts with those back in their controls that an earlier type had none for."""
    kept = sent.at(KEPT)
    if not kept.is_there:
        return sent
    rest = Sent(parts={key: part for key, part in sent.parts.items() if key != KEPT})
    merged = overlaid(kept, rest)
    gone = [path for path, _ in strays(form, Sent(parts=dict(kept.parts)), known_names(form))]
    left = Sent()
    for path in gone:
        _put(left, path, kept.at(*path))
        _drop(merged, path)
    return Sent(parts={**merged.parts, **({KEPT: left} if left.parts else {})})


def known_names(form: Form) -> frozenset[str]:
    """Names of controls that are not part of the record."""
    return frozenset({*_narrowing(form.spec), *form.spec.resource.create_only, "csrfmiddlewaretoken"})


def _narrowing(spec: Spec) -> tuple[str, ...]:
    return (*spec.resource.form_keys, *spec.computed)


def _given(sent: Sent) -> dict[str, str]:
    """What was chosen, for narrowing: only where it is one value."""
    found = {}
    for key, part in sent.parts.items():
        texts = [text for text in part.texts or () if text]
        if len(texts) == 1 and not key.startswith("_"):
            found[key] = texts[0]
    return found


def _searches(sent: Sent) -> dict[str, str]:
    return {name: part.text for name, part in sent.at(SEARCH).parts.items() if part.text}


def _lifted(sent: Sent) -> frozenset[str]:
    return frozenset(name for name, part in sent.at(ALL).parts.items() if part.text)


def _hidden(form: Form, sent: Sent, zone: str, base: str) -> list[tuple[str, str]]:
    chosen = [(f"{WAS}.{name}", sent.at(name).text) for name in selectors(form.spec)]
    continued = [(DRAFT, mark) for mark in sent.at(DRAFT).texts or () if mark]
    return [("_zone", zone), *([("_base", base)] if base else []), *chosen, *continued[:MOST_MARKS]]


def _title(door: Door, values: Mapping[str, object], *, copies: bool) -> str:
    if door.record_id is None:
        return f"{'Propose a new' if door.proposes else 'Add'} {model_name(door.spec)}"
    name = called(door.spec, door.record_id, door.viewer) or name_of(door.spec.label, dict(values))
    return f"{'Duplicate' if copies else 'Propose a change of' if door.proposes else 'Edit'} {name}"


def _put(sent: Sent, path: tuple[str, ...], part: Sent) -> None:
    at = sent
    for key in path[:-1]:
        at = at.parts.setdefault(key, Sent())
    at.parts[path[-1]] = part


def _drop(sent: Sent, path: tuple[str, ...]) -> None:
    at = sent
    for key in path[:-1]:
        at = at.parts.get(key, Sent())
    at.parts.pop(path[-1], None)


__all__ = [
    "Page", "asked_about", "drawn", "known_names", "leftovers", "page_of", "pickers_of", "prefilled", "restored",
    "told",
]  # fmt: skip
