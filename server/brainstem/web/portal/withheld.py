"""What the filter of a saved view names and its reader may not see: such values are shown nowhere, not even in links.

Records are hidden by their scope already. But the filter of a shared view holds values that somebody else wrote:
identifiers of records, and texts such as the name of a project. An identifier is shown if the reader sees the record,
and a text if the reader sees a record that has it. Values of the schema, numbers and dates name nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from brainstem.core.errors import QueryError
from brainstem.core.model.registry import specs
from brainstem.core.query.beside import Holds, Names
from brainstem.core.query.names import Condition
from brainstem.core.query.operators import NUMBERS, TIMES
from brainstem.core.query.plan import plan
from brainstem.core.query.syntax import Filter, Query

from . import words
from .asking import Asked
from .chips import ids_in, names_records, target_of, values_of
from .faces import face_of
from .gathering import Gathering
from .layers import NO_FILTER
from .rows import fetch

MOST = 20  # texts that are looked for; more are not shown
HARMLESS = NUMBERS | TIMES | {"boolean", "quantity", "duration", "json_time", "tags"}
Pair = tuple[str, str]


def ask(asked: Asked, gathering: Gathering) -> None:
    """Say what is to be known about the values of a saved view."""
    for number, (one, _, condition) in enumerate(_own(asked)):
        if names_records(condition):
            target = target_of(condition)
            title, hop = face_of(target).title or ("id",), not target.tree.is_people
            gathering.ask(("viewed", number), Names(target, tuple(ids_in(target, one)), columns=title, hop=hop))
        elif _may_name(asked, condition):
            for text, witness in _witnesses(asked, one, condition):
                gathering.ask(("witness", number, text), witness)


def guarded(asked: Asked, gathering: Gathering, *, found: bool) -> Asked:
    """The list without the values that its reader may not see.

    Parameters
    ----------
    found : bool
        Whether any row is shown: what was searched for is then in it.
    """
    if not asked.inherited:
        return asked
    withheld: dict[Pair, tuple[str, ...]] = {}
    for number, (one, pair, condition) in enumerate(_own(asked)):
        texts = _texts(one, condition)
        if names_records(condition):
            names = gathering.told(("viewed", number))
            seen = [text for text in texts if text.lower() in names]
        elif _may_name(asked, condition):
            seen = [text for text in texts if _number(gathering, ("witness", number, text))]
        else:
            seen = texts
        if len(seen) < len(texts):
            withheld[pair] = tuple(seen)
    if asked.query.search and not found and _is_shared(asked):
        withheld["search", asked.spelled.first("search")] = ()
    known = [pair for pair in asked.spelled.pairs if pair[0] not in asked.problems]  # what is gone is left out
    pairs = tuple(kept for pair in known for kept in _without(pair, withheld))
    return replace(asked, withheld=withheld, spelled=replace(asked.spelled, pairs=pairs))


def guarded_alone(asked: Asked) -> Asked:
    """The same where no rows are shown; one statement, or two."""
    if not asked.inherited:
        return asked
    gathering = Gathering(asked.viewer)
    ask(asked, gathering)
    gathering.run()
    searched = bool(asked.query.search) and _is_shared(asked) and not asked.problems
    first = replace(asked.query, limit=1, offset=0)
    return guarded(asked, gathering, found=searched and fetch(asked.spec, first, (), viewer=asked.viewer)[1] > 0)


def _own(asked: Asked) -> Iterator[tuple[Filter, Pair, Condition]]:
    """The conditions that the view itself brings."""
    if asked.inherited:
        for one, pair, condition in zip(asked.filters, asked.pairs, asked.conditions, strict=True):
            if pair is not None:
                yield one, pair, condition


def _is_shared(asked: Asked) -> bool:
    return asked.stored is not None and asked.stored.kind != "own"


def _may_name(asked: Asked, condition: Condition) -> bool:
    """Whether the value of a condition is a text that somebody else wrote and that may name a record."""
    leaf = condition.leaf
    if not _is_shared(asked) or condition.operator.asks_absence:
        return False
    column = leaf.column
    if column is None or leaf.keys:
        return leaf.kind not in HARMLESS
    owner = specs()[condition.steps[-1].target] if condition.steps else asked.spec
    return column.name == "id" or (leaf.kind not in HARMLESS and not words.choices_of(owner, column.name))


def _texts(one: Filter, condition: Condition) -> list[str]:
    """The values that are looked for one by one; the whole text where it is compared as it is."""
    by_each = names_records(condition) or one.negated or condition.operator.lists or not condition.operator.positive
    return values_of(one, condition) if by_each else [one.value]


def _witnesses(asked: Asked, one: Filter, condition: Condition) -> Iterator[tuple[str, Holds]]:
    """For each text, whether the reader sees a record that has it: also of a condition that records have it not."""
    texts = _texts(one, condition)
    as_it_is = condition.operator.positive and not condition.operator.lists
    named = len(one.path) > 1 and one.path[-1] == condition.operator.name
    path = one.path if as_it_is or not named else one.path[:-1]
    for text in texts if len(texts) <= MOST else ():
        try:
            plan(Query(filters=(Filter(path, False, text),)), asked.spec)
        except QueryError:
            continue
        yield text, Holds(asked.spec, path, text)


def _number(gathering: Gathering, key: object) -> int:
    found = gathering.told(key).get("n")
    return int(found[0] or 0) if found else 0


def _without(pair: Pair, withheld: dict[Pair, tuple[str, ...]]) -> Iterator[Pair]:
    if pair not in withheld:
        yield pair
    elif pair[0] == "search":
        yield NO_FILTER
    elif withheld[pair]:
        yield pair[0], ",".join(withheld[pair])


__all__ = ["ask", "guarded", "guarded_alone"]
