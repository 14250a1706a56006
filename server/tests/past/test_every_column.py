"""Every column of every model is shown as it was, whatever its type, and so is a record that is gone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import models

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.history.recording import note, snapshot
from brainstem.core.model.fields import SpanField, TypeField
from brainstem.core.model.registry import Spec, routes

from ..lab import MODELS, Lab, path_of

pytestmark = pytest.mark.django_db
KINDS = sorted(name for name in MODELS if name != "dam")
PROPOSED = ("strain", "species", "supplier", "consumable", "hardwaredevice", "behavioralparadigm", "journal")
NOTED = Viewer(Actor(via="command"), "")
ODD = 'é ☃ "quote" \\ %s %% <b> \' {x} \U0001f42d'


def spec_of_path(path: str) -> Spec:
    app, segment = path.split("/")
    return routes()[app, segment]


def values(spec: Spec, record: Any, round_: int) -> dict[str, Any]:
    """New values for every column of a record, unlike those of another round."""
    found = {}
    for column in spec.columns.values():
        if column.name != "id":
            found[column.field.attname] = value_of(column.field, getattr(record, column.name), round_)
    return {name: value for name, value in found.items() if value is not ...}


def value_of(field: Any, held: Any, round_: int) -> Any:  # noqa: C901, PLR0911 - one case for each kind of field
    if isinstance(field, TypeField):
        return ...
    if field.null and round_ == 2:
        return None
    if field.choices:
        return field.choices[round_ % len(field.choices)][0]
    if isinstance(field, SpanField):
        return dt.timedelta(days=-round_, hours=5, microseconds=round_)
    if isinstance(field, models.JSONField):
        return JSON[type(field.default() if callable(field.default) else {})][round_]
    if isinstance(field, models.BooleanField):
        return bool(round_ % 2)
    if isinstance(field, models.DateTimeField):
        return dt.datetime(2020 + round_, 2, 28, 23, 59, 59, [0, 1, 500000][round_], tzinfo=dt.UTC)
    if isinstance(field, models.DateField):
        return dt.date(1999 + round_, 2, 3)
    if isinstance(field, models.FloatField):
        return [0.1 + 0.2, 1e-7, 123456789.123456789][round_]
    if isinstance(field, models.IntegerField):
        return [0, 7, 2**31 - 1][round_]
    if isinstance(field, models.CharField | models.TextField | models.FileField):
        longest = getattr(field, "max_length", None) or 100
        return f"{round_}{ODD}{round_}"[:longest]
    return ...


JSON: dict[Any, list[Any]] = {
    dict: [{}, {"a": 0.1 + 0.2, "é": ["☃", None, True, {"b": 1e-7}]}, {"big": 12345678901, "text": ODD}],
    # With times, since entries of logs are in their order.
    list: [
        [],
        [{"date_time": "2026-01-01T10:00:00Z", "a": 1.5, "é": "☃"}, {"date_time": "2026-01-02T10:00:00Z", "b": None}],
        [{"x": ODD}],
    ],
}


def put(record: Any, new: dict[str, Any]) -> None:
    for name, value in new.items():
        setattr(record, name, value)
    type(record)._base_manager.filter(pk=record.pk).update(**new)


def changed(record: Any, new: dict[str, Any]) -> None:
    """Change a record as every write does: with a line in the history."""
    held = type(record)._base_manager.get(pk=record.pk)
    before = snapshot(held)
    put(record, new)
    note("change", record, viewer=NOTED, before=before, after=snapshot(type(record)._base_manager.get(pk=record.pk)))


def one_of(kind: str, lab: Lab) -> tuple[str, Any]:
    """Path and id of a record of a kind; a proposal for it where it ends in "?"."""
    if not kind.endswith("?"):
        return path_of(kind), lab[kind]
    payload = lab.payload(kind[:-1])
    made = lab.owner.post(path_of(kind[:-1]), payload)
    assert made.status == 201, made.body
    return f"{path_of(kind[:-1])}approval", made.id


@pytest.mark.parametrize("kind", [*KINDS, *(f"{name}?" for name in PROPOSED)])
def test_every_column_is_shown_as_it_was(clock, alice, admin, kind):
    boss, lab = admin.through("super"), Lab(alice, admin)
    path, record_id = one_of(kind, lab)
    spec = spec_of_path(path)
    record = spec.model._base_manager.get(pk=record_id)
    # Who contributes to a project follows from today's roles, which end with it.
    but = "exclude[]=contributors&" if kind == "project" else ""
    asked = [f"{path}/{record_id}?{but}", f"{path}?{but}filter{{id}}={record_id}", *_sorts(spec, but)]
    told, times = [], []
    for round_ in range(3):
        (put if round_ == 0 else changed)(record, values(spec, record, round_))
        told.append([boss.get(one).text for one in asked])
        assert all('"id"' in one for one in told[-1][:2])
        times.append(clock.tick())
    _compare(boss, asked, told, times)
    gone = boss.delete(f"{path}/{record_id}")
    assert gone.status in (204, 405), gone.body
    clock.tick()
    _compare(boss, asked, told, times)


def _sorts(spec: Spec, but: str) -> list[str]:
    """A list by each column, which also has to be sorted and compared as it was."""
    found = []
    for name, column in spec.columns.items():
        if column.wire_type not in ("json", "image", "file"):
            found.append(f"{spec.app}/{spec.segment}?{but}sort[]=-{name}&cursor=")
            found.append(
                f"{spec.app}/{spec.segment}?{but}filter{{{name}.isnull}}=false&filter{{{name}.ne}}={_else(column)}"
            )
    return found


def _else(column: Any) -> str:
    kind = column.wire_type
    other = {"uuid": "0193d7a0-0000-7000-8000-000000000000", "boolean": "true", "date": "1990-01-01", "duration": "00:00:01",
             "datetime": "1990-01-01T00:00:00Z"}  # fmt: skip
    return other.get(kind, "7")


def _compare(boss: Any, asked: list[str], told: list[list[str]], times: list[str]) -> None:
    for texts, at in zip(told, times, strict=True):
        for question, text in zip(asked, texts, strict=True):
            answer = boss.get(f"{question}&as_of={at}")
            assert answer.text == text, question
