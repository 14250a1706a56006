"""Random questions to a random lab: the server answers what a naive Python filter over the visible rows answers."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ..people import Person, person
from .oracle import KINDS, MATCHING, OPERATORS, Eyes, Filter, Question, Row, Sort, World, json_values, text_of

pytestmark = pytest.mark.databases

EXAMPLES = 1000
# What Alice holds in each project, and which everyone may read; {} is a member, None is no role at all.
PROJECTS = [
    ({"is_owner": True}, False),
    ({"can_change": True}, True),
    ({}, False),
    (None, False),
    (None, True),
    ({"is_manager": True}, False),
]
SETUPS = [({"is_owner": True}, False), ({"can_change": True}, False), ({}, True), (None, False), (None, True)]
WORDS = ["Rat", "rat", "Ärger", "ÄRGER", "Ζεύς", "ΖΕΎΣ", "100%", "a_b", "back\\slash", "Straße", "🐀", "Žluť", "z"]
TAGS = ["pilot", "Pilot", "opto", "ΣΊΣΥΦΟΣ", "a%b", "größe", "x_y"]
FIRST_SESSION = dt.datetime(2025, 1, 31, 22, 30, tzinfo=dt.UTC)
ZONE = dt.timezone(dt.timedelta(hours=5, minutes=30))
JSON_PATHS = {
    "download_links": [("URL",), ("Repository",)],
    "extra_fields": [("weight",), ("rig",), ("nothing",)],
    "details": [("file",), ("rate",), ("probe", "good"), ("probe", "site"), ("channels", "0"), ("größe",), ("nil",)],
}


@dataclass
class Lab:
    """The world, and the two who look at it."""

    world: World
    people: dict[str, Person]
    eyes: dict[str, Eyes]


# -- the lab -----------------------------------------------------------------------------------------------------------


class Builder:
    """Adds random records over HTTP as administrator, and remembers them in plain words."""

    def __init__(self) -> None:
        self.pick, self.numbers, self.world = random.Random(2026), itertools.count(), World()
        self.admin, self.alice = person("admin", admin=True).through("super"), person("alice")
        self.roles: dict[str, dict[str, bool] | None] = {}

    def add(self, model: str, **fields: Any) -> Row:
        sent = {name: wire(value) for name, value in fields.items()}
        record = self.admin.make(KINDS[model].path, **sent)
        plain = {name: value for name, value in fields.items() if name in KINDS[model].fields | KINDS[model].relations}
        self.world.add(model, plain | {"id": record["id"]})
        return self.world.rows[model][record["id"]]

    def rows(self, model: str) -> list[Row]:
        return list(self.world.rows[model].values())

    def name(self) -> str:
        """A name like others, and yet no other's."""
        return " ".join([*self.pick.sample(WORDS, self.pick.randint(1, 2)), str(next(self.numbers))])

    def some(self, values: list[Any], most: int, least: int = 0) -> list[Any]:
        return self.pick.sample(values, min(len(values), self.pick.randint(least, most)))

    def grant(self, model: str, row: Row, flags: dict[str, bool] | None) -> None:
        self.roles[row["id"]] = flags
        if flags is not None:
            answer = self.admin.patch(f"{KINDS[model].path}/{row['id']}", {"users": {self.alice.email: flags}})
            assert answer.status == 200, answer.body

    def link(self, model: str, row: Row, name: str, back: str, ids: list[str]) -> None:
        """Note on the other side of a relation that it leads here."""
        for one in ids:
            self.world.rows[KINDS[model].relations[name][0]][one][back].append(row["id"])

    def build(self) -> World:
        self.roots()
        for _ in range(22):
            self.subject()
        for number in range(32):
            self.session(number)
        return self.world

    def roots(self) -> None:
        pick = self.pick
        species = self.admin.make("taxonomies/species", name=self.name())["id"]
        for _ in range(3):
            self.add("strain", name=self.name(), species=species)
        for flags, is_public in PROJECTS:
            row = self.add(
                "project", name=self.name(), description=pick.choice(WORDS), is_public=is_public,
                extra_fields=self.extra(), tags=self.some(TAGS, 3), download_links=self.links(),
            )  # fmt: skip
            self.grant("project", row, flags)
        setup_type = self.admin.make("taxonomies/setuptype", name=self.name(), category="F")["id"]
        for flags, is_public in SETUPS:
            location = pick.choice(["", *WORDS])
            row = self.add("setup", name=self.name(), location=location, is_public=is_public, setup_type=setup_type)
            self.grant("setup", row, flags)
        paradigm = self.admin.make("taxonomies/behavioralparadigm", name=self.name())["id"]
        self.assay = self.admin.make(
            "personal_attributes/behavioralassay", name="Assay", setup_type=setup_type, behavioral_paradigm=paradigm
        )["id"]

    def extra(self) -> dict[str, Any]:
        pick = self.pick
        values = {"weight": pick.choice([250, 31.5, 0.1, -3, "heavy", "31.5", 1e10]), "rig": pick.choice(WORDS)}
        return {name: value for name, value in values.items() if pick.random() < 0.7}

    def links(self) -> list[dict[str, str]]:
        pick = self.pick
        return [
            {"Repository": pick.choice(["DANDI", "Zenodo"]), "URL": f"https://{pick.choice('abc')}.example/{number}"}
            for number in range(pick.randint(0, 3))
        ]

    def projects(self) -> list[str]:
        return self.some([row["id"] for row in self.rows("project")], 3, 1)

    def subject(self) -> None:
        pick = self.pick
        strain = pick.choice(self.rows("strain"))["id"]
        row = self.add(
            "subject", name=self.name(), projects=self.projects(), strain=strain, sex=pick.choice("FMU"),
            genotype=pick.choice(["", "WT", "PV-Cre", "pv-cre", "100%_wt"]), extra_fields=self.extra(),
            birth_date=pick.choice([None, dt.date(2024, 12, 31), dt.date(2025, 1, 31), dt.date(2023, 6, 15)]),
            name_used_in_storage=pick.choice([None, None, *WORDS]), tags=self.some(TAGS, 3),
        )  # fmt: skip
        self.link("subject", row, "projects", "subjects", row["projects"])
        self.link("subject", row, "strain", "subjects", [strain])

    def session(self, number: int) -> None:
        pick = self.pick
        start = FIRST_SESSION + dt.timedelta(hours=7 * number, milliseconds=number % 3)
        row = self.add(
            "session", name=self.name(), projects=self.projects(), description=pick.choice(["", *WORDS]),
            date_time=pick.choice([None, start, start.astimezone(ZONE)]), extra_fields=self.extra(),
            tags=self.some(TAGS, 3),
        )  # fmt: skip
        self.link("session", row, "projects", "sessions", row["projects"])
        for order in range(pick.randint(0, 3)):
            self.behavior(row, order)
        for order in range(pick.randint(0, 3)):
            self.acquisition(row, order)
        for place in range(pick.randint(0, 2)):
            self.epoch(row, place)

    def behavior(self, session: Row, order: int) -> None:
        near = [row["id"] for row in self.rows("subject") if set(row["projects"]) & set(session["projects"])]
        if not near:
            return
        setup = self.pick.choice(self.rows("setup"))["id"]
        row = self.add(
            "behavior", session=session["id"], subjects=self.some(near, 3, 1), setup=setup, order=order,
            behavioralassay=self.assay, notes=self.pick.choice(["", *WORDS]),
        )  # fmt: skip
        self.link("behavior", row, "session", "behaviors", [session["id"]])
        self.link("behavior", row, "subjects", "behaviors", row["subjects"])
        self.link("behavior", row, "setup", "behaviors", [setup])

    def acquisition(self, session: Row, order: int) -> None:
        pick = self.pick
        details = {
            "file": pick.choice(WORDS), "rate": pick.choice([20000, 31.5, "fast", True, None, "true", 1250]),
            "probe": pick.choice([{"good": True, "site": "A"}, {"good": False, "site": 3}, {"good": "True"}, "no", []]),
            "channels": pick.choice([[1, 2], ["x"], [], [None], [[1]], 7]), "größe": pick.choice([1, 2.5, "groß"]),
            "nil": pick.choice([None, {}, 0, ""]),
        }  # fmt: skip
        row = self.add(
            "dataacquisition", session=session["id"], type=pick.choice(["ExtracellularEphys", "Miniscope"]),
            order=order, notes=pick.choice(["", *WORDS]),
            details={key: one for key, one in details.items() if pick.random() < 0.7},
        )  # fmt: skip
        self.link("dataacquisition", row, "session", "dataacquisition", [session["id"]])

    def epoch(self, session: Row, place: int) -> None:
        pick = self.pick
        start = pick.choice([None, dt.timedelta(seconds=pick.randint(0, 3)), dt.timedelta(milliseconds=1500)])
        end = pick.choice([None, dt.timedelta(hours=30 + place, microseconds=pick.randint(0, 2))])
        free = [one for one in session["dataacquisition"] if not self.world.rows["dataacquisition"][one]["epochs"]]
        row = self.add(
            "epoch", session=session["id"], name=f"{pick.choice(WORDS)} {place}", start=start, end=end,
            dataacquisition=self.some(free, 2),
        )  # fmt: skip
        self.link("epoch", row, "session", "epochs", [session["id"]])
        self.link("epoch", row, "dataacquisition", "epochs", row["dataacquisition"])


def wire(value: Any) -> Any:
    return text_of(value) if isinstance(value, dt.date | dt.timedelta) else value


def sight(builder: Builder) -> dict[str, Eyes]:
    """What Alice sees by her roles, and what everyone sees; in the words of the design, not of the server."""
    rows, roles = builder.world.rows, builder.roles

    def projects(model: str, row: Row) -> list[str]:
        return row["projects"] if "projects" in row else rows["session"][row["session"]]["projects"]

    def held(model: str, row: Row) -> list[dict[str, bool]]:
        owners = [row["id"]] if model in ("project", "setup") else projects(model, row)
        return [flags for one in owners if (flags := roles[one]) is not None]

    def private(model: str, row: Row) -> bool:
        return model == "strain" or bool(held(model, row))

    def public(model: str, row: Row) -> bool:
        if model in ("project", "setup"):
            return bool(row["is_public"])
        return model == "strain" or any(rows["project"][one]["is_public"] for one in projects(model, row))

    def changes(model: str, row: Row) -> bool:
        if model == "strain":
            return False
        needed = {"is_owner"} if model == "project" else {"can_change", "is_manager", "is_owner"}
        return any(needed & flags.keys() for flags in held(model, row))

    def meets(model: str, row: Row) -> bool:
        return private(model, row) or (model == "setup" and row["is_public"])

    return {"private": Eyes(private, meets, changes), "public": Eyes(public, public, lambda model, row: False)}


@pytest.fixture
def lab(db) -> Lab:
    """The same lab for every question of a test; built in a few seconds, gone afterwards."""
    builder = Builder()
    world = builder.build()
    people = {"private": builder.alice, "public": Person(portal="public")}
    return Lab(world, people, sight(builder))


# -- questions ---------------------------------------------------------------------------------------------------------


def ways_on(start: str, steps: Sequence[str]) -> list[str]:
    """Relations that a path may follow next: through no list back to where it has been, and through three lists."""
    passed, lists, at = {start}, 0, start
    for step in steps:
        at, many = KINDS[at].relations[step]
        passed.add(at)
        lists += many
    found = KINDS[at].relations.items()
    return [name for name, (target, many) in found if not many or (target not in passed and lists < 3)]


class Asker:
    """Draws a question; most of its values are those of a visible row, so that most questions find something."""

    def __init__(self, data: st.DataObject, lab: Lab, portal: str) -> None:
        self.data, self.world, self.eyes = data, lab.world, lab.eyes[portal]
        self.models = [model for model in KINDS if self.listed(model)]

    def choose(self, values: Any) -> Any:
        return self.data.draw(st.sampled_from(list(values)))

    def chance(self, percent: int) -> bool:
        # Drawn low is the likely and simple case, so that failures shrink towards it.
        return self.data.draw(st.integers(0, 99)) >= 100 - percent

    def listed(self, model: str) -> list[Row]:
        return [row for row in self.world.rows[model].values() if self.eyes.lists(model, row)]

    def question(self) -> Question:
        model = self.choose(self.models)
        anchor = self.choose(self.listed(model))
        filters: list[Filter] = []
        for _ in range(self.data.draw(st.integers(1, 4))):
            if filters and self.chance(15):
                filters.append(self.again(model, anchor, filters[-1]))
            else:
                filters.append(self.filter(model, anchor))
        sorts = tuple(self.sort(model) for _ in range(self.data.draw(st.integers(0, 2))))
        return Question(model, tuple(filters), sorts, writable=self.chance(10))

    def walk(self, model: str, row: Row | None) -> tuple[tuple[str, ...], str, Row | None]:
        """A path of relations, the model at its end, and a row there that the anchor leads to."""
        steps, start = [], model
        while len(steps) < 3 and (ways := ways_on(start, steps)) and self.chance(45):
            name = self.choose(ways)
            near = self.world.related(model, row, name, self.eyes) if row else []
            row = self.choose(near) if near else None
            model = KINDS[model].relations[name][0]
            steps.append(name)
        return tuple(steps), model, row

    def leaf(self, model: str, start: str, steps: tuple[str, ...]) -> tuple[str, str, tuple[str, ...]]:
        name = self.choose([*KINDS[model].fields, *ways_on(start, steps)])
        kind = KINDS[model].fields.get(name, "relation")
        if kind == "json" and self.chance(90):
            return name, "json_path", self.choose(JSON_PATHS[name])
        return name, kind, ()

    def filter(self, model: str, anchor: Row) -> Filter:
        steps, at, row = self.walk(model, anchor)
        name, kind, keys = self.leaf(at, model, steps)
        return self.compared(at, row, Filter(steps, name, kind, self.choose(OPERATORS[kind]), None, keys))

    def again(self, model: str, anchor: Row, last: Filter) -> Filter:
        """The same key once more, or another one through the same relations."""
        at, row = model, anchor
        for step in last.steps:
            near = self.world.related(at, row, step, self.eyes) if row else []
            row, at = (self.choose(near) if near else None), KINDS[at].relations[step][0]
        if self.chance(50):
            return self.compared(at, row, last)
        name, kind, keys = self.leaf(at, model, last.steps)
        return self.compared(at, row, Filter(last.steps, name, kind, self.choose(OPERATORS[kind]), None, keys))

    def compared(self, model: str, row: Row | None, one: Filter) -> Filter:
        """The condition with something to compare with; negated, it mostly is about another row's value."""
        negated = self.chance(15)
        if row is None or self.chance(60 if negated or one.operator == "ne" else 10):
            row = self.choose(self.world.rows[model].values())
        given = self.given(model, row, one)
        return Filter(one.steps, one.name, one.kind, one.operator, given, one.keys, negated)

    def given(self, model: str, row: Row, one: Filter) -> Any:
        value = self.value(model, row, one)
        if one.operator == "isnull":
            there = value is not None and (one.kind != "json" or value not in ({}, []))
            return not there if self.chance(80) else there
        if value is None:
            value = next((other for other in self.others(model, one) if other is not None), None)
            assume(value is not None)
        if one.operator in ("year", "month", "day"):
            return getattr(value.astimezone(dt.UTC) if isinstance(value, dt.datetime) else value, one.operator)
        if one.kind == "json_path":
            value = text_of(value)
        if one.operator in MATCHING:
            return self.part(value, one.operator)
        if one.operator not in ("in", "range"):
            return value
        other = self.choose([other for other in self.others(model, one) if other is not None])
        other = text_of(other) if one.kind == "json_path" else other
        assume("," not in text_of(value) + text_of(other) and text_of(value).strip() and text_of(other).strip())
        if one.operator == "in":
            return (value, other)
        return (value, other) if self.chance(10) else tuple(sorted((value, other)))

    def others(self, model: str, one: Filter) -> list[Any]:
        return [self.value(model, row, one) for row in self.world.rows[model].values()]

    def value(self, model: str, row: Row, one: Filter) -> Any:
        if one.kind == "tags":
            return self.choose(row["tags"]) if row["tags"] else None
        if one.kind == "relation":
            near = self.world.related(model, row, one.name, self.eyes)
            return self.choose(near)["id"] if near else None
        if one.kind == "json_path":
            values = json_values(row[one.name], one.keys)
            value = self.choose(values) if values else None
            return None if isinstance(value, dict | list) else value
        return row[one.name]

    def part(self, text: str, operator: str) -> str:
        length = self.data.draw(st.integers(0, len(text)))
        if operator == "iexact":
            part = text
        elif operator.endswith("startswith"):
            part = text[:length]
        elif operator.endswith("endswith"):
            part = text[len(text) - length :]
        else:
            part = text[len(text) // 3 : len(text) // 3 + length]
        return part.upper() if operator.startswith("i") and self.chance(50) else part

    def sort(self, model: str) -> Sort:
        steps, at, _ = self.walk(model, None)
        name, kind, keys = self.leaf(at, model, steps)
        assume(kind != "json")
        return Sort(steps, name, kind, keys, self.chance(50))


@pytest.mark.slow
@pytest.mark.parametrize("portal", ["private", "public"])
def test_a_list_answers_what_a_naive_filter_over_the_visible_rows_answers(lab, portal):
    found: list[bool] = []
    for model in ("project", "subject", "session", "behavior", "dataacquisition", "epoch", "setup"):
        seen = [lab.eyes[portal].lists(model, row) for row in lab.world.rows[model].values()]
        assert any(seen), model
        assert not all(seen), model

    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.data())
    def ask(data: st.DataObject) -> None:
        question = Asker(data, lab, portal).question()
        wanted = lab.world.ask(question, lab.eyes[portal])
        answer = lab.people[portal].get(KINDS[question.model].path, urlencode(question.parameters))
        assert answer.status == 200, (question.parameters, answer.body)
        assert (answer.ids, answer.body["count"]) == (wanted, len(wanted)), question.parameters
        found.append(bool(wanted))

    ask()
    assert len(found) >= EXAMPLES
    assert sum(found) >= len(found) / 2, f"{sum(found)} of {len(found)} questions found something."


def test_what_was_once_answered_wrongly_stays_right(lab):
    """Cases that random questions found, and do not come upon every time."""
    world, eyes = lab.world, lab.eyes["private"]
    sessions = [
        row for row in world.rows["session"].values() if len(world.related("session", row, "projects", eyes)) > 1
    ]
    projects = [world.related("session", row, "projects", eyes)[:2] for row in sessions]
    questions = [
        Question("session", sorts=(Sort(("behaviors",), "id", "uuid", descending=True),)),
        Question("project", sorts=(Sort(("sessions", "behaviors"), "subjects", "relation"),)),
        *(Question("dataacquisition", (rate,)) for rate in details("rate", "in", ("true", "20000"))),
        *(Question("dataacquisition", (size,)) for size in details("größe", "eq", "groß")),
        *(
            Question("session", (Filter((), "projects", "relation", operator, given), named(other["name"])))
            for one, other in projects
            for operator, given in (("eq", one["id"]), ("in", (one["id"],)))
        ),
    ]
    for question in questions:
        answer = lab.people["private"].get(KINDS[question.model].path, urlencode(question.parameters))
        assert answer.status == 200, (question.parameters, answer.body)
        assert answer.ids == world.ask(question, eyes), question.parameters


def details(key: str, operator: str, value: Any) -> list[Filter]:
    """A condition on the details of a data acquisition, and that they have such a key at all."""
    there = Filter((), "details", "json_path", "isnull", False, (key,))
    return [there, Filter((), "details", "json_path", operator, value, (key,))]


def named(name: str) -> Filter:
    return Filter(("projects",), "name", "text", "eq", name)
