"""The door of dry runs is as wide as that of the write behind it, for everybody and every model."""

from __future__ import annotations

from itertools import cycle, islice
from typing import Any

import pytest
from django.db import transaction

from ..lab import MODELS, path_of
from ..people import Person

DESCRIBED = {"description": "Rehearsed."}
CHANGES = {"project": {"description": "Rehearsed."}, "laboratory": {"institution": "Another"},
           "publication": {"abstract": "Rehearsed."}, "group": {"description": "Rehearsed."}}  # fmt: skip


@pytest.fixture
def people(lab, alice, bob, charlie, dana, admin, nobody):
    """Everybody, by the portals that are theirs to try."""
    bound = Person(alice.user, project_id=lab["project"])
    return {"alice": alice, "bob": bob, "charlie": charlie, "dana": dana, "admin": admin, "nobody": nobody,
            "administrator": admin.through("super"), "alice in super": alice.through("super"),
            "reading": Person(alice.user, read_only=True), "bound": bound}  # fmt: skip


def outcome(answer: Any) -> tuple[int, Any]:
    """The status, and what is wrong with which row."""
    return answer.status, answer.body if answer.status != 200 else None


def taken_back(person: Person, path: str, rows: dict[str, Any]) -> tuple[int, Any]:
    """What the write itself is answered, of which nothing stays."""
    with transaction.atomic():
        found = outcome(person.post(f"{path}/bulk/", rows))
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("part", range(2))
def test_a_dry_run_is_refused_where_the_write_is_and_nowhere_else(lab, people, part):
    allowed, refused, callers = 0, 0, cycle(people.items())
    for name in [name for name in MODELS if name != "dam"][part::2]:
        row, path, there = lab.payload(name), path_of(name), lab[name]
        asked = ({"create": [row]}, {"update": [{"id": there, **CHANGES.get(name, DESCRIBED)}]}, {"delete": [there]})
        for who, person in islice(callers, 3):  # three of ten at each model, each of them at several
            for rows in asked:
                told = outcome(person.post(f"{path}/bulk/?dry_run=true", rows))
                assert told == taken_back(person, path, rows), (name, who, rows)
                allowed, refused = allowed + (told[0] == 200), refused + (told[0] != 200)
    assert allowed > 20
    assert refused > 20


def test_what_a_writer_cannot_see_is_in_no_dry_run(lab, alice, bob, charlie):
    mine, theirs = lab.add("subject")["id"], charlie.make("stem/project", name="Secret")
    with_both = {"projects": [lab["project"], theirs["id"]]}
    told = alice.post("stem/subject/bulk/?dry_run=true", {"update": [{"id": mine, **with_both}]})
    assert told.status == 400
    assert "Secret" not in told.text
    hidden = charlie.make("stem/subject", **(lab.payload("subject") | {"projects": [theirs["id"]]}))
    for row in ({"id": hidden["id"], "sex": "F"}, {"id": "00000000-0000-7000-8000-000000000000", "sex": "F"}):
        told = alice.post("stem/subject/bulk/?dry_run=true", {"update": [row]})
        assert [(one["status"], list(one["errors"])) for one in told.body["errors"]] == [(404, ["non_field_errors"])]
    assert bob.post("stem/subject/bulk/?dry_run=true", {"update": [{"id": mine, "sex": "F"}]}).status == 400
