"""The OpenAPI description, and that the answers are true to it."""

import uuid
from collections import Counter
from functools import lru_cache, reduce

import jsonschema_rs
import pytest
import schemathesis
from django.contrib.auth import get_user_model
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from brainstem.api.explanations import explanations_of
from brainstem.api.openapi.document import document
from brainstem.apps.users import devices
from brainstem.config import demo
from brainstem.core.model.registry import specs
from brainstem.core.model.trees import Nobody, Proposals
from brainstem.core.models import Event
from brainstem.core.query.nodes import included_names

from ..people import PASSWORD, Person, person, unique

LABELS = sorted(specs())
SHOWN = [label for label in LABELS if not isinstance(specs()[label].tree, Nobody)]
ADDED = [label for label in SHOWN if "add" in specs()[label].resource.verbs]
PUBLIC = [label for label in SHOWN if "public" in specs()[label].resource.portals]
pytestmark = pytest.mark.django_db


def pointer(method: str, path: str, status: int) -> str:
    """Reference to the schema of one answer."""
    operation = document()["paths"][path][method]
    response = operation["responses"][str(status)]
    if "$ref" in response:
        return response["$ref"].removeprefix("#") + "/content/application~1json/schema"
    escaped = path.replace("~", "~0").replace("/", "~1")
    return f"/paths/{escaped}/{method}/responses/{status}/content/application~1json/schema"


@lru_cache(maxsize=16)  # each keeps the whole document
def validator(where: str) -> jsonschema_rs.Draft202012Validator:
    shapes = {"components": document()["components"], "paths": document()["paths"]}
    found = reduce(lambda at, key: at[key.replace("~1", "/").replace("~0", "~")], where.split("/")[1:], shapes)
    return jsonschema_rs.Draft202012Validator(
        {"allOf": [found], "components": shapes["components"]}, validate_formats=True
    )


def check(answer, method: str, path: str) -> None:
    """Fail when an answer is not what the description says."""
    errors = list(validator(pointer(method, path, answer.status)).iter_errors(answer.body))
    assert not errors, [(error.instance_path, error.message[:300]) for error in errors[:3]]


@pytest.fixture(scope="module")
def demo_lab(django_db_setup, django_db_blocker):
    """The demo lab, kept for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo.load(fixed_passwords=True)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def alice(demo_lab):
    return Person(get_user_model().objects.get(email="alice@example.org"))


@pytest.fixture
def admin(demo_lab):
    return Person(get_user_model().objects.get(email="admin@example.org"))


def path(label: str, portal: str) -> str:
    return f"/api/{portal}/{specs()[label].app}/{specs()[label].segment}/"


# -- the description itself ------------------------------------------------------------------------------------------


def test_the_description_is_valid_openapi():
    errors = list(OPENAPI_31_VALIDATOR.iter_errors(document()))
    assert not errors, [(error.instance_path, error.message[:300]) for error in errors[:3]]


def test_every_reference_leads_somewhere():
    def references(value):
        if isinstance(value, dict):
            for key, one in value.items():
                if key == "$ref":
                    yield one
                else:
                    yield from references(one)
        elif isinstance(value, list):
            for one in value:
                yield from references(one)

    for reference in set(references(document())):
        reduce(lambda at, key: at[key], reference.removeprefix("#/").split("/"), document())


def test_every_operation_has_a_name_of_its_own():
    names = Counter(
        operation["operationId"]
        for item in document()["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    )
    assert max(names.values()) == 1


@pytest.mark.parametrize("label", LABELS)
def test_every_model_portal_and_verb_is_described(label):
    spec, paths = specs()[label], document()["paths"]
    for portal in ("private", "public", "super"):
        base = path(label, portal)
        if portal != "super" and portal not in spec.resource.portals:
            assert base not in paths
            continue
        methods = set(paths.get(base, {})) | set(paths.get(base + "{id}/", {})) - {"parameters"}
        wanted = {"list": "get", "detail": "get", "add": "post", "change": "patch", "delete": "delete"}
        writes = {wanted[verb] for verb in spec.resource.verbs} - {"get"}
        assert {"get"} <= methods
        assert (methods & {"post", "patch", "delete"}) == (set() if portal == "public" else writes)


def test_it_is_served_with_and_without_the_final_slash_and_not_sent_twice(client):
    first = client.get("/api/schema/")
    assert first.status_code == client.get("/api/schema").status_code == 200
    assert first.json()["openapi"].startswith("3.1")
    again = client.get("/api/schema/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.post("/api/schema/").status_code == 405


# -- answers against it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", LABELS)
def test_lists_and_records_are_as_described(alice, label):
    base = path(label, "private")
    found = alice.get(base, "limit=100")
    check(found, "get", base)
    for record in found.records[:2]:
        assert list(record) == list(specs()[label].keys)
        check(alice.get(f"{base}{record['id']}/"), "get", base + "{id}/")


@pytest.mark.parametrize("label", LABELS)
def test_lists_of_the_super_portal_are_as_described(admin, label):
    base = path(label, "super")
    check(admin.get(base, "limit=100"), "get", base)


@pytest.mark.parametrize("label", PUBLIC)
def test_lists_and_records_of_the_public_portal_are_as_described(demo_lab, label):
    base, reader = path(label, "public"), Person(portal="public")
    found = reader.get(base)
    check(found, "get", base)
    check(reader.get(f"{base}{found.ids[0]}/"), "get", base + "{id}/")


@pytest.mark.parametrize("label", SHOWN)
def test_included_records_are_as_described(alice, label):
    base = path(label, "private")
    query = "&".join(f"include[]={name}.*" for name in included_names(specs()[label]))
    check(alice.get(base, query), "get", base)


@pytest.mark.parametrize("label", SHOWN)
def test_related_lists_are_as_described(alice, label):
    base = path(label, "private")
    record = alice.get(base, "limit=1").ids[0]
    for where in [one for one in document()["paths"] if one.startswith(base + "{id}/") and one != base + "{id}/"]:
        operation = document()["paths"][where]
        if "get" in operation and "list_" in operation["get"]["operationId"]:
            check(alice.get(where.replace("{id}", str(record)), "limit=5"), "get", where)


@pytest.mark.parametrize("label", LABELS)
def test_options_are_as_described(alice, label):
    where = path(label, "private") + "options/"
    described = document()["paths"].get(where)
    if described is None:
        assert alice.get(where).status == 404
        return
    for field in described["get"]["parameters"][0]["schema"]["enum"]:
        answer = alice.get(where, f"field={field}&limit=5")
        assert answer.status == 200
        check(answer, "get", where)
    check(alice.get(where), "get", where)


@pytest.mark.parametrize("label", SHOWN)
def test_what_is_explained_of_a_record_is_as_described(admin, label):
    base = path(label, "super")
    record = admin.get(base, "limit=1").ids[0]
    for name in explanations_of(specs()[label]):
        where = f"{base}{{id}}/{name}/"
        answer = admin.get(where.replace("{id}", str(record)))
        assert answer.status == 200
        check(answer, "get", where)


@pytest.mark.parametrize("label", LABELS)
def test_histories_are_as_described(admin, label):
    base = path(label, "super")
    listed = admin.get(f"{base}history/", "limit=100")
    assert listed.status == 200
    check(listed, "get", f"{base}history/")
    for entry in listed.body["history"][:2]:
        found = admin.get(f"{base}{entry['record']}/history/", "limit=1")
        assert found.status == 200
        check(found, "get", base + "{id}/history/")
        event = admin.get(f"/api/super/history/{entry['event']}/")
        assert event.status == 200
        check(event, "get", "/api/super/history/{event}/")
    check(admin.get(f"{base}history/", "field=nothing"), "get", f"{base}history/")


def test_what_changed_is_as_described(alice):
    where = "/api/private/changes/"
    Event.objects.update(transaction=0)  # the lab is made in a transaction that goes on
    answers = [alice.get(where), alice.get(where, "since=start"), alice.get(where, "since=x"), Person().get(where)]
    assert [answer.status for answer in answers] == [200, 200, 400, 401]
    assert answers[1].body["changes"]
    for answer in answers:
        check(answer, "get", where)
    nowhere = alice.get("/api/private/history/00000000-0000-7000-8000-000000000000/")
    assert nowhere.status == 404
    check(nowhere, "get", "/api/private/history/{event}/")


@pytest.mark.parametrize("label", [label for label in SHOWN if "change" in specs()[label].resource.verbs])
def test_sending_a_record_back_is_as_described(admin, label):
    base = path(label, "super")
    still_open = "&filter{status}=Pending" if isinstance(specs()[label].tree, Proposals) else ""
    record = admin.get(base, f"limit=1{still_open}").records[0]
    answer = admin.patch(f"{base}{record['id']}/", record)
    assert answer.status == 200, answer.body
    check(answer, "patch", base + "{id}/")
    assert answer.record == record


@pytest.mark.parametrize("label", LABELS)
def test_errors_are_as_described(alice, label):
    spec, base = specs()[label], path(label, "private")
    wrong = alice.get(base, "filter{nothing_of_the_kind}=1")
    assert wrong.status == 400
    check(wrong, "get", base)
    check(Person().get(base), "get", base)
    number = "2147483646" if spec.columns["id"].wire_type == "integer" else "00000000-0000-7000-8000-000000000000"
    missing = alice.get(f"{base}{number}/")
    assert missing.status == 404
    check(missing, "get", base + "{id}/")


@pytest.mark.parametrize("label", ADDED)
def test_an_empty_new_record_is_refused_as_described_for_what_it_needs(admin, label):
    base = path(label, "super")
    answer = admin.post(base, {})
    assert answer.status == 400
    check(answer, "post", base)
    schema = document()["paths"][base]["post"]["requestBody"]["content"]["application/json"]["schema"]
    needed = schema["allOf"][1]["required"] if "allOf" in schema else []
    assert set(needed) == set(answer.body)


def test_a_new_record_is_as_described(alice):
    answer = alice.post("stem/project/", {"name": unique("Project")})
    assert answer.status == 201
    check(answer, "post", "/api/private/stem/project/")


@pytest.mark.parametrize("query", ["", "?return=records", "?dry_run=true", "?dry_run=true&return=ids"])
def test_many_rows_are_as_described(alice, query):
    path = "/api/private/stem/project/bulk/"
    made = alice.post(f"stem/project/bulk/{query}", {"create": [{"name": unique("Project")}]})
    assert made.status == 200, made.body
    check(made, "post", path)
    wrong = alice.post("stem/project/bulk/", {"create": [{}], "delete": ["x"]})
    assert wrong.status == 400, wrong.body
    check(wrong, "post", path)


def test_proposals_and_decisions_are_as_described(alice, admin):
    base = "/api/private/resources/supplier/"
    proposal = base.replace("supplier", "supplierapproval") + "{id}/"
    waiting = alice.post(base, {"name": unique("Supplier")})
    assert waiting.status == 201
    check(waiting, "post", base)
    direct = admin.post(base, {"name": unique("Supplier")})
    check(direct, "post", base)
    change = alice.patch(f"{base}{direct.id}/", {"description": "New."})
    check(change, "patch", base + "{id}/")
    check(alice.get(proposal.replace("{id}", change.id) + "difference/"), "get", proposal + "difference/")
    check(alice.patch(proposal.replace("{id}", waiting.id), {"description": "New."}), "patch", proposal)
    for action, method, reader, status in (
        ("accept", "patch", alice, 403),
        ("request_revision", "post", admin, 400),
        ("request_revision", "post", admin, 200),
        ("accept", "patch", admin, 200),
        ("reject", "post", admin, 409),
    ):
        body = {"comment": "Why?"} if status != 400 else {}
        answer = reader.request(method, f"{proposal.replace('{id}', waiting.id)}{action}/", body)
        assert answer.status == status
        check(answer, method, f"{proposal}{action}/")


def _undoable(someone, path: str, **fields) -> tuple[str, str]:
    """A record that was changed once: its id and the event of its addition."""
    made = someone.post(path, fields)
    assert made.status == 201, made.body
    someone.patch(f"{path}{made.id}/", {"description": "New."})
    return made.id, made.headers["Brainstem-Event"]


def test_reverting_is_as_described(alice, admin):
    base = "/api/private/stem/project/"
    record, event = _undoable(alice, base, name=unique("Project"))
    for body, status in (({"to": event}, 200), ({}, 400), ({"to": str(uuid.uuid4())}, 400)):
        answer = alice.post(f"{base}{record}/revert/", body)
        assert answer.status == status
        check(answer, "post", base + "{id}/revert/")
    catalogue = "/api/private/resources/supplier/"
    record, event = _undoable(admin, catalogue, name=unique("Supplier"))
    for someone in (alice, admin):
        answer = someone.post(f"{catalogue}{record}/revert/", {"to": event})
        assert answer.status == 200
        check(answer, "post", catalogue + "{id}/revert/")


def test_undoing_is_as_described(alice):
    path, base = "/api/private/history/{event}/undo/", "/api/private/stem/project/"
    record, event = _undoable(alice, base, name=unique("Project"))
    alice.make("stem/session", name=unique("Session"), projects=[record])
    changed = alice.patch(f"{base}{record}/", {"name": unique("Project")}).headers["Brainstem-Event"]
    for one, status in ((event, 409), (changed, 200), (uuid.uuid4(), 404)):
        answer = alice.post(path.replace("{event}", str(one)))
        assert answer.status == status
        check(answer, "post", path)


@pytest.mark.parametrize("label", [label for label in SHOWN if "delete" in specs()[label].resource.verbs])
def test_what_was_deleted_is_as_described(admin, label):
    base, found = path(label, "super"), None
    with transaction.atomic():
        for record in admin.get(base, "limit=100").ids:
            if record != admin.user.pk and admin.delete(f"{base}{record}/").status == 204:
                found = admin.get(base + "deleted/")
                check(found, "get", base + "deleted/")
                for _ in range(2):
                    check(admin.post(f"{base}deleted/{record}/restore/"), "post", base + "deleted/{id}/restore/")
                break
        transaction.set_rollback(True)
    if found is not None:
        assert found.body["count"] == 1


def test_me_is_the_caller_and_nobody_in_the_public_portal(alice):
    answer = alice.get("users/user/me")
    assert answer.record["email"] == "alice@example.org"
    check(answer, "get", "/api/private/users/user/me/")
    assert Person(portal="public").get("users/user/me/").status == 404


def test_closing_an_account_is_as_described(alice):
    admin, path = person("admin", admin=True), "/api/private/users/user/{id}/deactivate/"
    for who, target, status in ((alice, admin, 403), (admin, admin, 400), (admin, alice, 200)):
        answer = who.post(path.replace("{id}", str(target.user.pk)))
        assert answer.status == status
        check(answer, "post", path)


def test_tokens_are_as_described(db):
    user = person("erin").user
    for where, body in (
        ("/api/token/", {"username": user.email, "password": PASSWORD}),
        ("/api/auth/token/", {"email": user.email, "password": PASSWORD}),
        ("/api/auth/token/", {"email": user.email, "password": "wrong"}),
        ("/api/auth/token/", {}),
    ):
        check(Person().post(where, body), "post", where)
    signed_in = Person(user)
    check(signed_in.get("/api/auth/tokens/"), "get", "/api/auth/tokens/")
    check(signed_in.post("/api/auth/tokens/", {"name": "laptop"}), "post", "/api/auth/tokens/")


def test_programs_that_sign_in_through_a_browser_are_answered_as_described(alice, nobody):
    start, poll = "/api/auth/device/", "/api/auth/device/token/"
    started = nobody.post(start, {"client_name": "rig"})
    sent = {"device_code": started.body["device_code"]}
    answers = [nobody.post(poll, sent)]
    asked = devices.by_session(started.body["session_id"])
    devices.approve(asked, user=alice.user, name="rig", read_only=False, address="", agent="")
    answers += [nobody.post(poll, sent), nobody.post(poll, sent), nobody.post(poll, {})]
    assert [answer.status for answer in answers] == [200, 200, 200, 400]
    for answer in (started, nobody.post(start, {"client_name": 3})):
        check(answer, "post", start)
    for answer in answers:
        check(answer, "post", poll)


# -- what nobody thought of ------------------------------------------------------------------------------------------

SAMPLE = (
    "stem_project",
    "stem_session",
    "stem_subject",
    "modules_procedure",
    "users_user",
    "personal_attributes_license",
)


def _sampled(operation) -> bool:
    name = operation.definition.raw.get("operationId", "")
    return name.startswith("private_") and name.removeprefix("private_").removesuffix("_list") in SAMPLE


@pytest.fixture
def application():
    """The server as WSGI, with the end of a request leaving the connection of the test open."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    yield get_wsgi_application()
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


@pytest.mark.slow
def test_made_up_queries_find_no_server_error_and_no_answer_that_is_not_described(alice, application):
    schema = schemathesis.openapi.from_wsgi("/api/schema/", application)
    operations = [one.ok() for one in schema.include(method="GET").get_all_operations() if _sampled(one.ok())]
    assert len(operations) == len(SAMPLE)
    for operation in operations:

        @settings(max_examples=12, deadline=None, database=None, phases=[Phase.generate],
                  suppress_health_check=list(HealthCheck), derandomize=True)  # fmt: skip
        @given(case=operation.as_strategy())
        def tried(case) -> None:
            response = case.call(headers={"Authorization": f"Bearer {alice.token}"})
            case.validate_response(
                response, checks=[not_a_server_error, status_code_conformance, response_schema_conformance]
            )

        tried()
