"""What models' pages do differently names only what there is."""

import re
from pathlib import Path

import pytest

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import specs
from brainstem.web.portal import models, words
from brainstem.web.portal.columns import column_names, column_of
from brainstem.web.portal.faces import face_of
from brainstem.web.portal.meanings import help_of
from brainstem.web.portal.navigation import BOTTOM, GROUPS, sections
from brainstem.web.portal.tabs import THROUGH, tabs_of

SPECS = list(specs().values())
VIEW = Viewer(Actor(user_id=1, email="a@lab.example"), "private").view


def test_every_file_is_of_a_model():
    files = {path.stem for path in Path(models.__file__).parent.glob("*.py")} - {"__init__"}
    assert files <= {spec.segment for spec in SPECS}


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.segment)
def test_columns_facts_tabs_and_titles_exist(spec):
    face = face_of(spec)
    for name in (*face.columns, *face.facts):
        assert column_of(spec, name, VIEW) is not None, name
    assert len(tabs_of(spec, "private")) == len(set(face.tabs)) + len(THROUGH.get(spec.label, {}))
    assert len(face.columns) <= 8
    assert set(face.tones) <= set(words.choices_of(spec, "status"))
    for name in face.title:
        at, *rest = name.split(".")
        here = spec
        while rest:
            here = specs()[here.relations[at].target]
            at, *rest = rest
        assert at in here.columns, name


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.segment)
def test_columns_have_words_of_people(spec):
    for name in column_names(spec, VIEW):
        label = column_of(spec, name, VIEW).label
        assert label[:1].isupper()
        assert "_" not in label


@pytest.mark.parametrize("portal", ["private", "public"])
def test_the_side_bar_leads_to_models_that_there_are(portal):
    named = {path for group in GROUPS.values() for path, below in group for path in (path, *below)} | set(BOTTOM)
    assert named <= {f"{spec.app}/{spec.segment}" for spec in SPECS}
    urls = [one.url for section in sections(portal) for item in section.items for one in (item, *item.below)]
    assert len(urls) == len(set(urls)) > 25


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("injectionVolume", "Injection volume"),
        ("URL", "URL"),
        ("date_time", "Date and time"),
        ("apCoordinate", "Ap coordinate"),
    ],
)
def test_keys_of_json_become_words(key, shown):
    assert words.label_of(key) == shown


def test_help_is_in_the_words_of_people_and_says_more_than_the_label():
    told = {f"{spec.segment}.{name}": help_of(spec, name) for spec in SPECS for name in spec.keys}
    wrong = [key for key, text in told.items() if re.search(r"\bnull\b|\bUTC\b|ISO 3166|\bJSON\b|starting at 0", text)]
    assert wrong == []
    assert [told[f"subject.{name}"] for name in ("sex", "birth_date", "genotype")] == [
        "",
        "",
        "Alleles that the subject carries.",
    ]
    assert told["supplier.name"] == told["journal.website"] == ""
    assert told["procedure.date_time"] == "When the procedure was done."
    assert told["license.country"] == "Country in which the license is valid."


def test_numbers_without_a_head_are_left_out_on_a_phone():
    columns = {name: column_of(specs()["stem.Session"], name, VIEW) for name in ("date_time", "epochs", "tags")}
    assert {name: column.is_bare for name, column in columns.items()} == {
        "date_time": False,
        "epochs": True,
        "tags": False,
    }
    log = specs()["modules.SubjectLog"]
    assert [column_of(log, name, VIEW).is_bare for name in ("entries_count", "last_entry")] == [True, False]
    assert [column_of(specs()["stem.Subject"], name, VIEW).is_bare for name in ("age", "last_weight")] == [False, False]
