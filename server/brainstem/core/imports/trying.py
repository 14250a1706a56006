"""Writing steps, for a rehearsal or in earnest: the same rows, rules and rights as those of ``bulk/``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

import orjson

from ..access.viewer import Viewer
from ..bulk.rehearsal import difference, undone
from ..bulk.writing import Rows, attempt_rows
from ..errors import NON_FIELD, BrainstemError, Invalid
from ..model.registry import Spec, spec_of
from ..model.values import markup_ahead
from ..query.run import fetch_records
from ..query.syntax import Query
from ..remarks import collecting
from ..sharing import grants
from ..types.labels import field_name
from .entries import Entry, entries_of
from .json_values import Json
from .progress import Tell
from .steps import CHANGED, CREATED, Place, Plan, Ref, Step, Table, Trouble, filled, in_order

# Rows that are tried in one transaction: on SQLite, others wait for as long as it lasts.
AT_ONCE = 250
AT_ONCE_IN_EARNEST = 1000


class Writer:
    """Writes steps within the caller's transaction; knows which records its rows have made."""

    def __init__(self, *, viewer: Viewer, base: str) -> None:
        self.viewer, self.base = viewer, base
        self.made: dict[Place, str | int] = {}

    def write(self, spec: Spec, steps: Sequence[Step]) -> list[Json]:
        """For each step the record that was written, or the error by which it was refused."""
        new = [step for step in steps if step.record_id is None and step.log is None]
        old = [step for step in steps if step.record_id is not None and step.payload]
        rows = Rows([self._filled(one) for one in new], [self._filled(one) | {"id": one.record_id} for one in old])
        done = attempt_rows(spec, rows, viewer=self.viewer, base_url=self.base)
        outcomes = {step.place: one for step, one in zip([*new, *old], [*done.created, *done.updated], strict=True)}
        self.note_made({step.place: outcomes[step.place] for step in new})
        self._give_roles(spec, new, outcomes)
        self._add_entries(spec, steps, outcomes)
        return [outcomes[step.place] for step in steps]

    def _give_roles(self, spec: Spec, new: Sequence[Step], outcomes: dict[Place, Json]) -> None:
        """Give people and groups their roles on new records: of a project, only its creator has one at first."""
        given = [(step, {key: step.payload[key] for key in grants.KEYS & step.payload.keys()}) for step in new]
        given = [(step, some) for step, some in given if some and step.place in self.made]
        rows = Rows([], [some | {"id": self.made[step.place]} for step, some in given])
        done = attempt_rows(spec, rows, viewer=self.viewer, base_url=self.base)
        for (step, _), outcome in zip(given, done.updated, strict=True):
            outcomes[step.place] = outcome

    def _add_entries(self, spec: Spec, steps: Sequence[Step], outcomes: dict[Place, Json]) -> None:
        """Add the entries of rows to their logs, each log once."""
        entries = entries_of(spec)
        logs: dict[Json, list[Step]] = {}
        for step in steps:
            if entries is None or not step.entry or isinstance(outcomes.get(step.place), BrainstemError):
                continue
            maker = step.place if step.log is None else step.log.place
            log = step.record_id if step.record_id is not None else self.made.get(maker)
            if log is None:
                outcomes[step.place] = Invalid.whole("The row that makes its log is wrong.")
                continue
            outcomes.setdefault(step.place, spec.model(pk=spec.parse_id(str(log))))
            logs.setdefault(log, []).append(step)
        for log, mine in logs.items():
            added = self._added(spec, log, [one.entry for one in mine])
            outcomes |= {step.place: one for step, one in zip(mine, added, strict=True) if one is not None}

    def _added(self, spec: Spec, log: Json, entries: Sequence[Entry]) -> list[BrainstemError | None]:
        kind = entries_of(spec)
        assert kind is not None
        try:
            found = kind.add(spec, spec.parse_id(str(log)), entries, viewer=self.viewer)
        except BrainstemError as error:
            return [error] * len(entries)
        return [_below(kind.key, one) if isinstance(one, Invalid) else one for one in found]

    def note_made(self, outcomes: Mapping[Place, Json]) -> None:
        """Note the new records, to which other rows may refer."""
        for place, outcome in outcomes.items():
            if not isinstance(outcome, BrainstemError):
                self.made[place] = outcome.pk if isinstance(outcome.pk, int) else str(outcome.pk)

    def _filled(self, step: Step) -> dict[str, Json]:
        return filled(step.payload, self.made)


def _below(key: str, error: Invalid) -> Invalid:
    """The error of an entry as one of its log."""
    return Invalid({f"{key}.{name}" if name != NON_FIELD else name: said for name, said in error.errors.items()})


@contextmanager
def prepared(batches: Sequence[tuple[Spec, Sequence[Step]]]) -> Iterator[None]:
    """Context around a transaction: rich text is cleaned before it begins, and unknown keys are refused within."""
    with ExitStack() as stack:
        for spec, steps in batches:
            stack.enter_context(markup_ahead(spec, [step.payload for step in steps]))
        stack.enter_context(collecting(strict=True))
        yield


# -- rehearsing -------------------------------------------------------------------------------------------------------


def rehearse(plan: Plan, *, viewer: Viewer, base: str, tell: Tell) -> None:
    """Find out what every row would do, by doing it and rolling it back, some hundred at a time."""
    steps = {step.place: step for step in plan.steps}
    tables = {table.number: table for table in plan.tables}
    for table in in_order(plan.tables):
        for step in table.steps:
            _refuse_wrong_parents(step, steps, tables)
        todo = [step for step in table.steps if step.action in (CREATED, CHANGED)]
        for start in range(0, len(todo), AT_ONCE):
            some = todo[start : start + AT_ONCE]
            _rehearse_some(table, some, steps, tables, viewer=viewer, base=base)
            tell(len(some))


def _refuse_wrong_parents(step: Step, steps: Mapping[Place, Step], tables: Mapping[int, Table]) -> None:
    for place in step.refs:
        if steps[place].troubles:
            where = f"row {steps[place].line.number} of {tables[place[0]].sheet.name}"
            step.troubles.append(Trouble(f"It refers to {where}, which is wrong."))


def _rehearse_some(
    table: Table,
    some: Sequence[Step],
    steps: Mapping[Place, Step],
    tables: Mapping[int, Table],
    *,
    viewer: Viewer,
    base: str,
) -> None:
    needed = _needed(some, steps)
    batches = [
        (one.spec, [step for step in needed if step.place[0] == one.number]) for one in in_order([*tables.values()])
    ]
    batches = [(spec, parents) for spec, parents in batches if parents]

    def tried() -> tuple[list[Json], dict[str, Json]]:
        writer = Writer(viewer=viewer, base=base)
        for spec, parents in batches:
            writer.write(spec, parents)
        outcomes = writer.write(table.spec, some)
        return outcomes, _read(table.spec, some, outcomes, viewer=viewer, base=base)

    try:
        with prepared([*batches, (table.spec, some)]):
            outcomes, records = undone(tried)
    except BrainstemError as error:  # about all of them together, such as too many new tags
        outcomes, records = [error] * len(some), {}
    for step, outcome in zip(some, outcomes, strict=True):
        _take(table, step, outcome, records)


def _needed(some: Sequence[Step], steps: Mapping[Place, Step]) -> list[Step]:
    """The rows whose records these refer to, and those that those refer to, in order, but for themselves."""
    found, own = dict[Place, Step](), {step.place for step in some}
    left = [place for step in some for place in step.refs]
    while left:
        place = left.pop()
        if place not in found and place not in own:
            found[place] = steps[place]
            left += steps[place].refs
    return [found[place] for place in sorted(found)]


def _read(spec: Spec, some: Sequence[Step], outcomes: Sequence[Json], *, viewer: Viewer, base: str) -> dict[str, Json]:
    """The records that were written as the viewer would read them, with the keys that were given."""
    written = [one for one in outcomes if not isinstance(one, BrainstemError) and spec_of(one) is spec]
    keys = {key for step in some for key in step.payload}
    query = Query(excludes=tuple((key,) for key in spec.keys if key not in keys and key != "id"))
    texts = fetch_records(spec, list(dict.fromkeys(one.pk for one in written)), query, viewer=viewer, base=base)
    return {str(pk): orjson.loads(text) for pk, text in texts.items()}


def _take(table: Table, step: Step, outcome: Json, records: Mapping[str, Json]) -> None:
    """Note in a step what became of it."""
    if isinstance(outcome, BrainstemError):
        note_refusal(table, step, outcome)
        return
    after = records.get(str(outcome.pk), {})
    shown = {key: after.get(key, value) for key, value in step.payload.items()}
    added = {entries.key: [step.entry]} if step.entry and (entries := entries_of(table.spec)) else {}
    if step.action == CREATED:
        # Of a record that another row makes, the name as it stands in the cell.
        step.values = {key: _told(table, step, key, value) for key, value in shown.items()} | added
        return
    before = {key: old for key, (old, _) in step.changes.items()}
    found = difference(
        table.spec, before, {key: after[key] for key in before if key in after} or {"id": 0}, step.payload
    )
    step.changes = {
        key: (one["from"], _told(table, step, key, one["to"])) for key, one in found.items() if isinstance(one, dict)
    }
    step.changes |= {key: (None, value) for key, value in added.items()}
    if not found:
        step.payload = {}


def _told(table: Table, step: Step, key: str, value: Json) -> Json:
    given = step.payload.get(key)
    if isinstance(given, Ref) or (isinstance(given, list) and any(isinstance(one, Ref) for one in given)):
        column = next((one for one in table.matched.columns if one.target.key == key), None)
        return step.line.cells[column.at] if column else None
    return value


# -- refusals ----------------------------------------------------------------------------------------------------------


def note_refusal(table: Table, step: Step, error: BrainstemError) -> None:
    """Note at their cells why a row was refused."""
    errors = error.errors if isinstance(error, Invalid) else {NON_FIELD: [error.message]}
    for name, messages in errors.items():
        for message in messages:
            at = _column_of(table, step, name, message)
            text = step.line.cells[at] if at is not None and at < len(step.line.cells) else ""
            said = message if at is not None or name == NON_FIELD else f"{field_name(table.spec, name)}: {message}"
            step.troubles.append(Trouble(said, at, text))


def _column_of(table: Table, step: Step, name: str, message: str) -> int | None:
    """The column that a message is about: a value inside details may have a column of its own."""
    key = name.partition(".")[0]
    mine = [one for one in table.matched.columns if one.target.key == key and not one.target.is_unit]
    head = message.partition(": ")[0]
    place = f"{name}.{head}" if head and " " not in head else name
    for one in mine:
        own = str(one.target)
        if one.target.path and (place == own or place.startswith(f"{own}.")):
            return one.at
    whole = [one.at for one in mine if not one.target.path and (step.line.cells[one.at] or len(mine) == 1)]
    return whole[0] if whole else mine[0].at if len(mine) == 1 else None


__all__ = ["AT_ONCE_IN_EARNEST", "Writer", "note_refusal", "prepared", "rehearse"]
