"""How large a value may be that is stored: refused by name, beside what still fits."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.apps.modules import log_entries
from brainstem.apps.modules.entries import differing
from brainstem.apps.modules.models.data_acquisition import DataAcquisition
from brainstem.apps.modules.models.logs import SubjectLog
from brainstem.apps.personal_attributes.models.license import License
from brainstem.apps.stem.models.cohort import Cohort
from brainstem.apps.stem.models.session import Session
from brainstem.apps.stem.models.subject import Subject
from brainstem.core.model import limits
from brainstem.core.model.values import MAX_JSON_DEPTH
from brainstem.core.models import Change

from ..people import unique

pytestmark = pytest.mark.databases

LIMIT = 64 * 1024


def fields_of(size: int) -> dict[str, str]:
    """Extra fields of so many bytes of JSON."""
    return {"a": "x" * (size - len('{"a":""}'))}


@pytest.fixture
def session(lab):
    return f"stem/session/{lab['session']}"


def told_of(answer, name: str) -> str:
    """What a refusal says at one field, the only one that it names."""
    assert (answer.status, list(answer.body)) == (400, [name]), answer.body
    return " ".join(answer.body[name])


@pytest.mark.parametrize("method", ["post", "put", "patch"])
def test_a_json_column_takes_64_kb_and_not_a_byte_more(lab, alice, session, method):
    payload = {"name": unique("Session"), "projects": [lab["project"]]}
    address = "stem/session" if method == "post" else session
    fits = alice.request(method, address, payload | {"extra_fields": fields_of(LIMIT)})
    assert fits.status in (200, 201), fits.body
    payload["name"] = unique("Session")
    told = told_of(alice.request(method, address, payload | {"extra_fields": fields_of(LIMIT + 1)}), "extra_fields")
    assert "65 kB" in told
    assert "64 kB" in told


def test_the_size_of_a_json_column_is_a_setting(alice, session, settings):
    settings.BRAINSTEM_MAX_JSON_BYTES = 1024
    assert alice.patch(session, {"extra_fields": fields_of(1024)}).status == 200
    assert "1 kB" in told_of(alice.patch(session, {"extra_fields": fields_of(1025)}), "extra_fields")


LARGE = {
    "details": ("modules/dataacquisition", "dataacquisition", {"fileName": "x" * LIMIT}),
    "coordinates_details": ("modules/procedure", "procedure", {"note": "x" * LIMIT}),
    "specifications": ("personal_attributes/setup", "setup", {"length": "x" * LIMIT}),
    "data_organization": ("personal_attributes/datastorage", "datastorage", [{"elements": "x" * LIMIT}]),
    "data_protocols": ("personal_attributes/datastorage", "datastorage", [{"protocol": "x" * LIMIT}]),
    "download_links": ("stem/project", "project", [{"Repository": "DANDI", "URL": "https://a.example/" + "x" * LIMIT}]),
    "user_roles": ("stem/project", "project", [{"user": "x" * LIMIT, "role": "Data curator"}]),
    "external_identifiers": ("taxonomies/strain", "strain", [{"source": "Other", "identifier": "x" * LIMIT}]),
}


@pytest.mark.parametrize("name", LARGE)
def test_every_json_column_has_the_limit(lab, alice, name):
    path, model, value = LARGE[name]
    assert "64 kB" in told_of(alice.post(path, lab.payload(model) | {name: value}), name)


def test_rows_and_forms_have_the_limit_too(lab, alice, session):
    row = lab.payload("session") | {"extra_fields": fields_of(LIMIT + 1)}
    errors = alice.post("stem/session/bulk", {"create": [lab.payload("session"), row]}).body["errors"]
    assert [(one["index"], list(one["errors"])) for one in errors] == [(1, ["extra_fields"])]
    form = f"name={unique('S')}&extra_fields=%7B%22a%22%3A%22{'x' * LIMIT}%22%7D"
    answer = alice.patch(session, form, content_type="application/x-www-form-urlencoded")
    assert "64 kB" in told_of(answer, "extra_fields")


def test_proposals_have_the_limit_too(lab, alice):
    value = [{"source": "Other", "identifier": "x" * LIMIT}]
    answer = alice.patch(f"taxonomies/strain/{lab['strain']}", {"external_identifiers": value})
    assert "64 kB" in told_of(answer, "external_identifiers")
    fits = alice.patch(
        f"taxonomies/strain/{lab['strain']}", {"external_identifiers": [{"source": "Other", "identifier": "x"}]}
    )
    assert fits.status == 200, fits.body


def test_units_that_are_filled_in_count(lab, alice, settings):
    payload = {"session": lab["session"], "type": "ExtracellularEphys", "details": {"sr": 20000}}
    kept = alice.make("modules/dataacquisition", **payload)["details"]
    assert kept["sr"]["unit"]
    settings.BRAINSTEM_MAX_JSON_BYTES = limits.json_size(kept)
    assert alice.post("modules/dataacquisition", payload).status == 201
    settings.BRAINSTEM_MAX_JSON_BYTES -= 1
    assert limits.json_size(payload["details"]) < settings.BRAINSTEM_MAX_JSON_BYTES
    told_of(alice.post("modules/dataacquisition", payload), "details")


def test_nesting_has_a_limit(alice, session, lab):
    def nested(depth: int) -> dict:
        value: dict = {"a": 1}
        for _ in range(depth):
            value = {"a": value}
        return value

    payload = {"session": lab["session"], "type": "ExtracellularEphys"}
    deep = alice.post("modules/dataacquisition", payload | {"details": nested(MAX_JSON_DEPTH + 1)})
    assert "Nested deeper" in told_of(deep, "details")
    deeper = alice.post("modules/dataacquisition", payload | {"details": nested(900)})
    assert "Nested deeper" in told_of(deeper, "details")


def test_what_is_larger_already_is_read_and_saved_again_unchanged(lab, alice, session):
    large = fields_of(2 * LIMIT)
    Session.objects.filter(pk=lab["session"]).update(extra_fields=large)
    record = alice.get(session).record
    assert record["extra_fields"] == large
    assert alice.put(session, record | {"description": "New."}).status == 200
    assert alice.patch(session, {"extra_fields": large}).status == 200
    assert "64 kB" in told_of(alice.patch(session, {"extra_fields": large | {"b": 1}}), "extra_fields")
    assert alice.patch(session, {"extra_fields": {"b": 1}}).record["extra_fields"] == {"b": 1}


def test_larger_details_stay_when_something_else_is_changed(lab, alice):
    made = lab.add("dataacquisition")["id"]
    large = {"fileName": "x" * (2 * LIMIT)}
    DataAcquisition.objects.filter(pk=made).update(details=large)
    answer = alice.patch(f"modules/dataacquisition/{made}", {"notes": "n"})
    assert (answer.status, answer.record["details"]) == (200, large)


def test_texts_without_a_length_have_one(lab, alice):
    payload = lab.payload("publication")
    fits = alice.post("dissemination/publication", payload | {"abstract": "x" * limits.MAX_TEXT})
    assert fits.status == 201, fits.body
    long = lab.payload("publication") | {"abstract": "x" * 100_001}
    told = told_of(alice.post("dissemination/publication", long), "abstract")
    assert "100000" in told
    csl = {"title": unique("Paper"), "abstract": "x" * 100_001, "publication_date": "2026-01-31"}
    told_of(alice.post("dissemination/publication", {"csl": csl, "journal": lab["journal"], "authors": "A",
                                                     "publication_date": "2026-01-31"}), "csl")  # fmt: skip


# -- lists ------------------------------------------------------------------------------------------------------------


def statements(do) -> int:
    with CaptureQueriesContext(connection) as captured:
        do()
    return len(captured)


def test_a_list_of_ids_is_refused_by_name_before_its_ids_are_looked_at(lab, alice):
    ids = ["no id"] * (limits.MAX_IDS + 1)
    told = told_of(alice.post("stem/cohort", lab.payload("cohort") | {"subjects": ids}), "subjects")
    assert f"at most {limits.MAX_IDS} ids of subjects" in told
    told = told_of(alice.post("stem/subject", lab.payload("subject") | {"projects": ids}), "projects")
    assert f"at most {limits.MAX_IDS} ids of projects" in told


def many_subjects(lab, number: int) -> list[str]:
    first = Subject.objects.get(pk=lab["subject"])
    made = Subject.objects.bulk_create(
        [
            Subject(name=unique("S"), sex="F", strain_id=first.strain_id, audience_id=first.audience_id)
            for _ in range(number)
        ]
    )
    links = Subject.projects.through
    links.objects.bulk_create([links(subject_id=one.pk, project_id=lab["project"]) for one in made])
    return [str(one.pk) for one in made]


def test_more_than_ten_thousand_ids_are_taken_in_a_few_statements(lab, alice):
    few, many = many_subjects(lab, 3), many_subjects(lab, 10_500)
    cohort = lab.add("cohort")["id"]
    small = statements(lambda: alice.patch(f"stem/cohort/{cohort}", {"subjects": few}))
    answer: list = []
    large = statements(lambda: answer.append(alice.patch(f"stem/cohort/{cohort}", {"subjects": few + many})))
    assert (answer[0].status, len(answer[0].record["subjects"])) == (200, len(few + many))
    assert answer[0].record["subjects"] == few + many
    assert large < small + 100
    assert Cohort.objects.get(pk=cohort).subjects.count() == len(few + many)


def test_as_many_ids_as_a_record_has_may_be_sent_back(lab, alice, monkeypatch):
    monkeypatch.setattr(limits, "MAX_IDS", 2)
    license_ = lab.add("license")["id"]
    links = Subject.licenses.through
    subjects = many_subjects(lab, 4)
    links.objects.bulk_create([links(subject_id=one, license_id=license_) for one in subjects])
    record = alice.get(f"personal_attributes/license/{license_}").record
    assert len(record["subjects"]) == 4
    assert alice.put(f"personal_attributes/license/{license_}", record).status == 200
    more = record | {"subjects": [*record["subjects"], lab["subject"]]}
    told_of(alice.patch(f"personal_attributes/license/{license_}", {"subjects": more["subjects"]}), "subjects")
    assert License.objects.get(pk=license_).subjects.count() == 4


STRUCTURED = {
    "user_roles": ("stem/project", "project", {"user": "a@b.example", "role": "Data curator"}),
    "download_links": ("stem/project", "project", {"Repository": "DANDI", "URL": "https://a.b"}),
    "data_protocols": ("personal_attributes/datastorage", "datastorage", {"protocol": "p"}),
    "data_organization": ("personal_attributes/datastorage", "datastorage", {"elements": "e"}),
    "external_identifiers": ("taxonomies/strain", "strain", {"source": "a", "identifier": "b"}),
    "specifications": ("personal_attributes/setup", "setup", {"name": "a"}),
}


@pytest.mark.parametrize("name", STRUCTURED)
def test_structured_lists_have_a_number_of_rows_at_most(lab, alice, name):
    path, model, row = STRUCTURED[name]
    told = told_of(alice.post(path, lab.payload(model) | {name: [row] * (limits.MAX_ROWS + 1)}), name)
    assert f"at most {limits.MAX_ROWS} values" in told


@pytest.mark.parametrize("key", ["users", "groups", "authenticated_groups"])
def test_maps_of_roles_have_a_number_of_holders_at_most(lab, alice, key):
    names = [f"{n}@b.example" for n in range(limits.MAX_HOLDERS + 1)]
    value = list(range(len(names))) if key == "authenticated_groups" else {name: {} for name in names}
    address = f"personal_attributes/setup/{lab['setup']}"
    told = told_of(alice.patch(address, {key: value}), key)
    assert f"at most {limits.MAX_HOLDERS} " in told


def test_the_storages_of_a_session_are_checked_in_a_fixed_number_of_statements(lab, alice):
    storages = [lab.add("datastorage")["id"] for _ in range(6)]
    address = f"stem/session/{lab['session']}"
    one = statements(lambda: alice.patch(address, {"datastorage": storages[:1]}))
    five = statements(lambda: alice.patch(address, {"datastorage": storages[1:]}))
    assert five <= one + 1


# -- logs -------------------------------------------------------------------------------------------------------------


def weighings(number: int) -> list[dict]:
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    return [
        {
            "date_time": (start + dt.timedelta(hours=n)).isoformat().replace("+00:00", "Z"),
            "notes": None,
            "details": {"weight": {"value": 20 + n % 10, "unit": "g"}},
        }
        for n in range(number)
    ]


@pytest.fixture
def log(lab):
    return lab.add("subjectlog")["id"]


ENTRY = {"date_time": "2026-01-01T10:00:00Z", "details": {"weight": 30}}


def test_ten_thousand_weighings_fit_into_a_log_and_one_more_is_added(alice, log):
    SubjectLog.objects.filter(pk=log).update(entries=weighings(10_000))
    answer = alice.patch(f"modules/subjectlog/{log}/add_entry", ENTRY)
    assert (answer.status, len(answer.record["entries"])) == (200, 10_001)
    assert alice.patch(f"modules/subjectlog/{log}", {"description": "d"}).status == 200


def test_one_entry_has_the_limit_of_a_json_column(alice, log):
    long = ENTRY | {"details": {"weight": 30, "comment": "x" * LIMIT}}
    for action in ("add_entry", "change_entry"):
        told = told_of(alice.patch(f"modules/subjectlog/{log}/{action}", long), "details")
        assert "64 kB" in told
        alice.patch(f"modules/subjectlog/{log}/add_entry", ENTRY)


@pytest.mark.parametrize(("name", "most"), [("MAX_ENTRIES", 3), ("MAX_BYTES", 400)])
def test_a_full_log_takes_no_more_and_can_be_shortened(alice, log, monkeypatch, name, most):
    SubjectLog.objects.filter(pk=log).update(entries=weighings(4))
    monkeypatch.setattr(log_entries, name, most)
    address = f"modules/subjectlog/{log}"
    told = told_of(alice.patch(f"{address}/add_entry", ENTRY), "non_field_errors")
    assert "another one" in told
    first = {"date_time": "2020-01-01T00:00:00Z"}
    assert alice.patch(f"{address}/change_entry", first | {"notes": None}).status == 200
    for entry in weighings(4)[:3]:
        assert alice.patch(f"{address}/remove_entry", {"date_time": entry["date_time"]}).status == 200
    assert alice.patch(f"{address}/add_entry", ENTRY).status == 200


def test_history_keeps_of_a_log_the_entry_that_changed(alice, log):
    SubjectLog.objects.filter(pk=log).update(entries=weighings(50))
    address, first = f"modules/subjectlog/{log}", {"date_time": "2020-01-01T00:00:00Z"}
    alice.patch(f"{address}/add_entry", ENTRY)
    alice.patch(f"{address}/change_entry", first | {"notes": "tail wet"})
    alice.patch(f"{address}/remove_entry", first)
    lines = Change.objects.filter(record_id=log, action__endswith="_entry").order_by("pk")
    kept = {one.action: (one.before["entries"], one.after["entries"]) for one in lines}
    assert [len(kept["add_entry"][at]) for at in (0, 1)] == [0, 1]
    assert [one[0]["notes"] for one in kept["change_entry"]] == [None, "tail wet"]
    assert [len(kept["remove_entry"][at]) for at in (0, 1)] == [1, 0]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([1, 2, 3], [1, 2, 3], ([], [])),
        ([1, 3], [1, 2, 3], ([], [2])),
        ([1, 2, 3], [1, 3], ([2], [])),
        ([1, 2, 3], [1, 4, 3], ([2], [4])),
        ([], [1], ([], [1])),
        ([1, 1], [1, 1, 1], ([], [1])),
    ],
    ids=str,
)
def test_what_differs_between_two_lists_of_entries(before, after, expected):
    assert differing(before, after) == expected
