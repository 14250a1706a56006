"""Rows that are inserted together, whatever their number and whether their values differ."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from brainstem.core.model.ids import uuid7
from brainstem.core.models import Change, Tag
from brainstem.core.sql.setwise import JsonText, insert_columns

NAME = Tag._meta.get_field("name")
STATES = [
    {"name": "Zoë <P30 \\ 'x' \"y\" %s \x7f", "details": {"depth": [1.5, None, True]}, "none": None},
    {"name": "", "large": 2**70},
    {},
]


def lines(states: list[JsonText]) -> list[tuple[object, list[object]]]:
    """Columns of lines of history with these texts; what is not their own is one value for all."""
    number, now = len(states), timezone.now()
    values: dict[str, list[object]] = {
        "event_id": [uuid7()] * number,
        "at": [now] * number,
        "life": [-1] * number,
        "model": ["stem.Subject"] * number,
        "record_id": [str(at) for at in range(number)],
        "before": list(states),
        "after": [None] * number,
    }
    return [(field, values.get(field.attname, ["said once"[: field.max_length]] * number)) for field in FIELDS]


FIELDS = [field for field in Change._meta.concrete_fields if not field.primary_key]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_json_that_is_given_as_text_is_read_as_what_it_says(db, number):
    insert_columns(Change._meta.db_table, lines([JsonText(json.dumps(one)) for one in STATES[:number]]))
    found = Change.objects.order_by("record_id")
    assert [line.before for line in found] == STATES[:number]
    assert {(line.after, line.life, line.action) for line in found} == {(None, -1, "said once")}


def test_one_row_of_one_value_is_inserted(db):
    insert_columns(Tag._meta.db_table, [(NAME, ["slow"])])
    assert list(Tag.objects.values_list("name", flat=True)) == ["slow"]


def test_rows_that_are_all_the_same_are_as_many_as_were_given(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_columns(Tag._meta.db_table, [(NAME, ["slow", "slow"])])
    insert_columns(Tag._meta.db_table, [(NAME, ["slow", "slow"])], ignore=True)
    assert list(Tag.objects.values_list("name", flat=True)) == ["slow"]


def test_what_is_there_already_is_passed_over_where_that_is_asked_for(db):
    for words in (["slow"], ["fast", "slow"], ["slow"]):
        insert_columns(Tag._meta.db_table, [(NAME, words)], ignore=True)
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["fast", "slow"]
