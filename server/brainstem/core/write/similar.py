"""Names and tags that differ from others only in upper and lower case: allowed, but the writer gets a warning.

Reviewers of a catalogue also get names that merely look alike. Only what the writer sees is compared, so that nothing
hidden is revealed; see :mod:`brainstem.core.remarks`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import models
from django.db.models.functions import Lower

from .. import remarks
from ..access.viewer import Viewer
from ..model.ids import RecordId
from ..model.registry import Spec, specs
from ..model.uniques import uniques_of
from ..models import Tag
from ..remarks import SIMILAR_NAME, Remark
from ..text.shown import shown
from .rules import Draft


def tell_similar(spec: Spec, drafts: Sequence[Draft]) -> None:
    """Report names and tags that nearly equal others, including those of earlier drafts; a few queries for all."""
    if not remarks.are_wanted():
        return
    _names(spec, [draft for draft in drafts if _is_named_anew(spec, draft)])
    _tags([draft for draft in drafts if draft.tags])


# -- names ------------------------------------------------------------------------------------------------------------


def _is_named_anew(spec: Spec, draft: Draft) -> bool:
    return "name" in spec.columns and spec.writable("name") and draft.changed("name") and bool(draft.record.name)


def _names(spec: Spec, drafts: Sequence[Draft]) -> None:
    if not drafts:
        return
    within = _within(spec)
    others: dict[object, dict[str, None]] = defaultdict(dict)
    for _, name, *place in _rows_named(spec, within, drafts):
        others[tuple(place), name.casefold()][name] = None
    for draft in drafts:
        name, stands = draft.record.name, tuple(getattr(draft.record, one) for one in within)
        alike = others[stands, name.casefold()]
        other = next((one for one in alike if one != name), "")
        if other:
            message = (
                f"There is a {spec.singular_name} named {shown(other)}, which differs only in upper and lower case."
            )
            draft.tell(Remark(SIMILAR_NAME, "name", message, other))
        alike[name] = None


def _rows_named(spec: Spec, within: tuple[str, ...], drafts: Sequence[Draft]) -> list[tuple[Any, ...]]:
    """(id, name, place...) of other records visible to the writer whose name nearly equals that of a draft."""
    exact, mine = {draft.record.name for draft in drafts}, {draft.record.pk for draft in drafts}
    rows = spec.model._default_manager.order_by()
    for one in within:
        rows = rows.filter(**{f"{one}__in": {getattr(draft.record, one) for draft in drafts}})
    # The names alone first: if they have an index, the database reads only that.
    alike = set(rows.annotate(folded=Lower("name")).filter(folded__in=_folded(exact)).values_list("name", flat=True))
    if len({name.casefold() for name in alike | exact}) == len(alike | exact):
        return []
    rows = rows.filter(name__in=alike)
    found = [row for row in rows.order_by("name", "pk").values_list("pk", "name", *within) if row[0] not in mine]
    seen = drafts[0].viewer.seen(spec, {row[0] for row in found}, hop=False) if found else set()
    return [row for row in found if row[0] in seen]


@cache
def _within(spec: Spec) -> tuple[str, ...]:
    """The columns within which names are compared: those within which they are unique, or the record's parent."""
    for unique in uniques_of(spec):
        if "name" in unique.names:
            return tuple(_attname(spec, one) for one in unique.names if one != "name")
    place = spec.tree.place
    return (_attname(spec, place),) if place and not spec.relations[place].many else ()


def _attname(spec: Spec, name: str) -> str:
    return str(spec.model._meta.get_field(name).attname)


def _folded(names: Iterable[str]) -> set[str]:
    """The lower-case forms that databases may give a name: some change only ASCII letters."""
    return {found for name in names for found in (name.lower(), _ascii_lower(name), _ascii_lower(name.upper()))}


def _ascii_lower(text: str) -> str:
    return "".join(one.lower() if one.isascii() else one for one in text)


# -- names that look alike ---------------------------------------------------------------------------------------------

# Of all pairs of three letters, the share that two names must have in common to be shown beside each other.
ALIKE = 0.4


def names_alike(
    spec: Spec, name: str, *, viewer: Viewer, but: Iterable[object] = (), most: int = 5
) -> list[tuple[RecordId, str]]:
    """(id, name) of visible records whose name looks like this one, the most similar first; one query."""
    left_out, wanted = set(but), _trigrams(name)
    rows = viewer.rows(spec).order_by().values_list("pk", "name")
    found = [(_likeness(wanted, _trigrams(other)), pk, other) for pk, other in rows if pk not in left_out]
    near = sorted((one for one in found if one[0] >= ALIKE), key=lambda one: (-one[0], one[2], str(one[1])))
    return [(pk, other) for _, pk, other in near[:most]]


def _trigrams(name: str) -> set[str]:
    """The groups of three letters of each word: signs and their places do not matter (C57BL/6J, C57 BL6J)."""
    words = re.findall(r"\w+", name.casefold())
    return {
        padded[at : at + 3]
        for word in (*words, "".join(words))
        for padded in [f"  {word} "]
        for at in range(len(word) + 1)
    }


def _likeness(one: set[str], other: set[str]) -> float:
    """Dice's coefficient, 0 to 1."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


# -- tags -------------------------------------------------------------------------------------------------------------


def _tags(drafts: Sequence[Draft]) -> None:
    """Report new tags that nearly equal tags on records visible to the writer."""
    words = {id(draft): _new_words(draft) for draft in drafts}
    wanted = {word for mine in words.values() for word in mine}
    if not wanted:
        return
    known = _tags_alike(wanted, drafts[0].viewer)
    for draft in drafts:
        for word in words[id(draft)]:
            alike = known[word.casefold()]
            if alike and word not in alike:
                other = min(alike)
                message = (
                    f"There is a tag {shown(other)}, which differs from {shown(word)} only in upper and lower case."
                )
                draft.tell(Remark(SIMILAR_NAME, "tags", message, other))
            alike.add(word)


def _new_words(draft: Draft) -> list[str]:
    if draft.creating:
        return list(draft.tags or ())
    held = set(draft.record.tags.values_list("name", flat=True))
    return [word for word in draft.tags or () if word not in held]


def _tags_alike(words: set[str], viewer: Viewer) -> Mapping[str, set[str]]:
    """Folded word -> the spellings of it that the writer sees."""
    rows = Tag.objects.annotate(folded=Lower("name")).filter(folded__in=_folded(words)).values_list("pk", "name")
    names = dict(rows)
    found: dict[str, set[str]] = defaultdict(set)
    spellings: dict[str, set[int]] = defaultdict(set)
    for pk, name in names.items():
        spellings[name.casefold()].add(pk)
    # Words without another spelling need no further check.
    doubtful = {pk for mine in spellings.values() for pk in mine if any(names[one] not in words for one in mine)}
    doubtful |= {pk for mine in spellings.values() if len(mine) > 1 for pk in mine}
    for pk in _seen(doubtful, viewer):
        found[names[pk].casefold()].add(names[pk])
    return found


def _seen(tags: set[int], viewer: Viewer) -> set[int]:
    """The tags that are on a record visible to the actor; one query per model, until all are found."""
    seen: set[int] = set()
    for spec in specs().values():
        if spec.has_tags and tags - seen:
            link: models.ManyToManyField[Any, Any] = spec.model._meta.get_field("tags")
            seen |= viewer.seen_linked(spec, link, tags - seen)
    return seen
