"""A field with choices keeps one of them, or nothing is written: over every model, field and way of writing."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from brainstem.apps.modules.models.logs import SubjectLog
from brainstem.core.model.fields import TypeField
from brainstem.core.model.registry import Column, specs, wire_type
from brainstem.core.model.values import Bad, clean
from brainstem.core.types.schemas import types_of

from ..lab import MODELS, path_of
from ..people import unique


def columns_with_choices() -> list[tuple[str, Column]]:
    return [
        (spec.label, column) for spec in specs().values() for column in spec.columns.values() if column.field.choices
    ]


def written_names() -> list[tuple[str, str]]:
    """Model of the lab and field, for every field with choices or types that a payload may set."""
    paths = {name: path for name, (path, *_) in MODELS.items() if name != "dam"}
    by_path = {f"{spec.app}/{spec.segment}": spec for spec in specs().values()}
    found = []
    for name, path in paths.items():
        spec = by_path[path]
        for key, column in spec.columns.items():
            typed = isinstance(column.field, TypeField)
            if spec.writable(key) and (column.field.choices or typed):
                found.append((name, key))
    return found


WRONG = [9, 0, True, 1.5, ["F"], {"a": 1}, "no such choice", "1e3", "９", "F\n X", "x" * 100_000]


@pytest.mark.parametrize("wrong", WRONG, ids=[str(one)[:16] for one in WRONG])
def test_no_field_with_choices_takes_anything_else(wrong):
    found = columns_with_choices()
    assert len(found) > 10
    for _, column in found:
        valid = [value for value, _ in column.field.flatchoices]
        if wrong in valid and type(wrong) is type(valid[0]):
            continue
        with pytest.raises(Bad, match="is not a valid choice"):
            clean(column, wrong)


def test_every_choice_is_taken_as_it_is():
    for _, column in columns_with_choices():
        for value, _ in column.field.flatchoices:
            assert clean(column, value) == value


def test_a_choice_that_is_a_number_may_be_written_as_one_in_a_form():
    field = specs()["stem.Subject"].columns["sex"].field.clone()
    field.choices = [(1, "One"), (2, "Two")]
    column = Column("level", "level", wire_type(field), False, field)
    assert (clean(column, 1), clean(column, "2"), clean(column, 2.0)) == (1, 2, 2)
    for wrong in (True, "3", "x", 1.5, "1e0"):
        with pytest.raises(Bad):
            clean(column, wrong)


@pytest.mark.parametrize(("name", "key"), written_names(), ids=lambda one: one)
def test_a_wrong_choice_names_its_field_when_something_is_added(lab, admin, alice, name, key):
    sender = admin.through("super") if MODELS[name][2] else alice
    for wrong in (9, "no such choice"):
        answer = sender.post(path_of(name), lab.payload(name) | {key: wrong})
        assert (answer.status, list(answer.body)) == (400, [key]), answer.body


FORM = "application/x-www-form-urlencoded"


def written(alice, way, address, payload, wrong):
    """The answer to a payload with another sex, sent in one of the ways that there are."""
    changed = payload | {"sex": wrong}
    if way == "form":
        pairs = [(key, value[0] if isinstance(value, list) else value) for key, value in changed.items()]
        return alice.post("stem/subject", urlencode(pairs), content_type=FORM)
    if way == "bulk":
        return alice.post("stem/subject/bulk", {"update": [{"id": address.rpartition("/")[2], "sex": wrong}]})
    if way == "once":
        return alice.request("post", "stem/subject", changed, HTTP_IDEMPOTENCY_KEY="k1")
    return alice.request(way, address, changed)


@pytest.mark.parametrize("way", ["patch", "put", "bulk", "form", "once"])
def test_a_wrong_choice_is_refused_on_every_way_of_writing(lab, alice, way):
    address = f"stem/subject/{lab.add('subject')['id']}"
    for wrong in (9, "Z"):
        answer = written(alice, way, address, lab.payload("subject"), wrong)
        errors = answer.body["errors"][0]["errors"] if way == "bulk" else answer.body
        assert (answer.status, list(errors)) == (400, ["sex"])
    assert alice.get(address).record["sex"] == "M"
    assert written(alice, way, address, lab.payload("subject"), "U").status in (200, 201)


def test_a_preference_that_is_no_atlas_is_refused(alice):
    for wrong in (7, "none"):
        answer = alice.patch("users/user/me", {"atlas_preference": wrong})
        assert (answer.status, list(answer.body)) == (400, ["atlas_preference"])
    assert alice.patch("users/user/me", {"atlas_preference": "PF2001"}).record["atlas_preference"] == "PF2001"


def test_a_proposal_with_a_wrong_choice_is_refused(lab, alice):
    payload = {"name": unique("Setup type"), "category": 9}
    answer = alice.post("taxonomies/setuptype", payload)
    assert (answer.status, list(answer.body)) == (400, ["category"])
    assert alice.post("taxonomies/setuptype", payload | {"category": "F"}).status == 201


def test_a_log_of_an_unknown_type_is_refused(lab, alice):
    assert types_of("SubjectLog")
    before = SubjectLog.objects.count()
    for wrong in (9, "Weighting"):
        answer = alice.post("modules/subjectlog", {"subject": lab["subject"], "type": wrong})
        assert (answer.status, list(answer.body)) == (400, ["type"])
    assert SubjectLog.objects.count() == before


def test_a_catalogue_of_ours_is_checked_like_anything_else():
    from brainstem.config.catalogue.load import _record

    spec = specs()["taxonomies.BrainRegion"]
    assert _record(spec, {"name": "Area", "acronym": "A", "atlas": "AIA"}).atlas == "AIA"
    with pytest.raises(Bad, match="valid choice"):
        _record(spec, {"name": "Area", "acronym": "A", "atlas": "none"})
