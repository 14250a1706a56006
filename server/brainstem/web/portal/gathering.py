"""What the cells of a page need beside the records: names of others, counts, last entries. One statement."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import Relation, Spec, specs
from brainstem.core.query.beside import Counts, Entries, Found, Names, Newest, Part, beside

from . import words
from .cells import Chip
from .faces import face_of


class Gathering:
    """Collects what is to be asked, asks once, and gives the answers."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self._ids: dict[str, dict[str, None]] = defaultdict(dict)
        self._others: dict[object, Part] = {}
        self._found: dict[object, Found] = {}
        self._named: dict[str, set[str]] = defaultdict(set)

    # -- asking -------------------------------------------------------------------------------------------------------

    def name(self, spec: Spec, ids: Iterable[object]) -> None:
        """The names of these records will be needed."""
        self._ids[spec.label].update(dict.fromkeys(map(str, ids)))

    def count(self, relation: Relation, ids: Sequence[object]) -> None:
        """So will be how many records a relation leads to."""
        key = ("count", relation.source, relation.name)
        self._others.setdefault(key, Counts(specs()[relation.source], tuple(ids), relation=relation))

    def newest(self, relation: Relation, type_name: str, ids: Sequence[object]) -> None:
        """So will be the newest entries of logs."""
        key = ("newest", relation.name, type_name)
        self._others.setdefault(key, Newest(specs()[relation.source], tuple(ids), relation=relation, type=type_name))

    def entries(self, spec: Spec, ids: Sequence[object]) -> None:
        """So will be the number of entries of these logs, and the last one."""
        self._others.setdefault(("entries", spec.label), Entries(spec, tuple(ids)))

    def ask(self, key: object, part: Part) -> None:
        """So will be the answer to another question."""
        self._others.setdefault(key, part)

    def run(self) -> None:
        """Ask all of it; one statement."""
        names: dict[object, Part] = {
            ("name", label): Names(specs()[label], tuple(ids), columns=face_of(specs()[label]).title or ("id",))
            for label, ids in self._ids.items()
            if ids
        }
        parts = names | self._others
        self._found |= dict(zip(parts, beside([*parts.values()], viewer=self.viewer), strict=True))
        for label, ids in self._ids.items():
            self._named[label].update(ids)
        self._ids.clear()
        self._others.clear()

    def knowing(self) -> Viewer:
        """The viewer, who remembers what may be referred to of all that was named."""
        viewer = self.viewer.remembering()
        for label, ids in self._named.items():
            spec = specs()[label]
            told = self.told(("name", label))
            viewer.recall(spec, map(spec.parse_id, ids), {spec.parse_id(one) for one in ids if one in told})
        return viewer

    # -- answers ------------------------------------------------------------------------------------------------------

    def told(self, key: object) -> Found:
        """The answer to a question."""
        return self._found.get(key, {})

    def caption(self, spec: Spec, record_id: object) -> str:
        """The name of a record; empty if the viewer may not know it."""
        texts = self.told(("name", spec.label)).get(str(record_id))
        return caption(spec, texts, str(record_id)) if texts is not None else ""

    def chip(self, spec: Spec, record_id: object) -> Chip | None:
        """A record by its name, with a link to it; None if the viewer may not know it."""
        text = self.caption(spec, record_id)
        if not text:
            return None
        portal = self.viewer.portal
        linked = portal == "super" or portal in spec.resource.portals
        url = f"/{portal}/{spec.app}/{spec.segment}/{record_id}/" if linked else ""
        return Chip(text, url, italic=face_of(spec).italic)

    def chips(self, spec: Spec, ids: Iterable[object]) -> list[Chip]:
        """Those of several records."""
        return [chip for one in ids if (chip := self.chip(spec, one)) is not None]

    def number(self, relation: Relation, record_id: object) -> int:
        """How many records a relation leads to."""
        found = self.told(("count", relation.source, relation.name)).get(str(record_id))
        return int(found[0] or 0) if found else 0

    def newest_entry(self, relation: Relation, type_name: str, record_id: object) -> dict[str, object]:
        """The newest entry of the logs of a record."""
        found = self.told(("newest", relation.name, type_name)).get(str(record_id))
        return _entry(found[0] if found else None)

    def last_entry(self, spec: Spec, record_id: object) -> tuple[int, dict[str, object]]:
        """How many entries a log has, and the last one."""
        found = self.told(("entries", spec.label)).get(str(record_id))
        return (int(found[0] or 0), _entry(found[1])) if found else (0, {})


def _entry(text: str | None) -> dict[str, object]:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}


def caption(spec: Spec, texts: Sequence[str | None], record_id: str) -> str:
    """What a record is called, from the values of its title."""
    title = face_of(spec).title
    shown = [_word(spec, name, text) for name, text in zip(title, texts, strict=False) if text]
    joined = (" " if spec.tree.is_people else ", ").join(one for one in shown if one)
    return joined or f"{words.sentence(words.model_name(spec))} {record_id[:8]}"


def _word(spec: Spec, name: str, text: str) -> str:
    return words.choices_of(spec, name).get(text, text)


__all__ = ["Gathering", "caption"]
