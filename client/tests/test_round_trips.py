"""What ``load`` wrote is the same when it is imported: every model of the demo lab, with texts that break formats."""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import models, transaction

from brainstem.config import demo
from brainstem.core.model.registry import specs
from brainstem.core.models import Tag
from brainstem_api_tools.cli.difference import CHANGED, CREATED, SAME, WRONG
from brainstem_api_tools.cli.importing import compared
from brainstem_api_tools.cli.output import write
from brainstem_api_tools.cli.parser import build_parser
from brainstem_api_tools.cli.plans import planned as planned_by_server
from brainstem_api_tools.cli.records import _pages, _typed
from brainstem_api_tools.cli.sheet import read_sheet
from tests.people import Person

from .in_process import server_for

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FORMATS = ("csv", "jsonl", "parquet")
MODELS = sorted(spec.segment for spec in specs().values())
TEXTS = (
    "  both ends  ", "\ttab first", "line\nfeed", "bare\rreturn", "end\r\n", "\r", "l\u2028p\u2029", "=1+1", "'=1+1", "''=1+1", "'", "-5",
    "+x", "@x", "  =1", "[1,2]", '{"a":1}', "a;b", 'a,b"c"', '"quoted"', "'quoted'", "null", "true", "007", "1e5", "\u200b=1", "NaN",
    "\x0b\x0c\x1c\x85 x", "\ufeffmark", "𝄞", "sep=;", "12 µl", "p < 0.05 & n > 3", "\\N", "a\\nb",
)  # fmt: skip
FREE = {
    "a;b": "=1",
    "list": [1, "2", None, [True]],
    "number": 0.1,
    "text": "007",
    "line": "\u2028\r",
    "nothing": None,
    "deep": {"x": {"y": 1e-7}},
}
MOST = 40  # records of a model that get such texts
COLUMNS = (models.CharField, models.TextField)


@pytest.fixture(scope="module")
def server(django_db_setup, django_db_blocker):
    """The demo lab, in which every text that may be anything is one of ``TEXTS``."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo.load(fixed_passwords=True)
        _make_hostile()
        yield server_for(Person(_admin()).token, "super")
        transaction.set_rollback(True)


def _admin():
    return get_user_model().objects.filter(is_superuser=True).first()


def _make_hostile() -> None:
    texts, numbers = itertools.cycle(TEXTS), itertools.count()
    for spec in specs().values():
        for pk in spec.model._base_manager.values_list("pk", flat=True)[:MOST]:
            spec.model._base_manager.filter(pk=pk).update(**_values(spec, texts, numbers))
        if spec.has_tags:
            record = spec.model._base_manager.first()
            record.tags.set([Tag.objects.get_or_create(name=text.strip() or "x")[0] for text in TEXTS])


def _values(spec, texts, numbers) -> dict[str, object]:
    found: dict[str, object] = {}
    together = {name for one in spec.model._meta.constraints for name in getattr(one, "fields", ())}
    for column in spec.columns.values():
        field = column.field
        free = isinstance(field, COLUMNS) and not hasattr(field, "schema_group") and not field.choices
        if free and column.wire_type in ("string", "text", "richtext") and spec.writable(column.name):
            number = f"{next(numbers)} " if field.unique or column.name in together else ""
            found[column.name] = f"{number}{next(texts)}"[: field.max_length or 1000]
        if column.name == "extra_fields":
            found[column.name] = FREE
    return found


def arguments_of(model: str, form: str, portal: str = "super") -> argparse.Namespace:
    return build_parser().parse_args(
        ["load", model, "--all", "--limit", "60", "--output", form, "--portal", portal, "--quiet"]
    )


def loaded(server, model: str, form: str, folder: Path, *, portal: str = "super") -> tuple[Path, int]:
    """A file that ``load`` wrote, and how many records there are."""
    asked = arguments_of(model, form, portal)
    asked.to, asked.typed = folder / f"{model}.{form}", lambda: _typed(asked, server)
    pages = list(_pages(asked, server))
    write(iter(pages), asked)
    return asked.to, sum(map(len, pages))


def imported(server, file: Path, model: str):
    asked = build_parser().parse_args(["import", str(file), "--model", model, "--portal", "super", "--quiet"])
    return compared(server, read_sheet(str(file)), asked, None)


@pytest.mark.parametrize("form", FORMATS)
def test_every_model_that_was_loaded_is_imported_as_the_same(server, tmp_path, form):
    wrong, records = [], 0
    for model in MODELS:
        file, number = loaded(server, model, form, tmp_path)
        records += number
        if form == "csv" and not number:
            continue  # no records, no header
        steps, problems, _ = imported(server, file, model)
        assert len(steps) == number, model
        wrong += [f"{model}: {one}" for one in problems]
        wrong += [
            f"{model}: {step.kind} {step.data} {[str(one) for one in step.problems]}"
            for step in steps
            if step.kind != SAME
        ]
    assert not wrong, "\n".join(wrong[:10])
    assert records > 100


@pytest.mark.parametrize("form", FORMATS)
def test_one_change_in_a_file_that_was_loaded_is_found(server, tmp_path, form):
    file, number = loaded(server, "session", form, tmp_path)
    sessions = specs()["stem.Session"].model._base_manager
    pk = sessions.values_list("pk", flat=True).first()
    with transaction.atomic():
        sessions.filter(pk=pk).update(description="changed meanwhile")
        steps, problems, _ = imported(server, file, "session")
        transaction.set_rollback(True)
    assert problems == []
    assert sorted(step.kind for step in steps) == [CHANGED, *[SAME] * (number - 1)]


def test_the_server_plans_every_model_that_was_loaded_as_the_same(server, tmp_path):
    """The same texts, in a table that the server reads as a whole."""
    private = server_for(Person(_admin()).token)
    wrong, planned = [], 0
    for model in MODELS:
        file, number = loaded(private, model, "csv", tmp_path, portal="private")
        asked = build_parser().parse_args(["import", str(file), "--model", model, "--quiet"])
        plan = number and planned_by_server(private, file.read_bytes(), asked)
        if not plan:
            continue  # no tables of these are imported
        plan.wait()
        planned += number
        if plan.counts != dict.fromkeys((CREATED, CHANGED, WRONG), 0) | {SAME: number} or plan.problems:
            wrong.append(f"{model}: {plan.counts} {plan.problems} {plan.rows('changed', 3)} {plan.rows('wrong', 3)}")
        plan.delete()
    assert not wrong, "\n".join(wrong)
    assert planned > 100
