"""What may be chosen for a field: narrowed by type and context, never more than the caller may refer to."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

import pytest

from brainstem.apps.stem.models.subject import Subject
from brainstem.core.access import roles
from brainstem.core.model.registry import specs
from brainstem.core.model.trees import Role
from brainstem.core.query.choices import _paths, code_fields, contexts, relation_fields
from brainstem.core.query.plan import plan
from brainstem.core.query.syntax import Filter, Query

from ..people import Person, unique

pytestmark = pytest.mark.django_db


@pytest.fixture
def elsewhere(alice):
    """Another project of Alice."""
    return alice.make("stem/project", name=unique("Project"))["id"]


def offered(person, model, field, query="", **extra):
    """Ids that are offered."""
    answer = person.get(f"{model}/options", f"field={field}&limit=100&{query}", **extra)
    assert answer.status == 200, answer.body
    assert answer.body["count"] == len(answer.records)
    return set(answer.ids)


def refused(answer, field):
    """The message at the one field that is wrong."""
    assert answer.status == 400, answer.body
    assert list(answer.body) == [field]
    return answer.body[field][0]


# --- by type -------------------------------------------------------------------------------------------------------


def test_photometry_is_done_through_an_implanted_fiber(lab, alice):
    fiber = lab.add("procedure", type="OpticFiberImplant")["id"]
    assert offered(alice, "modules/dataacquisition", "procedures", "type=FiberPhotometry") == {fiber}
    both = {fiber, lab["procedure"]}
    assert offered(alice, "modules/dataacquisition", "procedures") == both
    assert offered(alice, "modules/dataacquisition", "procedures", "type=MagneticResonanceImaging") == both
    assert offered(alice, "modules/dataacquisition", "procedures", "type=VideoTracking") == both


def test_a_batch_of_fibers_is_of_a_fiber_and_implanted_as_one(lab, alice):
    fiber = lab.add("consumable", type="OpticFiberDesign")
    stock = lab.add("consumablestock", type="OpticFiber", consumable=fiber["id"])["id"]
    lab.add("consumablestock")
    assert offered(alice, "modules/consumablestock", "consumable", "type=OpticFiber") == {fiber["id"]}
    assert offered(alice, "modules/procedure", "consumablestock", "type=OpticFiberImplant") == {stock}


def test_what_the_table_leaves_out_is_still_accepted(lab, alice):
    photometry = {"type": "FiberPhotometry", "procedures": [lab["procedure"]]}
    assert alice.post("modules/dataacquisition", lab.payload("dataacquisition") | photometry).status == 201


def test_coordinate_systems_depend_on_the_procedure(alice):
    answer = alice.get("modules/procedure/options", "field=coordinates_system&type=OpticFiberImplant")
    values = [one["value"] for one in answer.body["choices"]]
    assert len(values) == 5
    assert "External_XYZ_Absolute" not in values
    assert alice.get("modules/procedure/options", "field=coordinates_system").body["count"] == 6
    equipment = alice.get("modules/equipment/options", "field=coordinates_system").body["choices"]
    assert [one["value"] for one in equipment] == ["External_XYZ_Absolute"]


def test_types_have_labels_and_groups_and_are_searched_and_paged(alice):
    answer = alice.get("modules/procedure/options", "field=type&search=optic+FIBER")
    implant = {"value": "OpticFiberImplant", "label": "Optic fiber implant", "group": "Implant Procedures"}
    assert answer.body["choices"] == [implant]
    page = alice.get("modules/procedure/options", "field=type&limit=40")
    assert (page.body["count"], len(page.records)) == (43, 40)
    following = urlsplit(page.body["next"])
    rest = alice.get(following.path, following.query)
    assert (len(rest.records), rest.body["next"]) == (3, None)
    assert "search" in refused(alice.get("modules/procedure/options", "field=type&sort[]=value"), "field")


# --- by context ----------------------------------------------------------------------------------------------------


def test_a_session_offers_the_procedures_and_subjects_of_its_projects(lab, alice, elsewhere):
    other = lab.add("subject", projects=[elsewhere])["id"]
    lab.add("procedure", subject=other)
    here, session = lab["procedure"], f"session={lab['session']}"
    assert offered(alice, "modules/dataacquisition", "procedures", session) == {here}
    assert offered(alice, "modules/manipulation", "procedures", session) == {here}
    assert offered(alice, "modules/behavior", "subjects", session) == {lab["subject"]}
    assert offered(alice, "modules/behavior", "subjects") == {lab["subject"], other}
    photometry = f"{session}&type=FiberPhotometry"
    assert offered(alice, "modules/dataacquisition", "procedures", photometry) == set()


def test_a_project_offers_its_subjects_and_sessions(lab, alice, elsewhere):
    subject = lab.add("subject", projects=[elsewhere])["id"]
    session = lab.add("session", projects=[elsewhere])["id"]
    assert lab["subject"]
    assert lab["session"]
    assert offered(alice, "stem/cohort", "subjects", f"project={elsewhere}") == {subject}
    assert offered(alice, "stem/collection", "sessions", f"project={elsewhere}") == {session}


def test_a_breeding_is_offered_dams_and_sires(lab, alice, elsewhere):
    project, dam, sire = f"project={lab['project']}", lab["dam"], lab["subject"]
    for sex in "FM":
        lab.add("subject", sex=sex, projects=[elsewhere])
    lab.add("subject", sex="U")
    assert offered(alice, "stem/breeding", "mother", project) == {dam}
    assert offered(alice, "stem/breeding", "father", project) == {sire}


def test_an_epoch_is_offered_what_is_in_its_session(lab, alice):
    here, session = lab["dataacquisition"], f"session={lab['session']}"
    lab.add("dataacquisition", session=lab.add("session")["id"])
    assert offered(alice, "stem/epoch", "dataacquisition", session) == {here}
    assert offered(alice, "stem/epoch", "dataacquisition", f"session={lab.add('session')['id']}") == set()


def test_a_setup_and_an_inventory_offer_what_is_in_them(lab, alice):
    piece, stock = lab["equipment"], lab["consumablestock"]
    lab.add("equipment", setup=lab.add("setup")["id"])
    lab.add("consumablestock", inventory=lab.add("inventory")["id"])
    for model in ("procedure", "dataacquisition", "manipulation"):
        assert offered(alice, f"modules/{model}", "equipment", f"setup={lab['setup']}") == {piece}
    assert offered(alice, "modules/procedure", "consumablestock", f"inventory={lab['inventory']}") == {stock}


def test_an_atlas_offers_its_regions(lab, alice):
    here, there = lab["brainregion"], lab.add("brainregion", atlas="S2004")["id"]
    assert offered(alice, "modules/procedure", "brain_region", "atlas=S2004&search=Region") == {there}
    assert here in offered(alice, "modules/procedure", "brain_region", "atlas=AIA&search=Region")
    by_label = offered(alice, "modules/procedure", "brain_region", "atlas=Swanson+2004+Rat+Brain+Atlas&search=Region")
    assert by_label == {there}
    wrong = alice.get("modules/procedure/options", "field=brain_region&atlas=AIAA")
    assert "Did you mean 'AIA'" in refused(wrong, "atlas")


def test_a_supplier_offers_its_products(lab, alice):
    other = lab.add("supplier")["id"]
    virus, fiber = lab["consumable"], lab.add("consumable", supplier=other, type="OpticFiberDesign")["id"]
    device = lab.add("hardwaredevice", supplier=other)["id"]
    assert offered(alice, "modules/consumablestock", "consumable", f"supplier={lab['supplier']}") == {virus}
    assert offered(alice, "modules/equipment", "consumable", f"consumable_supplier={other}") == {fiber}
    assert offered(alice, "modules/equipment", "hardwaredevice", f"hardware_device_supplier={other}") == {device}


def test_categories_offer_what_is_in_them_and_below(lab, alice):
    top = lab["behavioralcategory"]
    below = lab.add("behavioralcategory", parent=top)["id"]
    paradigms = {lab.add("behavioralparadigm", category=one)["id"] for one in (top, below)}
    lab.add("behavioralparadigm")
    path = "personal_attributes/behavioralassay"
    assert offered(alice, path, "behavioral_paradigm", f"behavioral_category={top}") == paradigms
    assert len(offered(alice, path, "behavioral_paradigm", f"behavioral_category={below}")) == 1
    head_fixed = lab.add("setuptype", category="H")["id"]
    assert lab["setuptype"]
    for category in ("H", "Head-Fixed%20Awake", "head-fixed%20awake"):
        assert head_fixed in offered(alice, path, "setup_type", f"setup_category={category}&search=Setup")
        assert lab["setuptype"] not in offered(alice, path, "setup_type", f"setup_category={category}&search=Setup")


def test_setup_and_assay_of_a_behavior_are_of_one_type(lab, alice):
    other = lab.add("setuptype")["id"]
    lab.add("setup", setup_type=other)
    setup, assay = lab["setup"], lab["behavioralassay"]
    lab.add("behavioralassay", setup_type=other)
    assert offered(alice, "modules/behavior", "setup", f"behavioralassay={assay}") == {setup}
    assert offered(alice, "modules/behavior", "behavioralassay", f"setup={setup}") == {assay}


def test_context_that_says_nothing_about_the_field_is_ignored(lab, alice):
    query = f"session={lab['session']}&type=FiberPhotometry&setup=&project="
    assert offered(alice, "modules/dataacquisition", "session", query) == {lab["session"]}


# --- the language of lists -----------------------------------------------------------------------------------------


def test_the_related_models_language_works_in_the_list(lab, alice):
    first, second = sorted((lab.add("subject")["name"], lab.add("subject")["name"]))
    query = f"field=subjects&sort[]=-name&include[]=projects&exclude[]=description&filter{{name.in}}={first},{second}"
    answer = alice.get("modules/behavior/options", query)
    assert [one["name"] for one in answer.records] == [second, first]
    assert answer.records[0]["projects"][0]["id"] == lab["project"]
    assert "description" not in answer.records[0]
    page = alice.get("modules/behavior/options", f"{query}&limit=1")
    following = urlsplit(page.body["next"])
    assert [one["name"] for one in alice.get(following.path, following.query).records] == [first]
    assert offered(alice, "modules/behavior", "subjects", f"search={first.split()[-1]}&filter{{name}}={first}")


# --- who sees what -------------------------------------------------------------------------------------------------


def test_public_setups_are_offered_though_they_are_not_listed(lab, charlie):
    setup = lab.add("setup", is_public=True)["id"]
    piece = lab.add("equipment", setup=setup)["id"]
    assert lab["equipment"]
    assert charlie.get("personal_attributes/setup").ids == []
    assert offered(charlie, "modules/behavior", "setup") == {setup}
    assert offered(charlie, "modules/procedure", "equipment") == {piece}


def test_a_stranger_is_offered_nothing_and_learns_nothing(lab, charlie, admin):
    assert lab["procedure"]
    assert offered(charlie, "modules/dataacquisition", "procedures") == set()
    path, strange = "modules/dataacquisition/options", uuid.uuid4()
    hidden = refused(charlie.get(path, f"field=procedures&session={lab['session']}"), "session")
    absent = refused(charlie.get(path, f"field=procedures&session={strange}"), "session")
    assert hidden.replace(lab["session"], str(strange)) == absent
    assert offered(admin, "modules/dataacquisition", "procedures", portal="super") == {lab["procedure"]}


def test_a_bound_token_is_offered_its_project(lab, alice, elsewhere):
    other = lab.add("subject", projects=[elsewhere])["id"]
    assert lab["subject"]
    bound = Person(alice.user, project_id=uuid.UUID(elsewhere))
    assert offered(bound, "modules/behavior", "subjects") == {other}


def test_storages_are_offered_to_those_who_may_attach_them(lab, bob, dana):
    roles.grant(lab["datastorage"], users={bob.user.pk: Role.MEMBER, dana.user.pk: Role.CONTRIBUTOR})
    for model in ("stem/session", "stem/sessiondatastorage"):
        assert offered(bob, model, "datastorage") == set()
        assert offered(dana, model, "datastorage") == {lab["datastorage"]}


# --- the address ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "field", "says"),
    [
        ("", "field", "session, procedures, equipment, type"),
        ("field=proceduers", "field", "Valid fields"),
        ("field=notes", "field", "is not a relation"),
        ("field=procedures&sesion=1", "sesion", "Did you mean 'session'"),
        ("field=procedures&session=1", "session", "may not see"),
        ("field=procedures&type=FiberFotometry", "type", "FiberPhotometry"),
        ("field=procedures&filter{nmae}=1", "filter{nmae}", "no field"),
        ("field=procedures&limit=0", "limit", "whole number"),
        ("field=%ff", "non_field_errors", "UTF-8"),
    ],
)
def test_what_is_wrong_is_named(alice, query, field, says):
    assert says in refused(alice.get("modules/dataacquisition/options", query), field)


def test_the_address_is_no_record(lab, alice, nobody):
    path = "modules/dataacquisition/options"
    assert alice.get(f"{path}/", "field=session").status == alice.request("head", f"{path}?field=session").status == 200
    assert alice.post(path).status == alice.delete(path).status == alice.patch(path).status == 405
    assert nobody.get(path, "field=session").status == 404
    assert nobody.get(path, "field=session", portal="private").status == 401
    assert alice.get("resources/supplier/options", "field=name").status == 404
    assert alice.get(f"{path}/procedures").status == 404
    described = alice.options(path).body["fields"]
    assert described["procedures"] == {
        "related": "modules/procedure",
        "narrowed_by": ["project", "session", "subject", "type"],
    }


@pytest.mark.parametrize("label", sorted(specs()))
def test_every_field_of_every_model_can_be_asked_for(admin, label):
    spec = specs()[label]
    for field in [*relation_fields(spec), *code_fields(spec)]:
        answer = admin.get(f"{spec.app}/{spec.segment}/options", f"field={field}", portal="super")
        assert answer.status == 200, (field, answer.body)
    assert all(set(contexts(spec, field)) <= set(contexts(spec)) for field in relation_fields(spec))


@pytest.mark.parametrize("label", sorted(_paths))
def test_every_path_leads_to_a_record_or_a_value(label):
    for path in _paths[label].values():
        resolved = plan(Query(filters=(Filter(tuple(path.split(".")), False, ""),)), specs()[label])
        leaf = resolved.conditions[0][0].leaf
        assert leaf.relation is not None or leaf.column.field.choices


# --- what a write refuses all the same -----------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["procedure", "dataacquisition", "manipulation"])
def test_equipment_of_a_setup_that_the_writer_may_not_use_is_refused(lab, dana, admin, model):
    """Dana contributes to the project, but holds no role on Alice's setup."""
    record, piece = lab.payload(model), lab["equipment"]
    assert "may not see" in refused(dana.post(f"modules/{model}", record | {"equipment": [piece]}), "equipment")
    assert offered(dana, f"modules/{model}", "equipment") == set()
    roles.grant(lab["setup"], users={dana.user.pk: Role.MEMBER})
    assert dana.post(f"modules/{model}", record | {"equipment": [piece]}).record["equipment"] == [piece]
    assert offered(dana, f"modules/{model}", "equipment") == {piece}


def test_stock_of_an_inventory_that_the_writer_may_not_use_is_refused(lab, dana):
    record = lab.payload("procedure") | {"consumablestock": lab["consumablestock"]}
    assert "may not see" in refused(dana.post("modules/procedure", record), "consumablestock")
    roles.grant(lab["inventory"], users={dana.user.pk: Role.MEMBER})
    assert dana.post("modules/procedure", record).record["consumablestock"] == lab["consumablestock"]


@pytest.mark.parametrize("model", ["dataacquisition", "manipulation"])
def test_procedures_outside_the_sessions_projects_are_refused(lab, alice, elsewhere, model):
    other = lab.add("procedure", subject=lab.add("subject", projects=[elsewhere])["id"])["id"]
    answer = alice.post(f"modules/{model}", lab.payload(model) | {"procedures": [other]})
    assert other in refused(answer, "procedures")


def test_members_of_another_project_are_refused(lab, alice, elsewhere):
    other = lab.add("subject", projects=[elsewhere])["id"]
    session = lab.add("session", projects=[elsewhere])["id"]
    cohort, collection = lab.payload("cohort"), lab.payload("collection")
    assert other in refused(alice.post("stem/cohort", cohort | {"subjects": [other]}), "subjects")
    assert session in refused(alice.post("stem/collection", collection | {"sessions": [session]}), "sessions")
    assert "project" in refused(alice.post("stem/breeding", lab.payload("breeding") | {"father": other}), "father")
    assert Subject.objects.filter(cohorts__isnull=False).count() == 0
