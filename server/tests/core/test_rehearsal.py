"""A dry run says what a write would do, word for word, and leaves nothing."""

from __future__ import annotations

import hashlib

import pytest
from django.core import mail
from django.db import connection

from brainstem.core.bulk.rehearsal import rehearse_rows
from brainstem.core.bulk.writing import Rows
from brainstem.core.model.registry import specs
from brainstem.core.models import Change, KeptAnswer, Tag

from ..lab import ATTRIBUTES, CATALOGUES, PROJECT_TREE, UNDER_ATTRIBUTES, path_of
from ..people import Person, unique

ANYWHERE = {"coordinates_system": "External_XYZ_Absolute", "coordinates_details": {}}
OF_ONE_WRITE = {"id", "created_at", "updated_at", "links"}


def dry(person, path, query="", /, *, portal="", headers=None, **rows):
    return person.post(f"{path}/bulk/?dry_run=true{query}", rows, portal=portal, **(headers or {}))


def everything() -> dict[str, str]:
    """A digest of the content of every table."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            content = "\n".join(sorted(map(repr, cursor.fetchall())))
            found[table] = hashlib.sha256(content.encode()).hexdigest()
    return found


def injection(lab, **details):
    return {"subject": lab["subject"], "type": "VirusInjection", **ANYWHERE, "details": details}


# -- nothing is left ----------------------------------------------------------------------------------------------------


def test_a_dry_run_leaves_every_table_as_it_was(lab, alice, django_capture_on_commit_callbacks):
    kept, gone = lab.add("subject"), lab.add("subject")
    rows = {
        "create": [lab.payload("subject") | {"tags": [unique("new")]} for _ in range(3)],
        "update": [{"id": kept["id"], "sex": "F", "tags": [unique("new")]}],
        "delete": [gone["id"]],
    }
    before = everything()
    with django_capture_on_commit_callbacks() as later:
        answer = dry(alice, "stem/subject", **rows, headers={"HTTP_IDEMPOTENCY_KEY": "one"})
    assert answer.status == 200, answer.body
    assert (len(answer.body["created"]), len(answer.body["updated"])) == (3, 1)
    assert (answer.body["deleted"], answer.body["dry_run"]) == ([gone["id"]], True)
    assert everything() == before
    assert later == []
    # The same rows, not dry, are written: names and key are free.
    done = alice.post("stem/subject/bulk/", rows, HTTP_IDEMPOTENCY_KEY="one")
    assert (done.status, done.headers["Idempotency-Replayed"]) == (200, "false")
    assert everything() != before


@pytest.mark.parametrize("path", ["taxonomies/strain", "stem/project", "users/group", "personal_attributes/setup"])
def test_what_a_write_would_tell_others_is_told_nobody(lab, alice, django_capture_on_commit_callbacks, path):
    name = path.rpartition("/")[2]
    row = lab.payload(name)
    before = everything()
    with django_capture_on_commit_callbacks(execute=True) as later:
        answer = dry(alice, path, create=[row])
    assert answer.status == 200, answer.body
    assert (everything() == before, later, mail.outbox) == (True, [], [])
    assert answer.body["created"][0]["name"] == row["name"]


def test_a_refused_dry_run_leaves_nothing_either(lab, alice):
    row = lab.payload("subject")
    before = everything()
    answer = dry(alice, "stem/subject", create=[row, {"name": unique("S")}])
    assert answer.status == 400
    assert everything() == before


# -- what it says ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names", [PROJECT_TREE, (*ATTRIBUTES, *UNDER_ATTRIBUTES), CATALOGUES, ("project", "group", "publication")]
)
def test_the_values_of_new_records_are_those_that_are_stored(lab, alice, admin, names):
    for name in names:
        who = admin.through("super") if name in CATALOGUES else alice
        row, path = lab.payload(name), path_of(name)
        told = dry(who, path, create=[row])
        assert told.status == 200, (name, told.body)
        stored = who.make(path, **row)
        assert told.body["created"][0]["id"] is None
        assert {key: value for key, value in told.body["created"][0].items() if key not in OF_ONE_WRITE} == {
            key: value for key, value in stored.items() if key not in OF_ONE_WRITE
        }


def test_values_are_told_in_the_form_in_which_they_would_be_kept(lab, alice):
    row = injection(lab, injectionVolume="300 nL")
    told = dry(alice, "modules/procedure", create=[row, row | {"details": {"injectionVolume": 300}}])
    assert told.status == 200, told.body
    volumes = [one["details"]["injectionVolume"] for one in told.body["created"]]
    assert volumes == [{"value": 300, "unit": "nL"}] * 2


def test_of_a_change_it_says_what_the_value_is_and_would_be(lab, alice):
    made = lab.add("subject", sex="M", tags=["a", "b"])
    rows = [{"id": made["id"], "sex": "F", "name": made["name"], "tags": ["b", "a"]}]
    told = dry(alice, "stem/subject", update=rows)
    assert told.body["changes"] == [{"sex": {"from": "M", "to": "F"}}]
    assert (told.body["updated"][0]["id"], told.body["updated"][0]["sex"]) == (made["id"], "F")
    assert alice.get(f"stem/subject/{made['id']}").record == made


@pytest.mark.parametrize(
    ("given", "changes"),
    [
        ("300 nL", {}), (300, {}), ({"value": 300.0, "unit": "nL"}, {}), ("0.3 uL", {}), ({"value": 0.3, "unit": "µL"}, {}),
        ("301 nL", {"from": {"value": 300, "unit": "nL"}, "to": {"value": 301, "unit": "nL"}}),
        ("300 µL", {"from": {"value": 300, "unit": "nL"}, "to": {"value": 300, "unit": "µL"}}),
    ],
)  # fmt: skip
def test_a_quantity_is_the_same_in_whatever_unit_it_is_given(lab, alice, given, changes):
    made = alice.make("modules/procedure", **injection(lab, injectionVolume="300 nL"))
    told = dry(alice, "modules/procedure", update=[{"id": made["id"], "details": {"injectionVolume": given}}])
    assert told.status == 200, told.body
    expected = {"details": {key: {"injectionVolume": value} for key, value in changes.items()}} if changes else {}
    assert told.body["changes"] == [expected]


@pytest.mark.parametrize("given", ["300 nL", 300, {"value": 300.0}])
def test_a_quantity_that_is_kept_already_is_not_written_again(lab, alice, given):
    made = alice.make("modules/procedure", **injection(lab, injectionVolume="300 nL"))
    before = Change.objects.count()
    again = alice.patch(f"modules/procedure/{made['id']}", {"details": {"injectionVolume": given}})
    assert (again.status, again.record["updated_at"], Change.objects.count()) == (200, made["updated_at"], before)
    other = alice.patch(f"modules/procedure/{made['id']}", {"details": {"injectionVolume": "301 nL"}})
    assert (other.status, Change.objects.count()) == (200, before + 1)


def test_a_bare_number_is_read_in_the_unit_of_the_type_and_not_in_the_one_that_is_stored(lab, alice):
    made = alice.make("modules/procedure", **injection(lab, injectionVolume="300 µL"))
    told = dry(alice, "modules/procedure", update=[{"id": made["id"], "details": {"injectionVolume": 300}}])
    assert told.body["changes"][0]["details"]["to"] == {"injectionVolume": {"value": 300, "unit": "nL"}}


def test_invitations_are_changes_although_the_record_does_not_show_them(lab, alice, charlie):
    group = alice.make("users/group", **lab.payload("group"))
    rows = [{"id": group["id"], "users": {charlie.email: {}}}, {"id": group["id"], "users": group["users"]}]
    told = [dry(alice, "users/group", update=[row]) for row in rows]
    assert [one.status for one in told] == [200, 200], told[0].body
    assert [list(one.body["changes"][0]) for one in told] == [["users"], []]


def test_ids_alone_and_includes_are_given_when_they_are_asked_for(lab, alice):
    kept, row = lab.add("subject"), lab.payload("subject")
    rows = {"create": [row], "update": [{"id": kept["id"], "sex": "F"}]}
    ids = dry(alice, "stem/subject", "&return=ids", **rows).body
    assert (ids["created"], ids["updated"], ids["changes"]) == (
        [None],
        [kept["id"]],
        [{"sex": {"from": "M", "to": "F"}}],
    )
    included = dry(alice, "stem/subject", "&include[]=projects", **rows).body
    assert included["created"][0]["projects"][0]["id"] == lab["project"]
    assert included["changes"] == ids["changes"]


def test_a_proposal_is_told_as_such_and_one_that_changes_nothing_says_so(lab, alice):
    strain = lab.add("strain")
    rows = [{"id": strain["id"], "description": "New."}]
    told = dry(alice, "taxonomies/strain", update=rows)
    assert (told.status, told.body["updated"][0]["action"], told.body["updated"][0]["id"]) == (200, "Change", None)
    assert set(told.body["changes"][0]) == {"description"}
    same = dry(alice, "taxonomies/strain", update=[{"id": strain["id"], "name": strain["name"]}])
    assert same.status == 400
    assert [(one["index"], one["unchanged"]) for one in same.body["errors"]] == [(0, True)]


def test_pages_of_the_server_get_it_without_http(lab, alice):
    from brainstem.core.access.actor import Actor
    from brainstem.core.access.viewer import Viewer

    actor = Actor(user_id=alice.user.pk, email=alice.email, via="browser")
    found = rehearse_rows(
        specs()["stem.Subject"], Rows(create=[lab.payload("subject")]), viewer=Viewer(actor, "private")
    )
    assert (len(found.created), found.updated, found.changes) == (1, [], [])


# -- it refuses what the write refuses ------------------------------------------------------------------------------------


def test_every_refusal_is_that_of_the_write(lab, alice, bob, charlie):
    theirs, good = charlie.make("stem/project", name=unique("Theirs")), lab.add("subject")
    row = lab.payload("subject")
    rows = {
        "create": [row, row, row | {"sex": "X"}, {"name": unique("S")}, "no object",
                   lab.payload("subject") | {"projects": [theirs["id"]]}, lab.payload("subject") | {"name": good["name"]}],
        "update": [{"id": good["id"], "birth_date": "soon"}, {"sex": "F"}, {"id": "x"}],
        "delete": [good["id"], good["id"], 7],
    }  # fmt: skip
    for who in (alice, bob, charlie):
        told, done = dry(who, "stem/subject", **rows), who.post("stem/subject/bulk/", rows)
        assert (told.status, told.body) == (done.status, done.body)
        assert told.status == 400


def test_limits_of_a_request_are_those_of_the_write(lab, alice):
    for body in ({"create": [{}] * 1001}, {"creates": []}, {"create": {}}, []):
        told = alice.post("stem/subject/bulk/?dry_run=1", body)
        done = alice.post("stem/subject/bulk/", body)
        assert (told.status, told.body) == (done.status, done.body)
        assert told.status == 400


def test_a_token_that_may_only_read_rehearses_no_write(lab, alice):
    reader = Person(alice.user, read_only=True)
    row = {"create": [lab.payload("subject")]}
    told, done = dry(reader, "stem/subject", **row), reader.post("stem/subject/bulk/", row)
    assert (told.status, told.body) == (done.status, done.body)
    assert told.body["errors"][0]["status"] == 403
    assert dry(alice, "stem/subject", **row).status == 200


def test_nobody_rehearses_in_the_public_portal(lab, nobody):
    assert dry(nobody, "stem/subject", create=[lab.payload("subject")]).status == 405


@pytest.mark.parametrize(
    "query", ["dry_run=maybe", "dry_run=true&dry_run=false", "dry-run=true", "dryrun=1", "dry_run"]
)
def test_a_dry_run_that_is_misspelled_is_no_write(lab, alice, query):
    row = lab.payload("subject")
    before = Change.objects.count()
    answer = alice.post(f"stem/subject/bulk/?{query}", {"create": [row]})
    assert (answer.status, Change.objects.count()) == (400, before)


def test_a_dry_run_that_is_false_is_a_write(lab, alice):
    assert alice.post("stem/subject/bulk/?dry_run=false", {"create": [lab.payload("subject")]}).status == 200
    assert KeptAnswer.objects.count() == 0


@pytest.mark.parametrize("method", ["post", "patch", "put", "delete"])
def test_where_there_is_no_dry_run_asking_for_one_writes_nothing(lab, alice, method):
    made, row = lab.add("subject"), lab.payload("subject")
    before = everything()
    path = "stem/subject/" if method == "post" else f"stem/subject/{made['id']}/"
    body = None if method == "delete" else row
    answer = alice.request(method, f"{path}?dry_run=true", body)
    assert (answer.status, list(answer.body)) == (400, ["dry_run"])
    assert everything() == before


def test_options_tell_that_there_are_dry_runs(alice):
    assert alice.options("stem/subject/bulk/").body["dry_run"] is True


def test_tags_of_a_dry_run_are_not_remembered(lab, alice):
    word = unique("word")
    row = {"create": [lab.payload("subject") | {"tags": [word]}]}
    assert dry(alice, "stem/subject", **row).body["created"][0]["tags"] == [word]
    assert not Tag.objects.filter(name=word).exists()
    made = alice.post("stem/subject/bulk/?return=records", row).body["created"][0]
    assert made["tags"] == [word]
