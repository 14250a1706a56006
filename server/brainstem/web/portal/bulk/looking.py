"""A look at a change before it is done: how many records it changes, which it cannot, and the first ones in full.

What would be refused is found out by writing, a portion of records at a time, and rolling it back, as imports do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from brainstem.core.bulk.rehearsal import undone
from brainstem.core.bulk.writing import Rows, attempt_rows
from brainstem.core.errors import BrainstemError, EditConflict, Invalid, MovedOn
from brainstem.core.model.values import markup_ahead
from brainstem.core.write.deletion_previews import not_deletable

from ..column import Values
from ..gathering import Gathering
from ..history import lines
from ..history.lines import Told
from ..rows import ask, title_of
from ..selection import NAMED
from ..where import Where
from .change import Change, Deletion, MemberChange, Portion
from .kept import STEP, Kept, read
from .offers import ADD

PORTION = 250  # rehearsed together; on SQLite others wait as long
SHOWN = 20
REASON = 300  # characters of what is wrong with a record
CHANGES, STAYS, REFUSED, LEFT_OUT = "changes", "stays", "refused", "left out"


@dataclass(frozen=True)
class Sight:
    """One record of a preview: what becomes of it."""

    title: str
    url: str
    state: str
    lines: tuple[lines.Line, ...] = ()
    text: str = ""


def looked(where: Where, kept: Kept, change: Change) -> Kept:
    """The change with what is known of the first thousand records: nothing of it is written."""
    records = read(where, kept.next_rows[:STEP], change)
    refused = _forbidden(where, change, records)
    known = {key for key, _ in refused}
    free = [one for one in records if str(one["id"]) not in known]
    portion = change.portion(free, kept.versions)
    problem = ""
    if portion.is_one:
        problem = next((text for _, text in _rehearsed(where, portion)), "")
    elif not isinstance(change, Deletion):
        refused += _rehearsed(where, portion)
    wrong = {key for key, _ in refused}
    changing = sum(one not in wrong for one in portion.ids)
    same = len(free) - len(portion.ids)
    return replace(kept, looked=(len(records), changing, same), refused=tuple(refused), problem=problem)


def _forbidden(where: Where, change: Change, records: Sequence[Values]) -> list[tuple[str, str]]:
    """The records that the person may not change, or delete; one statement."""
    if isinstance(change, MemberChange):
        return []
    ids = [where.parse_id(str(one["id"])) for one in records]
    name = where.spec.singular_name
    if isinstance(change, Deletion):
        kept = not_deletable(where.spec, ids, viewer=where.viewer)
        return [(str(one), f"You may not delete this {name}.") for one in ids if one in kept]
    free = where.editable(ids)
    return [(str(one), f"You may not change this {name}.") for one in ids if one not in free]


def _rehearsed(where: Where, portion: Portion) -> list[tuple[str, str]]:
    """The records whose rows would be refused, with the reason."""
    found: list[tuple[str, str]] = []
    rows = portion.rows.update
    ids = portion.ids if not portion.is_one else tuple("" for _ in rows)
    for start in range(0, len(rows), PORTION):
        part = rows[start : start + PORTION]

        def attempt(part: list[dict[str, object]] = part) -> list[object]:
            return attempt_rows(portion.spec, Rows(update=part), viewer=where.viewer, base_url=where.base).updated

        with markup_ahead(portion.spec, part):
            outcomes = undone(attempt)
        found += [
            (key, reason(one))
            for key, one in zip(ids[start : start + PORTION], outcomes, strict=True)
            if isinstance(one, BrainstemError)
        ]
    return found


def reason(error: BrainstemError) -> str:
    """Why a record is not changed, in a sentence."""
    if isinstance(error, EditConflict | MovedOn):
        return "Somebody else has changed it since."
    if isinstance(error, Invalid):
        texts = [text for messages in error.errors.values() for text in messages]
        return _cut(" ".join(dict.fromkeys(texts)))
    return _cut(error.message)


def _cut(text: str) -> str:
    return text if len(text) <= REASON else f"{text[: REASON - 1]}…"


# -- what is shown -----------------------------------------------------------------------------------------------------


def sights(where: Where, kept: Kept, change: Change) -> list[Sight]:
    """The first records that are still to be done, before and after; two statements."""
    records = read(where, kept.rows[kept.done : kept.done + SHOWN], change)
    gathering = Gathering(where.viewer)
    ask(records, where.spec, (), gathering)
    told = {str(one["id"]): _told(where, change, one) for one in records}
    if not isinstance(change, MemberChange | Deletion):
        for one in told.values():
            lines.ask(one, gathering)
    gathering.run()
    refused = dict(kept.refused)
    return [_sight(where, kept, change, one, told[str(one["id"])], refused, gathering) for one in records]


def _told(where: Where, change: Change, record: Values) -> Told:
    return Told(where.spec, change.differences(record), str(record.get("type") or ""))


def _sight(
    where: Where, kept: Kept, change: Change, record: Values, told: Told, refused: dict[str, str], gathering: Gathering
) -> Sight:
    key = str(record["id"])
    title, url = title_of(where.spec, record, gathering), where.record_path(key)
    if key in kept.left_out:
        return Sight(title, url, LEFT_OUT)
    if not told.changes:
        return Sight(title, url, STAYS)
    if isinstance(change, MemberChange | Deletion):
        text = "Is deleted" if isinstance(change, Deletion) else "Is added" if change.how == ADD else "Is removed"
        return (
            Sight(title, url, REFUSED, text=refused[key]) if key in refused else Sight(title, url, CHANGES, text=text)
        )
    state = REFUSED if key in refused else CHANGES
    return Sight(title, url, state, tuple(lines.lines_of(told, gathering)), refused.get(key, ""))


def named_refusals(where: Where, kept: Kept) -> list[Sight]:
    """The first records that cannot be changed, with the reasons; two statements."""
    first = [(key, text) for key, text in kept.refused if key not in kept.left_out][:NAMED]
    records = read(where, first, Deletion(where.spec))
    gathering = Gathering(where.viewer)
    ask(records, where.spec, (), gathering)
    gathering.run()
    texts = dict(first)
    return [
        Sight(title_of(where.spec, one, gathering), where.record_path(one["id"]), REFUSED, text=texts[str(one["id"])])
        for one in records
    ]


__all__ = ["CHANGES", "SHOWN", "Sight", "looked", "named_refusals", "reason", "sights"]
