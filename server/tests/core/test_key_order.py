"""Keys stand in the order of their declaration, and what cannot be served is refused when the server starts."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.test.utils import isolate_apps

from brainstem.core.model.declare import Computed, Record, Resource
from brainstem.core.model.key_order import place
from brainstem.core.model.registry import _spec, specs
from brainstem.core.model.trees import Nobody

NOBODYS = Resource(plural="ones", singular="one", tree=Nobody())


def text(**options):
    return models.CharField(max_length=10, help_text="A text.", **options)


def keys_of(model) -> list[str]:
    keys = _spec(model, {}).keys
    assert (keys[0], keys[-2:]) == ("id", ("created_at", "updated_at"))
    return list(keys[1:-2])


class Base:
    app_label = "stem"
    abstract = True


class Concrete:
    app_label = "stem"


@isolate_apps("brainstem.apps.stem")
def test_own_keys_come_before_those_of_what_has_them_in_common_and_of_the_kind_of_record():
    class Common(models.Model):
        shared = text()

        class Meta(Base):
            pass

    class Kind(Record):
        flow = text()
        said = Computed("links", "Addresses.")
        created_by = None

        class Meta(Base):
            pass

    class One(Kind, Common):
        second = text()
        first = text()
        resource = NOBODYS

        class Meta(Concrete):
            pass

    assert keys_of(One) == ["second", "first", "shared", "flow", "said"]


@isolate_apps("brainstem.apps.stem")
def test_a_place_in_a_base_is_that_of_a_key_declared_below_it_and_nothing_where_none_is():
    class Common(models.Model):
        name = place()
        shared = text()
        page = place()
        last = text()

        class Meta(Base):
            pass

    class One(Record, Common):
        own = text()
        name = text()
        page = Computed("links", "Addresses.")
        created_by = None
        resource = NOBODYS

        class Meta(Concrete):
            pass

    class Other(Record, Common):
        name = text()
        created_by = None
        resource = NOBODYS

        class Meta(Concrete):
            pass

    assert keys_of(One) == ["own", "name", "shared", "page", "last"]
    assert keys_of(Other) == ["name", "shared", "last"]


@isolate_apps("brainstem.apps.stem")
def test_a_model_gives_what_it_inherits_a_place_of_its_own():
    class Kind(Record):
        is_public = models.BooleanField(help_text="Whether everyone may read it.")
        created_by = None

        class Meta(Base):
            pass

    class One(Kind):
        name = text()
        is_public = place()
        image = text()
        resource = NOBODYS

        class Meta(Concrete):
            pass

    assert keys_of(One) == ["name", "is_public", "image"]


@isolate_apps("brainstem.apps.stem")
def test_a_column_without_help_text_is_not_served():
    class One(Record):
        name = text()
        kept = models.CharField(max_length=10)
        created_by = None
        resource = NOBODYS

        class Meta(Concrete):
            pass

    assert keys_of(One) == ["name"]


@isolate_apps("brainstem.apps.stem")
def test_a_documented_relation_to_what_is_not_served_is_refused():
    class Unserved(models.Model):
        class Meta(Concrete):
            pass

    class One(Record):
        other = models.ForeignKey(Unserved, models.CASCADE, help_text="Something that the API does not have.")
        created_by = None
        resource = NOBODYS

        class Meta(Concrete):
            pass

    with pytest.raises(ImproperlyConfigured, match=r"stem\.One\.other cannot be served"):
        _spec(One, {})


@isolate_apps("brainstem.apps.stem")
def test_a_documented_column_whose_type_the_wire_does_not_know_is_refused():
    class One(Record):
        cost = models.BinaryField(help_text="What nobody can read.")
        created_by = None
        resource = NOBODYS

        class Meta(Concrete):
            pass

    with pytest.raises(ImproperlyConfigured, match=r"stem\.One\.cost cannot be served"):
        _spec(One, {})


@isolate_apps("brainstem.apps.stem")
def test_a_place_for_what_is_nowhere_declared_is_refused():
    class One(Record):
        sessions = place()
        created_by = None
        resource = NOBODYS

        class Meta(Concrete):
            pass

    with pytest.raises(ImproperlyConfigured, match=r"stem\.One\.sessions cannot be served"):
        _spec(One, {})


def test_the_server_serves_everything_that_is_documented():
    for spec in specs().values():
        fields = [*spec.model._meta.concrete_fields, *spec.model._meta.many_to_many]
        assert {one.name for one in fields if one.help_text} <= set(spec.keys), spec.label
