"""Ids of related records by what a table calls them: asked once for all cells, among what the viewer sees."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from functools import cache

from ..access.viewer import Viewer
from ..model.ids import uuid_of
from ..model.registry import Spec
from ..text.lines import composed
from ..text.numbers import whole_of
from .json_values import Json

AT_ONCE = 500  # values in one statement
MOST_COMPARED = 5_000  # names among which similar ones are searched
MOST_SUGGESTED = 100  # different texts of a table for which they are searched; each takes some ms
LONGEST_COMPARED = 60
# What records are called, in the order in which a model is asked for it.
_NAMING = ("name", "title", "email", "license_number")


@cache
def naming_field(spec: Spec) -> str:
    """The field that names records of a model; empty if they have no name."""
    return next((name for name in _NAMING if name in spec.columns), "")


def id_in(spec: Spec, text: str) -> Json:
    """The id that a text is, as the wire has it; None if it is a name."""
    if spec.columns["id"].wire_type == "uuid":
        found = uuid_of(text)
        return None if found is None else str(found)
    return whole_of(text) if text.isascii() and text.isdigit() else None


class Names:
    """What the viewer calls by which name; remembers all answers."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._found: dict[tuple[str, str], dict[str, list[Json]]] = {}
        self._all: dict[tuple[str, str], list[str]] = {}
        self._suggested = 0

    def learn(self, spec: Spec, lookup: str, texts: Iterable[str]) -> None:
        """Ask for what texts stand for, which takes a statement for some hundred of them."""
        field = lookup or naming_field(spec)
        known = self._found.setdefault((spec.label, field), {})
        new = [text for text in dict.fromkeys(map(composed, texts)) if text not in known]
        known.update({text: [] for text in new})
        if not field or not self._viewer.shows(spec, field):
            return
        for start in range(0, len(new), AT_ONCE):
            rows = self._viewer.rows(spec).filter(**{f"{field}__in": new[start : start + AT_ONCE]})
            for pk, text in rows.order_by("pk").values_list("pk", field):
                if text in known:  # Databases may compare in a looser way.
                    known[text].append(pk if isinstance(pk, int) else str(pk))

    def ids(self, spec: Spec, lookup: str, text: str) -> Sequence[Json]:
        """Ids of the records that a text names: the empty list if there is none."""
        return self._found.get((spec.label, lookup or naming_field(spec)), {}).get(composed(text), ())

    def similar(self, spec: Spec, lookup: str, text: str) -> tuple[str, ...]:
        """Names that were perhaps meant, the nearest first."""
        field = lookup or naming_field(spec)
        self._suggested += 1
        if not field or len(text) > LONGEST_COMPARED or self._suggested > MOST_SUGGESTED:
            return ()
        names = self._names(spec, field)
        folded = text.casefold()
        if same := [name for name in names if name.casefold() == folded]:
            return tuple(same[:3])
        return tuple(difflib.get_close_matches(text, names, n=3, cutoff=0.6))

    def _names(self, spec: Spec, field: str) -> list[str]:
        key = (spec.label, field)
        if key not in self._all:
            shown = self._viewer.shows(spec, field)
            rows = self._viewer.rows(spec).order_by("pk").values_list(field, flat=True)[:MOST_COMPARED] if shown else ()
            self._all[key] = [name for name in dict.fromkeys(rows) if name and len(name) <= LONGEST_COMPARED]
        return self._all[key]


__all__ = ["Names", "id_in", "naming_field"]
