"""A lab of many sessions, the same rows on every database, written the quick way (COPY, or executemany).

For each session: 3 data acquisitions, 1 behavior, 2 manipulations, 3 epochs that link to them, 2 tags. The reader has a
role in a quarter of the projects, and sees two thirds of the setups.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connection, models, transaction

from brainstem.core.access.audience import audience_of
from brainstem.core.access.counters import recount

PROJECTS = 40
PEOPLE = 20
SETUPS = 30
ASSAYS = 12
TAGS = 60
READER = "reader@example.org"
START = dt.datetime(2024, 1, 1, 9, tzinfo=dt.UTC)
REGIONS = ("CA1", "CA3", "DG", "EC", "MEC", "LEC", "PFC", "ACC", "V1", "S1", "M1", "A1", "BLA", "NAc", "VTA", "LS")
STAMP = "2024-06-01 12:30:15.250371"

_KINDS = ("project", "subject", "procedure", "session", "acquisition", "behavior", "manipulation", "epoch", "other")


def identifier(kind: str, number: int, part: int = 0) -> str:
    """A UUID of version 7 as the server would have made it: later records have greater ids."""
    moment = 1_704_100_000_000 + number * 60_000 + part * 10 + _KINDS.index(kind)
    mixed = (number * 31 + part + 7 * _KINDS.index(kind)) * 0x9E3779B97F4A7C15 & (1 << 62) - 1
    return (
        f"{moment >> 16:08x}-{moment & 0xFFFF:04x}-7{_KINDS.index(kind):03x}-"
        f"{0x8000 | mixed >> 48:04x}-{mixed & 0xFFFFFFFFFFFF:012x}"
    )


@dataclass(frozen=True)
class Place:
    """What decides where a session stands: its projects, as numbers, and its subject."""

    projects: tuple[int, ...]
    subject: int


class Lab:
    """The rows of a lab of a given size."""

    def __init__(self, sessions: int, *, everything: bool = False) -> None:
        self.sessions, self.everything = sessions, everything
        self.subjects = max(40, sessions // 50)
        self.chance = random.Random(sessions)

    def build(self) -> None:
        """Write everything into an empty, migrated database."""
        self._people()
        self._attributes()
        self._projects()
        self._subjects()
        self._sessions()
        self._modules()
        self._epochs()
        _recount()

    # -- people, catalogues, personal attributes, projects ---------------------------------------------------------

    def _people(self) -> None:
        user = _model("users.User")
        for number in range(PEOPLE):
            email = READER if number == 0 else f"person{number}@example.org"
            user.objects.create_user(email=email, password=None, first_name="A", last_name=f"Person {number}")
        self.users: list[int] = list(user.objects.order_by("id").values_list("id", flat=True))

    def _attributes(self) -> None:
        other = _Other()
        stamp: dict[str, Any] = {"created_by_id": self.users[0]}
        species = _create("taxonomies.Species", id=other(), name="Mus musculus", **stamp)
        self.strain = _create("taxonomies.Strain", id=other(), name="C57BL/6J", species=species, **stamp).pk
        kind = _create("taxonomies.SetupType", id=other(), name="Linear track", **stamp)
        category = _create("taxonomies.BehavioralCategory", id=other(), name="Spatial", **stamp)
        paradigm = _create(
            "taxonomies.BehavioralParadigm", id=other(), name="Linear track", behavioral_category=category, **stamp
        )
        self.setups = [other() for _ in range(SETUPS)]
        self.equipment = [other() for _ in range(2 * SETUPS)]
        self.assays = [other() for _ in range(ASSAYS)]
        for number, one in enumerate(self.setups):
            public = number % 3 == 0
            _create(
                "personal_attributes.Setup", id=one, name=f"Rig {number}", setup_type=kind, is_public=public, **stamp
            )
        for number, one in enumerate(self.equipment):
            place = self.setups[number // 2]
            _create("modules.Equipment", id=one, name=f"Amplifier {number}", setup_id=place, type="Amplifier", **stamp)
        for number, one in enumerate(self.assays):
            _create(
                "personal_attributes.BehavioralAssay", id=one, name=f"Track {number}", setup_type=kind,
                behavioral_paradigm=paradigm, is_public=number % 3 == 0, **stamp,
            )  # fmt: skip
        mine = [*self.setups[1::3], *self.assays[1::3]]
        self._roles((one, self.users[0], 2) for one in mine)
        theirs = [*self.setups, *self.assays]
        self._roles((one, self.users[1 + number % (PEOPLE - 1)], 4) for number, one in enumerate(theirs))

    def _projects(self) -> None:
        names = ("id", "name", "description", "created_by_id")
        rows = (
            (identifier("project", n), f"Project {n:02d}", "How memories form.", self.users[1]) for n in range(PROJECTS)
        )
        _insert("stem.Project", names, rows)
        step = 1 if self.everything else 4
        mine = [(identifier("project", n), self.users[0], 1 + n % 3) for n in range(0, PROJECTS, step)]
        theirs = [
            (identifier("project", n), self.users[1 + (n * 3 + k) % (PEOPLE - 1)], 4 - k)
            for n in range(PROJECTS) for k in range(3)
        ]  # fmt: skip
        self._roles([*mine, *theirs])
        tags = [(f"technique {n:02d}",) for n in range(TAGS)]
        _insert("core.Tag", ("name",), tags)
        self.tags: list[int] = list(_model("core.Tag").objects.order_by("id").values_list("id", flat=True))

    def _roles(self, rows: Iterable[tuple[str, int, int]]) -> None:
        found = list(rows)
        _insert("core.UserGrant", ("object_id", "user_id", "level"), found)
        _insert("core.ObjectRole", ("object_id", "user_id", "level"), found)

    # -- the project tree ----------------------------------------------------------------------------------------

    @cached_property
    def audiences(self) -> dict[tuple[int, ...], int]:
        """Id of the audience of every set of projects that occurs."""
        sets = sorted({place.projects for place in self.places} | {(one,) for one in range(PROJECTS)})
        return {one: audience_of(uuid.UUID(identifier("project", n)) for n in one) for one in sets}

    @cached_property
    def places(self) -> list[Place]:
        """Projects and subject of every session; one in ten is in two projects."""
        found = []
        for _ in range(self.sessions):
            home = self.chance.randrange(PROJECTS)
            second = self.chance.randrange(PROJECTS) if self.chance.random() < 0.1 else home
            # One subject in ten is of another project, so that some are hidden from those who see the session.
            of = home if self.chance.random() < 0.9 else self.chance.randrange(PROJECTS)
            number = self.chance.randrange(self.subjects // PROJECTS) * PROJECTS + of
            found.append(Place(tuple(sorted({home, second})), number))
        return found

    def _subjects(self) -> None:
        number = self.subjects
        in_project = [self.audiences[(n % PROJECTS,)] for n in range(number)]
        _insert(
            "stem.Subject",
            ("id", "name", "sex", "strain_id", "audience_id"),
            ((identifier("subject", n), f"Mouse {n:05d}", "FM"[n % 2], str(self.strain), in_project[n])
             for n in range(number)),
        )  # fmt: skip
        links = ((identifier("subject", n), identifier("project", n % PROJECTS)) for n in range(number))
        _link("stem.Subject", "projects", links)
        rows = (
            (identifier("procedure", n, k), "Surgery", identifier("subject", n), in_project[n])
            for n in range(number) for k in range(2)
        )  # fmt: skip
        _insert("modules.Procedure", ("id", "type", "subject_id", "audience_id"), rows)

    def _sessions(self) -> None:
        names = (
            "id", "name", "description", "date_time", "extra_fields", "name_used_in_storage", "created_by_id",
            "audience_id",
        )  # fmt: skip
        _insert("stem.Session", names, map(self._session, range(self.sessions)))
        _link(
            "stem.Session",
            "projects",
            (
                (identifier("session", n), identifier("project", one))
                for n, place in enumerate(self.places) for one in place.projects
            ),
        )  # fmt: skip
        tags = self.tags
        _link(
            "stem.Session",
            "tags",
            (
                (identifier("session", n), tags[(n * 7 + k * 13) % TAGS])
                for n in range(self.sessions) for k in range(2)
            ),
        )  # fmt: skip

    def _session(self, n: int) -> tuple[Any, ...]:
        place, region = self.places[n], REGIONS[n * 11 % len(REGIONS)]
        name = f"{region}_Mouse{place.subject:05d}_{n:06d}"
        text = f"Recording in {region} while the subject ran back and forth; session {n} of the series. " * 2
        moment = (START + dt.timedelta(hours=n)).strftime("%Y-%m-%d %H:%M:%S")
        weight = json.dumps({"weight_g": 20 + n % 10, "light": "on"})
        audience = self.audiences[place.projects]
        return identifier("session", n), name, text, moment, weight, f"data/{name}", self.users[0], audience

    def _modules(self) -> None:
        each = list(range(self.sessions))
        shared = ("id", "session_id", "order", "notes", "audience_id")
        typed = (*shared, "type", "details", "type_schema_version")
        rate = json.dumps({"sampling_rate": {"value": 20000, "unit": "Hz"}, "channels": 64})
        pulse = json.dumps([{"power": {"value": 5, "unit": "mW"}, "wavelength": {"value": 473, "unit": "nm"}}])
        _insert(
            "modules.DataAcquisition",
            typed,
            ((*self._shared("acquisition", n, k), "ExtracellularEphys", rate, "1.0.0") for n in each for k in range(3)),
        )
        _insert(
            "modules.Manipulation",
            typed,
            (
                (*self._shared("manipulation", n, k), "OpticalStimulation", pulse, "1.0.0")
                for n in each
                for k in range(2)
            ),
        )
        _insert(
            "modules.Behavior",
            (*shared, "setup_id", "behavioralassay_id"),
            ((*self._shared("behavior", n, 0), self.setups[n % SETUPS], self.assays[n % ASSAYS]) for n in each),
        )
        _link(
            "modules.DataAcquisition",
            "equipment",
            (
                (identifier("acquisition", n, k), self.equipment[(n + k) % len(self.equipment)])
                for n in each
                for k in range(3)
            ),
        )
        _link(
            "modules.Behavior",
            "subjects",
            ((identifier("behavior", n), identifier("subject", self.places[n].subject)) for n in each),
        )
        _link(
            "modules.Manipulation",
            "procedures",
            (
                (identifier("manipulation", n, k), identifier("procedure", self.places[n].subject, k))
                for n in each for k in range(2)
            ),
        )  # fmt: skip

    def _shared(self, kind: str, n: int, k: int) -> tuple[Any, ...]:
        place = self.audiences[self.places[n].projects]
        return identifier(kind, n, k), identifier("session", n), k, f"Part {k} of session {n}.", place

    def _epochs(self) -> None:
        each = list(range(self.sessions))
        minute = 60_000_000
        _insert(
            "stem.Epoch",
            ("id", "session_id", "name", "start", "end", "audience_id"),
            (
                (identifier("epoch", n, k), identifier("session", n), ("sleep 1", "run", "sleep 2")[k], k * 30 * minute,
                 (k * 30 + 30) * minute, self.audiences[self.places[n].projects])
                for n in each for k in range(3)
            ),
        )  # fmt: skip
        epochs = [("dataacquisition", "acquisition", range(3)), ("manipulation", "manipulation", range(2))]
        for field, kind, parts in epochs:
            pairs = ((identifier("epoch", n, k), identifier(kind, n, k)) for n in each for k in parts)
            _link("stem.Epoch", field, pairs)
        _link("stem.Epoch", "behavior", ((identifier("epoch", n, 1), identifier("behavior", n)) for n in each))


class _Other:
    """Ids one after the other."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self) -> str:
        self.number += 1
        return identifier("other", self.number)


def _model(label: str) -> Any:
    return apps.get_model(label)


def _create(label: str, **values: Any) -> Any:
    """One row of a small table."""
    model = _model(label)
    known = {field.attname for field in model._meta.concrete_fields} | {f.name for f in model._meta.concrete_fields}
    return model._default_manager.create(**{name: value for name, value in values.items() if name in known})


def _insert(label: str, names: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows of a table; columns that are not named get the field's default."""
    model = _model(label)
    constant = {f.column: _default(f) for f in model._meta.concrete_fields if f.attname not in names and not _made(f)}
    columns = [model._meta.get_field(name).column for name in names] + list(constant)
    rest = tuple(constant.values())
    _write(model._meta.db_table, columns, (row + rest for row in rows))


def _link(label: str, name: str, rows: Iterable[tuple[Any, ...]]) -> None:
    field = _model(label)._meta.get_field(name)
    _write(field.remote_field.through._meta.db_table, [field.m2m_column_name(), field.m2m_reverse_name()], rows)


def _made(field: Any) -> bool:
    """Whether the database numbers the rows itself."""
    return isinstance(field, models.AutoField | models.BigAutoField)


def _default(field: Any) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return STAMP
    value = field.get_default()
    if isinstance(value, dict | list):
        return json.dumps(value)
    return value


def _write(table: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    names = ",".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ",".join("?" * len(columns))
            cursor.cursor.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", _plain(rows))


def _plain(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    yield from rows


def _recount() -> None:
    recount(using="default")


def build(sessions: int, *, everything: bool = False) -> None:
    """Migrate the default database, empty so far, and fill it; one transaction. The reader may see everything."""
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys = OFF")
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # Neither foreign keys nor counters are checked row by row; the counters are made at the end.
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
        Lab(sessions, everything=everything).build()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
