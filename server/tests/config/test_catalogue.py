"""The catalogue: its tables hold together, loading adds what is missing, and what people did stays."""

import io
import time
from collections import Counter

import pytest
from django.core.management import call_command
from django.db import transaction

from brainstem.apps.dissemination.models.journal import Journal
from brainstem.apps.resources.models.hardware_device import HardwareDevice
from brainstem.apps.taxonomies.models.behavior import BehavioralCategory, BehavioralParadigm
from brainstem.apps.taxonomies.models.brain_region import BrainRegion
from brainstem.apps.taxonomies.models.setup_type import SETUP_CATEGORIES, SetupType
from brainstem.apps.taxonomies.models.species import Species
from brainstem.apps.taxonomies.models.strain import Strain
from brainstem.config import catalogue
from brainstem.config.catalogue.tables import DATA, TABLES
from brainstem.core.access import audit
from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import specs
from brainstem.core.models import Change
from brainstem.core.undo.restoring import undelete

from ..people import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def first_report(django_db_setup, django_db_blocker):
    """What the first run said; the rows stay for all tests of this module, each of which undoes its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield catalogue.load()
        transaction.set_rollback(True)


@pytest.fixture
def loaded(first_report, db):
    return first_report


# -- the tables as files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_every_row_can_be_told_from_the_others(table):
    seen = Counter(tuple(row[key] for key in table.keys) for row in table.rows())
    assert [key for key, number in seen.items() if number > 1] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_every_file_begins_with_where_it_comes_from(table):
    assert (DATA / table.file).read_text(encoding="utf-8").startswith("# ")


# -- a fresh server ---------------------------------------------------------------------------------------------------


def test_a_fresh_server_is_filled(loaded):
    assert loaded.added == {
        "species": 44,
        "strains": 62 + 44,
        "setup_types": 49,
        "behavioral_categories": 40,
        "behavioral_paradigms": 75,
        "regulatoryauthorities": 27,
        "suppliers": 78,
        "hardwaredevices": 52,
        "journals": 80,
        "brain_regions": 1327 + 1157,
    }
    assert loaded.left_out.total() == loaded.filled.total() == 0


def test_every_record_is_valid_as_it_stands(loaded):
    for label in {table.label for table in TABLES}:
        for record in specs()[label].model.objects.all():
            record.full_clean(validate_unique=False, validate_constraints=False)


def test_a_run_is_quick(loaded):
    with transaction.atomic():
        BrainRegion.objects.all().delete()
        Change.objects.filter(model="taxonomies.BrainRegion").delete()
        began = time.perf_counter()
        catalogue.load()
        assert time.perf_counter() - began < 10
        assert BrainRegion.objects.count() == 1327 + 1157
        transaction.set_rollback(True)


def test_every_species_has_a_number_of_ncbi_and_an_unspecified_strain(loaded):
    numbers = []
    for species in Species.objects.all():
        (entry,) = species.external_identifiers
        assert entry["source"] == "NCBI"
        assert entry["identifier"].isdigit()
        assert entry["url"].endswith(f"id={entry['identifier']}")
        numbers.append(entry["identifier"])
        assert Strain.objects.filter(species=species, name=f"{species.name}, unspecified strain").exists()
    assert len(set(numbers)) == len(numbers)


def test_rrids_and_stock_numbers_of_strains_are_their_own_and_agree(loaded):
    rrids = [one.rrid for one in Strain.objects.exclude(rrid=None)]
    assert len(rrids) > 50
    assert len(set(rrids)) == len(rrids)
    for strain in Strain.objects.exclude(rrid=None):
        for entry in strain.external_identifiers:
            assert strain.rrid == f"RRID:IMSR_{entry['source']}:{entry['identifier']}"


def test_setup_types_cover_every_category(loaded):
    assert set(SetupType.objects.values_list("category", flat=True)) == {code for code, _ in SETUP_CATEGORIES}


def test_categories_are_two_levels_deep_and_hold_the_paradigms(loaded):
    assert not BehavioralCategory.objects.filter(parent__parent__isnull=False).exists()
    assert BehavioralCategory.objects.filter(parent=None).exists()
    for paradigm in BehavioralParadigm.objects.all():
        assert paradigm.category is not None
        assert paradigm.species.exists()


# -- atlases ----------------------------------------------------------------------------------------------------------


def regions(atlas):
    return {one.acronym: one for one in BrainRegion.objects.filter(atlas=atlas)}


@pytest.mark.parametrize("atlas", ["AIA", "S2004"])
def test_every_parent_is_a_region_and_no_region_is_within_itself(loaded, atlas):
    found = regions(atlas)
    for region in found.values():
        above, at = [], region
        while at.parent_acronym:
            above.append(at.acronym)
            at = found[at.parent_acronym]
            assert at.acronym not in above


@pytest.mark.parametrize("atlas", ["AIA", "S2004"])
def test_a_region_stands_behind_its_parent(loaded, atlas):
    found = regions(atlas)
    assert sorted(one.graph_order for one in found.values()) == list(range(len(found)))
    for region in found.values():
        if region.parent_acronym:
            assert found[region.parent_acronym].graph_order < region.graph_order


def test_the_mouse_atlas_is_one_tree_with_numbers_and_colors(loaded):
    found = regions("AIA")
    assert [one.acronym for one in found.values() if not one.parent_acronym] == ["root"]
    assert all(one.region_id and one.color.startswith("#") for one in found.values())
    ca1 = found["CA1"]
    assert (ca1.name, ca1.region_id, ca1.parent_acronym, ca1.color) == ("Field CA1", 382, "CA", "#7ED04B")
    assert found["AUD"].color == "#019399"  # zeros in front are easily lost


def test_the_rat_atlas_says_where_a_parent_is_not_its_own(loaded):
    found = regions("S2004")
    assert found["CA1"].parent_acronym == "CA"
    borrowed = [one for one in found.values() if one.description]
    assert 400 < len(borrowed) < 500
    assert all(one.parent_acronym for one in borrowed)


# -- again ------------------------------------------------------------------------------------------------------------


def test_a_second_run_adds_nothing(loaded):
    before = Change.objects.count()
    report = catalogue.load()
    assert report.added.total() == report.filled.total() == report.left_out.total() == 0
    assert Change.objects.count() == before


def test_what_people_changed_stays(loaded, admin):
    mouse = Species.objects.get(name="Mus musculus")
    changed = admin.through("super").patch(
        f"taxonomies/species/{mouse.pk}", {"popular_name": "Mouse", "external_identifiers": []}
    )
    assert changed.status == 200
    catalogue.load()
    mouse.refresh_from_db()
    assert (mouse.popular_name, mouse.external_identifiers) == ("Mouse", [])


def test_what_people_renamed_does_not_come_back_under_its_old_name(loaded, admin):
    rat = Species.objects.get(name="Rattus norvegicus")
    assert admin.through("super").patch(f"taxonomies/species/{rat.pk}", {"name": "Rattus norvegicus domestica"})
    Strain.objects.filter(name="Wistar").delete()
    Change.objects.filter(model="taxonomies.Strain", after__name="Wistar").delete()
    report = catalogue.load()
    assert not Species.objects.filter(name="Rattus norvegicus").exists()
    assert report.left_out["species"] == 1
    # What belongs to it finds it by what it was called.
    assert Strain.objects.get(name="Wistar").species == rat
    assert Strain.objects.filter(name="Rattus norvegicus domestica, unspecified strain").exists()


def test_what_people_deleted_stays_deleted_until_they_bring_it_back(loaded, admin):
    journal = Journal.objects.get(name="Stroke")
    region = BrainRegion.objects.get(atlas="AIA", acronym="CA1")
    boss = admin.through("super")
    assert boss.delete(f"dissemination/journal/{journal.pk}").status == 204
    assert boss.delete(f"taxonomies/brainregion/{region.pk}").status == 204
    report = catalogue.load()
    assert report.added.total() == 0
    assert (report.left_out["journals"], report.left_out["brain_regions"]) == (1, 1)
    undelete(specs()["taxonomies.BrainRegion"], region.pk, viewer=Viewer(Actor(is_admin=True), ""))
    assert catalogue.load().left_out["brain_regions"] == 0


# -- who sees it, and who is told --------------------------------------------------------------------------------------


def test_everyone_sees_it_and_nobody_is_its_author(loaded, alice):
    answer = alice.get("taxonomies/brainregion", "filter{atlas}=AIA&filter{acronym}=HPF")
    assert (answer.records[0]["color"], answer.records[0]["created_by"]) == ("#7ED04B", None)
    strain = alice.get("taxonomies/strain", "filter{name}=C57BL/6J").records[0]
    assert strain["rrid_url"] == "https://scicrunch.org/resolver/RRID:IMSR_JAX:000664"
    assert Person(portal="public").get("resources/hardwaredevice").body["count"] == HardwareDevice.objects.count()
    assert audit.findings() == []


def test_history_keeps_every_row_and_how_it_came(loaded):
    changes = Change.objects.filter(event__via="catalogue", action="create")
    assert changes.count() == loaded.added.total()
    kept = changes.get(model="taxonomies.BrainRegion", after__acronym="CA1", after__atlas="AIA")
    assert kept.after["color"] == "#7ED04B"


def test_the_command_says_what_it_did(loaded):
    out = io.StringIO()
    call_command("catalogue", "load", stdout=out)
    assert "brain_regions: 0 added, 0 filled in\n" in out.getvalue()
