"""The catalogue on a server that has nothing yet, or rows of its own."""

import io

import pytest
from django.core.management import call_command
from django.db import ProgrammingError

from brainstem.apps.resources.models.supplier import Supplier
from brainstem.apps.taxonomies.models.brain_region import BrainRegion
from brainstem.apps.taxonomies.models.species import Species
from brainstem.apps.taxonomies.models.strain import Strain
from brainstem.config import catalogue, diagnosis
from brainstem.core.models import Change

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_what_is_there_is_filled_in_where_it_is_empty(admin):
    boss = admin.through("super")
    boss.make("taxonomies/species", name="Mus musculus", popular_name="Mouse")
    boss.make("resources/supplier", name="Jackson Laboratory", website="https://jax.example.org")
    report = catalogue.load()
    mouse = Species.objects.get(name="Mus musculus")
    assert (mouse.popular_name, mouse.external_identifiers[0]["identifier"]) == ("Mouse", "10090")
    supplier = Supplier.objects.get(name="Jackson Laboratory")
    assert (supplier.website, supplier.description) == ("https://jax.example.org", "Mice.")
    assert (report.filled["species"], report.filled["suppliers"]) == (1, 1)


def test_a_record_of_the_same_name_that_is_something_else_is_not_touched(admin):
    boss = admin.through("super")
    mouse = boss.make("taxonomies/species", name="Mus musculus")
    boss.make("taxonomies/strain", name="AB", species=mouse["id"])
    boss.make("taxonomies/brainregion", name="Field CA1", acronym="fCA1", atlas="AIA")
    report = catalogue.load()
    strain = Strain.objects.get(name="AB")
    assert (strain.rrid, strain.popular_name) == (None, "")
    assert not BrainRegion.objects.filter(atlas="AIA", acronym="CA1").exists()
    assert report.left_out["brain_regions"] == 1


def test_species_that_people_added_get_an_unspecified_strain_too(admin):
    admin.through("super").make("taxonomies/species", name="Suncus etruscus")
    catalogue.load()
    assert Strain.objects.get(name="Suncus etruscus, unspecified strain").species.name == "Suncus etruscus"


def test_a_dry_run_says_what_would_be_added_and_adds_nothing(db):
    out = io.StringIO()
    call_command("catalogue", "load", "--dry-run", stdout=out)
    assert "species: 44 would be added" in out.getvalue()
    assert "  C57BL/6J\n" in out.getvalue()
    assert catalogue.is_empty()
    assert not Change.objects.exists()


def test_doctor_offers_it_to_an_empty_server_only(db):
    (finding,) = diagnosis.about_the_catalogue()
    assert "brainstem-server catalogue load" in finding.fix
    Species.objects.create(name="Mus musculus")
    assert list(diagnosis.about_the_catalogue()) == []


def test_doctor_leaves_a_server_without_tables_to_the_other_examinations(db, monkeypatch):
    def refuse():
        raise ProgrammingError("no such table: taxonomies_species")

    monkeypatch.setattr(catalogue, "is_empty", refuse)
    assert list(diagnosis.about_the_catalogue()) == []
