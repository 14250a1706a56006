"""Rows written together are written, refused and remembered like the same rows sent one by one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from brainstem.core.access.actor import Actor
from brainstem.core.access.audit import findings
from brainstem.core.access.viewer import Viewer
from brainstem.core.bulk import writing
from brainstem.core.errors import BrainstemError, Invalid, Missing, RowsRefused
from brainstem.core.history.recording import IN_PART
from brainstem.core.model.registry import Spec, routes, spec_of
from brainstem.core.models import Change
from brainstem.core.query.run import fetch_record
from brainstem.core.query.syntax import Query
from brainstem.core.review import flow
from brainstem.core.write import saving

from ..lab import MODELS
from ..people import Person, unique

NO_ID = "00000000-0000-7000-8000-000000000000"
WRITTEN = (
    "project", "subject", "session", "collection", "cohort", "breeding", "epoch", "behavior", "dataacquisition",
    "manipulation", "procedure", "procedurelog", "subjectlog", "sessiondatastorage", "behavioralassay", "setup",
    "equipment", "consumablestock", "species", "publication", "laboratory", "group",
)  # fmt: skip
LEAVE_OUT = object()


class World:
    """What rows may refer to: Alice's own, what she only sees, and what she does not."""

    def __init__(self, lab: Any, alice: Person, bob: Person, charlie: Person) -> None:
        self.lab, self.alice = lab, alice
        self.actor = Actor(user_id=alice.user.pk, email=alice.email, via="token")
        self.second = alice.make("stem/project", name=unique("Second"))["id"]
        self.seen = bob.make("stem/project", name=unique("Seen"))["id"]
        assert bob.patch(f"stem/project/{self.seen}", {"users": {alice.email: {}}}).status == 200
        self.theirs = charlie.make("stem/project", name=unique("Theirs"))["id"]
        self.projects = (lab["project"], self.second, self.seen, self.theirs, NO_ID)
        self.sessions = [lab["session"], *(self._in(alice, bob, charlie, "stem/session", {}))]
        strain = {"strain": lab["strain"], "sex": "F"}
        self.subjects = [lab["subject"], lab["dam"], *self._in(alice, bob, charlie, "stem/subject", strain)]
        self.recordings = [lab["dataacquisition"], lab.add("dataacquisition", session=self.sessions[1])["id"], NO_ID]
        self.procedures = [lab["procedure"], lab.add("procedure", subject=self.subjects[2])["id"], NO_ID]

    def existing(self, name: str) -> list[Any]:
        """Records of a model that rows may change or delete."""
        if MODELS[name][2] or name in ("sessiondatastorage", "laboratory"):
            return [self.lab[name]]
        return [self.lab[name], self.lab.add(name)["id"]]

    def _in(self, alice: Person, bob: Person, charlie: Person, path: str, fields: dict[str, Any]) -> Iterator[str]:
        for who, project in ((alice, self.second), (bob, self.seen), (charlie, self.theirs)):
            yield who.make(path, name=unique("Other"), projects=[project], **fields)["id"]

    def values(self, name: str, spec: Spec) -> dict[str, list[Any]]:
        """Key -> values that a row may give it, right and wrong ones."""
        some = {
            "name": ["A", "B", "B ", "", "x" * 300, None, 5, self.lab.made.get(name, {}).get("name", "C")],
            "description": ["<b>bold</b><script>x</script>", None, "\x00"],
            "projects": [[one] for one in self.projects] + [[], None, "x", list(self.projects[:2]), [1]],
            "project": [*self.projects, None, "x"],
            "session": [*self.sessions, NO_ID, None, {"id": self.sessions[0]}, 7],
            "subject": [*self.subjects, None],
            "subjects": [[one] for one in self.subjects] + [self.subjects[:3], [], None, [NO_ID]],
            "sessions": [[one] for one in self.sessions] + [self.sessions[:2], []],
            "mother": self.subjects,
            "father": self.subjects,
            "dataacquisition": [[one] for one in self.recordings] + [[]],
            "procedures": [[one] for one in self.procedures] + [[], None, self.procedures[:2]],
            "procedure": self.procedures,
            "tags": [[], ["a", "b"], "b,c", [1], None, ["a", "a"], [{"name": "d"}]],
            "type": ["Nonsense", "", None, "Craniotomy", "VirusInjection"],
            "details": [{}, {"x": 1}, [], None, {"fileName": 1}, {"fileName": "a.dat"}],
            "birth_date": ["2026-01-01", "soon", None],
            "death_date": ["2025-01-01", "2027-01-01"],
            "date_time": ["2026-01-01T12:00:00Z", "2026-13-01"],
            "start": ["00:00:10", 5, "x"],
            "end": ["00:00:07", 20],
            "sex": ["F", "M", "X"],
            "parent": [NO_ID, None],
            "users": [{}, {"nobody@lab.example": {}}, {self.alice.email: {"is_owner": True}}, 3],
            "is_public": [True, "maybe"],
            "nonsense": [1],
        }
        found = {key: values for key, values in some.items() if key in spec.keys or key == "nonsense"}
        return {key: [*values, LEAVE_OUT] for key, values in found.items()}


@pytest.fixture
def world(lab, alice, bob, charlie):
    return World(lab, alice, bob, charlie)


@st.composite
def rows_of(draw: Any, world: World, name: str, spec: Spec, existing: list[Any]) -> dict[str, list[Any]]:
    """Rows of one request; most of them valid but for one or two keys."""
    values = world.values(name, spec)
    keys = st.lists(st.sampled_from(sorted(values)), max_size=3, unique=True)

    def changed(row: dict[str, Any]) -> dict[str, Any]:
        picked = {key: draw(st.sampled_from(values[key])) for key in draw(keys)}
        row = row | {key: value for key, value in picked.items() if value is not LEAVE_OUT}
        return {key: value for key, value in row.items() if picked.get(key) is not LEAVE_OUT}

    ids = st.sampled_from([*existing, NO_ID])
    return {
        "create": [changed(world.lab.payload(name)) for _ in range(draw(st.integers(1, 5)))],
        "update": [changed({"id": draw(ids)}) for _ in range(draw(st.integers(0, 4)))],
        "delete": [draw(ids) for _ in range(draw(st.integers(0, 1)))],
    }


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever the block writes is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def one_by_one(spec: Spec, rows: dict[str, list[Any]], actor: Actor) -> list[tuple[str, int, Any]]:
    """What comes of each row alone: a record, or an error."""

    def change(row: dict[str, Any]) -> Any:
        if "id" not in row:
            raise Invalid({"id": ["This field is required."]})
        row = dict(row)
        record_id = row.pop("id")
        return flow.change(spec, spec.parse_id(record_id), row, viewer=Viewer(actor, "private"))

    def delete(record_id: Any) -> Any:
        saving.delete(spec, spec.parse_id(record_id), viewer=Viewer(actor, "private"))
        return record_id

    def outcome(do: Any, row: Any) -> Any:
        try:
            return do(row)
        except BrainstemError as error:
            return error
        except ValueError:
            return Missing()

    creates = {"create": lambda row: flow.create(spec, row, viewer=Viewer(actor, "private"))}
    operations = creates | {"update": change, "delete": delete}
    return [(key, index, outcome(operations[key], row)) for key in operations for index, row in enumerate(rows[key])]


def refused(spec: Spec, rows: dict[str, list[Any]], actor: Actor) -> list[tuple[str, int, Any]]:
    """What is wrong with the rows when they come together."""
    with taken_back():
        try:
            writing.write_rows(spec, writing.Rows(**rows), viewer=Viewer(actor, "private"))
        except RowsRefused as error:
            return [(one.operation, one.index, told(one.error)) for one in error.rows]
    return []


def told(error: BrainstemError) -> Any:
    return (type(error).__name__, error.errors if isinstance(error, Invalid) else None)


def as_seen(spec: Spec, records: list[Any], actor: Actor) -> str:
    """The records and all of history, with new ids and times put out of the way."""
    texts = []
    for record in records:
        shown = fetch_record(spec_of(record), record.pk, Query(), viewer=Viewer(actor, "private"), base="")
        texts.append(shown.text if shown else "unseen")
    text = "\n".join(texts) + json.dumps(history(), sort_keys=True, default=str)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(\+00:00|Z)", "now", text)
    for number, record in enumerate(records):
        # Small numbers are also parts of names.
        one = rf'(?:(?<=")|(?<="id":)|(?<="id": )){record.pk}(?=[",}}])'
        text = re.sub(one if isinstance(record.pk, int) else re.escape(str(record.pk)), f"new{number}", text)
    return re.sub(r'"audience_id": \d+', "", text)


def history() -> list[Any]:
    """All of history, by record; rows that are written together are one line of a record that they all change."""
    found: dict[Any, Any] = {}
    for line in Change.objects.select_related("event").order_by("id"):
        who = (line.event.actor_id, line.event.actor_email, line.event.via, line.event.portal)
        key = (line.model, line.record_id, line.action, who)
        held = found.setdefault(key, [line.before, line.after])
        if held[1] is not line.after:
            fold(held, line)
    return [[*key, *values] for key, values in sorted(found.items(), key=lambda one: (len(one[0][1]), one[0][:3]))]


def fold(held: list[Any], line: Change) -> None:
    """Add to what was told of a record what another line tells of it."""
    before, after = held
    for key, value in (line.before or {}).items():
        if key in (line.after or {}).get(IN_PART, ()):
            before[key] = sorted([*before.get(key, []), *value])
            after[key] = sorted([*after.get(key, []), *line.after[key]])
        else:
            before.setdefault(key, value)
            if key in line.after:
                after[key] = line.after[key]


@pytest.mark.parametrize("name", WRITTEN)
def test_rows_fare_together_as_they_fare_alone(name, world):
    app, segment = MODELS[name][0].split("/")
    spec, actor = routes()[app, segment], world.actor
    existing = world.existing(name)
    Change.objects.all().delete()

    @settings(
        max_examples=8,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(rows_of(world, name, spec, existing))
    def check(rows: dict[str, list[Any]]) -> None:
        with taken_back():
            alone = one_by_one(spec, rows, actor)
        wrong = [(key, at, told(one)) for key, at, one in alone if isinstance(one, BrainstemError)]
        assert refused(spec, rows, actor) == wrong
        assert Change.objects.count() == 0
        bad = {(key, at) for key, at, _ in wrong}
        good = {key: [row for at, row in enumerate(rows[key]) if (key, at) not in bad] for key in rows}
        with taken_back():
            alone = [one for key, _, one in one_by_one(spec, good, actor) if key != "delete"]
            expected = as_seen(spec, alone, actor)
        with taken_back():
            together = writing.write_rows(spec, writing.Rows(**good), viewer=Viewer(actor, "private"))
            assert as_seen(spec, together.created + together.updated, actor) == expected
            assert findings() == []

    check()
