"""A form that was overtaken: what it was drawn from, and what becomes of both sides' changes.

The merge is that of the API (:mod:`brainstem.core.write.rebasing`); here its results get back to the controls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Model

from brainstem.core.access.viewer import Viewer
from brainstem.core.history.own_keys import Reader
from brainstem.core.history.recording import State
from brainstem.core.history.versions import version_of
from brainstem.core.write import rebasing
from brainstem.core.write.merging import same
from brainstem.core.write.merging_texts import TextClash
from brainstem.core.write.states import past_of, state_of

from .description import Entries, Form
from .merging import Base, Path, tells, value_at
from .nodes import ABSENT, Node, Rows
from .parts import parts_of
from .reading import Conflict, Outcome
from .sent import Sent


@dataclass(frozen=True)
class Meeting:
    """A form, the record as it is, and as it was when the form was drawn (``before``).

    ``known`` is whether history still tells the latter; else ``before`` is the record as it is.
    """

    form: Form
    viewer: Viewer
    record: Model
    base: Base
    stored: Mapping[str, object]
    before: Mapping[str, object]
    now: State | None = None
    known: bool = True

    @property
    def is_overtaken(self) -> bool:
        """Whether the record has changed since the form was drawn."""
        return self.now is not None

    def settle(self, outcome: Outcome, sent: Sent, files: Mapping[str, object]) -> None:
        """Make the payload one for the record as it is, and note what both sides changed."""
        if self.now is None:
            return
        if not self.known:
            self._suspect_all(outcome, sent)
            return
        base = rebasing.Base(self.base.version, settings.BRAINSTEM_URL, unchanged=lambda: True)
        met = rebasing.met(
            self.form.spec, self.record, outcome.payload, base=base, now=self.now, viewer=self.viewer, files=files
        )
        clashes = dict(map(self._place, met.clashes))
        for path, node in clashes.items():
            clash = met.clashes.get(".".join(path))
            if isinstance(clash, TextClash):
                outcome.conflicts += self._in_parts(path, node, clash)
            else:
                outcome.conflicts.append(self._conflict(path, node, sent))
        after = {**self.stored, **met.payload}
        for path, node in self._told():
            was, is_now = (value_at(values, path) for values in (self.before, self.stored))
            if same(was, is_now) or path in clashes:
                continue
            merged = value_at(after, path)
            if path[0] in met.unread or _is_wrong(path, outcome):
                mine = value_at({**self.before, **outcome.payload}, path)
                if not same(mine, was):  # Nobody can merge what cannot be read.
                    outcome.conflicts.append(self._conflict(path, node, sent))
                    continue
                merged = is_now
            outcome.merged[path] = _anew(node, node.draw(merged), merged, is_now)
        if not clashes:
            outcome.payload = dict(met.payload)

    def _in_parts(self, path: Path, node: Node, clash: TextClash) -> Iterator[Conflict]:
        """The paragraphs of a text that both changed; the others are merged."""
        may_know = self.viewer.may("change", self.record)
        for part in parts_of(clash):
            before = node.draw(part.before) if may_know else None
            mine = node.draw(clash.shown)
            yield Conflict(path, node, node.draw(clash.theirs), mine, before, since=self.base.version, part=part)

    def _suspect_all(self, outcome: Outcome, sent: Sent) -> None:
        """Whatever differs from the record is a conflict, as nobody knows any longer who changed it."""
        for path, node in self._told():
            if path[0] in outcome.payload:
                now = node.draw(value_at(self.stored, path))
                if sent.at(*path).is_there and node.digest(now) != node.digest(sent.at(*path)):
                    outcome.conflicts.append(Conflict(path, node, now, sent.at(*path)))

    def _told(self) -> Iterator[tuple[Path, Node]]:
        """The fields that belong to versions. Entries of a log are merged by themselves."""
        for path, node in self.form.units():
            if tells(self.form.spec, path[0]) and not isinstance(node, Entries):
                yield path, node

    def _place(self, name: str) -> tuple[Path, Node]:
        """The control that a clash is about."""
        units, path = dict(self.form.units()), tuple(name.split("."))
        for length in range(len(path), 0, -1):
            if path[:length] in units:
                return path[:length], units[path[:length]]
        return path[:1], next(node for node in self.form.nodes if node.key == path[0])

    def _conflict(self, path: Path, node: Node, sent: Sent) -> Conflict:
        was, is_now = (value_at(values, path) for values in (self.before, self.stored))
        before = node.draw(was) if self.viewer.may("change", self.record) else None
        return Conflict(
            path, node, node.draw(is_now), _anew(node, sent.at(*path), was, is_now), before, since=self.base.version
        )


def _is_wrong(path: Path, outcome: Outcome) -> bool:
    """Whether the form says what is wrong with a field, or with something in it."""
    name = ".".join(path)
    return any(one == name or one.startswith(f"{name}.") for one in outcome.reading.errors)


def _anew(node: Node, sent: Sent, drawn_from: object, stored: object) -> Sent:
    """Controls of a form that is drawn again, for the record as it is now."""
    return node.moved_to(sent, drawn_from, stored) if isinstance(node, Rows) and sent.is_there else sent


def meeting_of(form: Form, record: Model, stored: Mapping[str, object], *, base: Base, viewer: Viewer) -> Meeting:
    """How a form that is sent meets a locked record; ``stored`` is what the person sees of it now.

    One query if the record is as the form showed it.
    """
    spec = form.spec
    if not base.version or base.version == version_of(spec, record.pk):
        return Meeting(form, viewer, record, base, stored, stored)
    now = state_of(spec, record)
    past = past_of(spec, record, base.version, now)
    if past is None:
        return Meeting(form, viewer, record, base, stored, stored, now, known=False)
    was, is_now = Reader(spec, viewer, record.pk, settings.BRAINSTEM_URL).wire([past.state, now])
    moved = {key: was[key] for key in stored if key in was and not same(was[key], is_now.get(key, ABSENT))}
    return Meeting(form, viewer, record, base, stored, {**stored, **moved}, now)


def values_at(
    form: Form, record_id: object, version: str, *, stored: Mapping[str, object], viewer: Viewer
) -> Mapping[str, object] | None:
    """A record as it was at a version, as far as the form shows it; None if history no longer knows that."""
    record = form.spec.model._default_manager.filter(pk=record_id).first()
    if record is None or not viewer.may("change", record):
        return None
    meeting = meeting_of(form, record, stored, base=Base(version), viewer=viewer)
    return meeting.before if meeting.known else None


__all__ = ["Meeting", "meeting_of", "values_at"]
