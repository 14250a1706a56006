"""The table of operators: every row can be asked, on both databases, of every kind of value that it names."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from string import Formatter

import pytest

from brainstem.core.access.scope import View
from brainstem.core.errors import QueryError
from brainstem.core.model.registry import specs
from brainstem.core.query.operators import ANYTHING, OPERATORS, WIRE_KINDS, operators_of, several, two
from brainstem.core.query.plan import plan
from brainstem.core.query.sql import list_statement
from brainstem.core.query.syntax import Filter, Query
from brainstem.core.query.values import PARSERS

CONTRACT = Path(__file__).resolve().parents[2] / "contract"
FORMS = {"column", "ordered", "folded", "utc", "member", "absent", "table", "own", "parent", "scope", "0", "1"}
# A field of each kind.
FIELDS = {
    "boolean": ("stem.Project", "is_public"),
    "country": ("personal_attributes.License", "country"),
    "date": ("stem.Subject", "birth_date"),
    "datetime": ("stem.Session", "date_time"),
    "duration": ("stem.Epoch", "start"),
    "email": ("users.User", "email"),
    "file": ("personal_attributes.License", "license_document"),
    "image": ("personal_attributes.Setup", "image"),
    "integer": ("taxonomies.BrainRegion", "region_id"),
    "json": ("stem.Subject", "extra_fields"),
    "json_path": ("stem.Subject", "extra_fields.weight"),
    "json_person": ("stem.Project", "user_roles.user"),
    "json_time": ("modules.SubjectLog", "entries.date_time"),
    "number": ("taxonomies.BrainRegion", "graph_order"),
    "positive_integer": ("modules.Behavior", "order"),
    "quantity": ("modules.SubjectLog", "entries.details.weight"),
    "relation": ("stem.Subject", "strain"),
    "richtext": ("stem.Subject", "description"),
    "string": ("stem.Subject", "name"),
    "tags": ("stem.Subject", "tags"),
    "text": ("taxonomies.Strain", "description"),
    "tree": ("modules.Procedure", "brain_region"),
    "url": ("users.User", "website"),
    "uuid": ("stem.Subject", "id"),
}


def statement(kind: str, operator: str, vendor: str):
    label, path = FIELDS[kind]
    asked = Query(filters=(Filter((*path.split("."), operator), False, ""),))
    return list_statement(plan(asked, specs()[label]), View("private", True), vendor)


def test_a_field_of_every_kind_is_known_here():
    assert set(FIELDS) == ANYTHING


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
@pytest.mark.parametrize("kind", FIELDS)
def test_every_operator_can_be_asked_of_its_kinds_and_of_no_others(kind, vendor):
    for name, row in OPERATORS.items():
        if kind not in row.kinds:
            with pytest.raises(QueryError):
                statement(kind, name, vendor)
            continue
        made = statement(kind, name, vendor)
        places = {slot[2] for slot in made.slots if slot[0] == "value"}
        assert places == set(range(len(places))), (name, made.text)
        assert places, (name, made.text)


@pytest.mark.parametrize("name", OPERATORS)
def test_a_row_names_only_what_there_is(name):
    row = OPERATORS[name]
    for template in filter(None, (row.sql, row.sqlite, row.measured)):
        assert {form for _, form, _, _ in Formatter().parse(template) if form} <= FORMS
    assert not row.value or row.value in PARSERS
    assert not row.opposite or OPERATORS[row.opposite].kinds >= row.kinds
    # A value of any type inside JSON is compared as some of these.
    assert bool(row.inside) == ("json_path" in row.kinds) or row.asks_absence


def test_operators_are_called_by_names_of_their_own():
    labels = [row.label for row in OPERATORS.values()]
    assert len(set(labels)) == len(labels)
    assert all(name == row.name for name, row in OPERATORS.items())
    for first, second in itertools.permutations(OPERATORS.values(), 2):
        assert first.sql != second.sql or first.value != second.value


def test_the_contract_file_has_every_operator_in_order():
    rows = json.loads((CONTRACT / "operators.json").read_text(encoding="utf-8"))
    assert [row["name"] for row in rows] == list(OPERATORS)
    for kind in WIRE_KINDS:
        assert {row["name"] for row in rows if kind in row["kinds"]} == operators_of(kind)


@pytest.mark.parametrize(("text", "parts"), [("", []), ("a", ["a"]), (" a , b,", ["a", "b", ""])])
def test_a_list_is_parted_at_commas(text, parts):
    assert several(text, "f") == parts


@pytest.mark.parametrize("text", ["", "1", "1,2,3"])
def test_two_values_are_two(text):
    with pytest.raises(QueryError, match="two values"):
        two(text, "f")
