"""Why something could not be taken back, as a page says it: fields that moved on, by whom, and what is in the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from brainstem.api.responses import STATUS
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import NON_FIELD, BrainstemError, ChangedSince, Conflict, Forbidden, Invalid
from brainstem.core.history import reading
from brainstem.core.history.asking import Asked
from brainstem.core.history.permission import open_histories
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, routes

from .. import fields, words
from ..cells import Cell, noted_cell
from ..gathering import Gathering
from ..where import path_of
from .entries import who
from .lines import Told, value_of

# What is told on the page of what was wanted.
REFUSED = (Conflict, Invalid, Forbidden)
MOST = 10  # fields and records that are named


@dataclass(frozen=True)
class Moved:
    """A field that was changed again since: by whom, and its values then, now and before."""

    record: str
    url: str
    field: str
    now: Cell
    wanted: Cell
    who: str
    when: Cell | None


@dataclass(frozen=True)
class Refusal:
    """What was refused and why; false where nothing was."""

    message: str = ""
    status: int = 200
    moved: tuple[Moved, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    blocked: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.message)


NOTHING = Refusal()
OF_MOVED = "What this changed was changed again since, or is used by now. Nothing was undone."


def refusal_of(error: BrainstemError, *, what: str, viewer: Viewer) -> Refusal:
    """An error in the words of a page; ``what`` was wanted: "Undo this"."""
    status = STATUS.get(type(error), 400)
    if isinstance(error, ChangedSince):
        moved = tuple(_moved(error.facts["moved_on"], viewer))
        return Refusal(OF_MOVED, status, moved=moved, blocked=tuple(_blocked(error.facts["blocked_by"])))
    if isinstance(error, Invalid):
        told = [(_label(name), " ".join(texts)) for name, texts in error.errors.items()]
        return Refusal(f"{what} is not possible any more. Nothing was changed.", status, problems=tuple(told[:MOST]))
    return Refusal(error.message, status)


def _label(name: str) -> str:
    return "" if name == NON_FIELD else words.label_of(name.rpartition(".")[2])


def _moved(told: Any, viewer: Viewer) -> Iterator[Moved]:
    found = [(key, name, values) for key, fields_ in told.items() for name, values in fields_.items()][:MOST]
    gathering = Gathering(viewer)
    for key, name, values in found:
        spec, pk = _record(key)
        gathering.name(spec, [pk])
        for value in values.values():
            fields.ask_for(spec, name, value, gathering)
    gathering.run()
    for key, name, values in found:
        spec, pk = _record(key)
        by, when = _changed_by(spec, pk, name, viewer)
        record = Told(spec, {})
        yield Moved(
            record=gathering.caption(spec, pk),
            url=f"{path_of(viewer.portal, spec)}{pk}/",
            field=words.field_name(spec, name),
            now=value_of(record, name, values.get("theirs"), gathering),
            wanted=value_of(record, name, values.get("yours"), gathering),
            who=by,
            when=when,
        )


def _record(key: str) -> tuple[Spec, RecordId]:
    app, segment, record_id = key.split("/", 2)
    spec = routes()[app, segment]
    pk: RecordId = spec.parse_id(record_id)  # type: ignore[assignment]
    return spec, pk


def _changed_by(spec: Spec, pk: RecordId, name: str, viewer: Viewer) -> tuple[str, Cell | None]:
    """Who changed a field last, and when, as the history of the record tells."""
    if not open_histories(spec, [pk], viewer=viewer):
        return "", None
    page = reading.of_record(spec, pk, Asked(field=name, limit=1), viewer=viewer)
    if not page.entries:
        return "", None
    return who(page.entries[0]), noted_cell(str(page.entries[0]["date_time"]))


def _blocked(told: Any) -> Iterator[str]:
    for one in told["models"]:
        app, _, segment = str(one["model"]).partition("/")
        names = [str(record["name"]) for record in one["records"][:MOST]]
        more = f" and {int(one['count']) - len(names)} more" if int(one["count"]) > len(names) else ""
        yield f"{words.models_name(routes()[app, segment])}: {', '.join(names)}{more}"
    if told["hidden"]:
        yield "Records that you may not see"


__all__ = ["NOTHING", "REFUSED", "Refusal", "refusal_of"]
