"""Names of before, in two spellings of what looks the same, are composed by the upgrade; none is lost."""

from __future__ import annotations

import unicodedata
from importlib import import_module
from types import SimpleNamespace
from urllib.parse import urlencode

from django.apps import apps
from django.db import connection

from brainstem.apps.stem.models import Session, Subject
from brainstem.apps.taxonomies.models import Species
from brainstem.core.models import Tag

ZOE = "Zoë 1"
APART = unicodedata.normalize("NFD", ZOE)
compose = import_module("brainstem.apps.dissemination.migrations.0005_names_in_one_spelling").compose


def upgrade() -> None:
    compose(apps, SimpleNamespace(connection=connection))


def test_names_and_tags_are_composed_and_found(lab, alice):
    Session.objects.filter(pk=lab["session"]).update(name=APART, description=APART)
    Subject.objects.filter(pk=lab["subject"]).update(name=APART)
    tag = Tag.objects.create(name=APART)
    upgrade()
    assert {model.objects.get(pk=lab[name]).name for name, model in (("session", Session), ("subject", Subject))} == {
        ZOE
    }
    assert Session.objects.get(pk=lab["session"]).description == APART  # a text is as it was typed
    assert Tag.objects.get(pk=tag.pk).name == ZOE
    for asked in (ZOE, APART):
        assert alice.get("stem/session", urlencode({"filter{name}": asked})).ids == [lab["session"]]


def test_what_another_record_is_called_already_stays_and_is_told(lab, capsys):
    kept = Species.objects.create(name=ZOE)
    clashing = Species.objects.create(name=APART)
    upgrade()
    assert [Species.objects.get(pk=one.pk).name for one in (kept, clashing)] == [ZOE, APART]
    assert f"Species {clashing.pk}" in capsys.readouterr().out
