"""Filters, sorts, includes and pages over HTTP, as tables: what is asked, and the names that come back."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from ..people import unique

pytestmark = pytest.mark.databases

SUBJECTS = [
    # name, sex, birth_date, genotype, extra_fields, tags
    ("Rat_01", "M", "2025-01-31", "WT", {"weight": 250, "rig": "A"}, ["pilot"]),
    ("rat 02", "F", "2025-06-15", "PV-Cre", {"weight": 31.5, "rig": "B"}, ["pilot", "opto"]),
    ("Ärger", "F", None, "", {"rig": "a%b"}, []),
    ("ÄRGER 2", "U", "2024-12-31", "100%_wt", {"weight": "heavy"}, ["Opto"]),
    ("Ζεύς", "M", "2025-06-15", "pv-cre", {}, ["ΣΊΣΥΦΟΣ"]),
]


@pytest.fixture
def rats(lab, alice):
    """Five subjects in the project, and one that only Alice's other project has."""
    made = {}
    for name, sex, birth, genotype, extra, tags in SUBJECTS:
        made[name] = alice.make(
            "stem/subject", name=name, projects=[lab["project"]], strain=lab["strain"], sex=sex, birth_date=birth,
            genotype=genotype, extra_fields=extra, tags=tags,
        )  # fmt: skip
    return made


FILTERS = [
    ("filter{name}=Rat_01", {"Rat_01"}),
    ("filter{name.ne}=Rat_01", {"rat 02", "Ärger", "ÄRGER 2", "Ζεύς"}),
    ("filter{-name}=Rat_01", {"rat 02", "Ärger", "ÄRGER 2", "Ζεύς"}),
    ("filter{name.in}=Rat_01,Ärger", {"Rat_01", "Ärger"}),
    ("filter{name.in}=Rat_01&filter{name.in}=Ärger", {"Rat_01", "Ärger"}),
    ("filter{name.contains}=rat", {"rat 02"}),
    ("filter{name.icontains}=rat", {"Rat_01", "rat 02"}),
    ("filter{name.icontains}=_", {"Rat_01"}),
    ("filter{genotype.contains}=%25", {"ÄRGER 2"}),
    ("filter{name.icontains}=ärger", {"Ärger", "ÄRGER 2"}),
    ("filter{name.icontains}=ζΕΎς", {"Ζεύς"}),
    ("filter{name.startswith}=Rat", {"Rat_01"}),
    ("filter{name.istartswith}=RAT", {"Rat_01", "rat 02"}),
    ("filter{name.endswith}=2", {"rat 02", "ÄRGER 2"}),
    ("filter{name.iendswith}=ÄRGER", {"Ärger"}),
    ("filter{genotype.iexact}=PV-CRE", {"rat 02", "Ζεύς"}),
    ("filter{name.gt}=Z", {"rat 02", "Ärger", "ÄRGER 2", "Ζεύς"}),
    ("filter{name.range}=Q,S", {"Rat_01"}),
    ("filter{sex.in}=M,U", {"Rat_01", "ÄRGER 2", "Ζεύς"}),
    ("filter{birth_date}=2025-06-15", {"rat 02", "Ζεύς"}),
    ("filter{birth_date.gte}=2025-01-31", {"Rat_01", "rat 02", "Ζεύς"}),
    ("filter{birth_date.lt}=2025-01-31", {"ÄRGER 2"}),
    ("filter{birth_date.range}=2025-01-01,2025-02-01", {"Rat_01"}),
    ("filter{birth_date.year}=2025", {"Rat_01", "rat 02", "Ζεύς"}),
    ("filter{birth_date.month}=12", {"ÄRGER 2"}),
    ("filter{birth_date.day}=15&filter{sex}=F", {"rat 02"}),
    ("filter{birth_date.isnull}=true", {"Ärger"}),
    ("filter{-birth_date}=2025-06-15", {"Rat_01", "Ärger", "ÄRGER 2"}),
    ("filter{-birth_date.gte}=2025-01-01", {"Ärger", "ÄRGER 2"}),
    ("filter{created_at.year}=1999", set()),
    ("filter{tags}=pilot", {"Rat_01", "rat 02"}),
    ("filter{tags}=pilot&filter{tags}=opto", {"rat 02"}),
    ("filter{tags.icontains}=OPTO", {"rat 02", "ÄRGER 2"}),
    ("filter{tags.iexact}=σίσυφος", {"Ζεύς"}),
    ("filter{-tags}=pilot", {"Ärger", "ÄRGER 2", "Ζεύς"}),
    ("filter{tags.isnull}=true", {"Ärger"}),
    ("filter{extra_fields.weight.gte}=31.5", {"Rat_01", "rat 02"}),
    ("filter{extra_fields.weight}=250", {"Rat_01"}),
    ("filter{extra_fields.weight}=heavy", {"ÄRGER 2"}),
    ("filter{extra_fields.weight.in}=250,heavy", {"Rat_01", "ÄRGER 2"}),
    ("filter{extra_fields.weight.range}=30,40", {"rat 02"}),
    ("filter{extra_fields.rig.icontains}=A", {"Rat_01", "Ärger"}),
    ("filter{extra_fields.rig.contains}=%25", {"Ärger"}),
    ("filter{extra_fields.rig.isnull}=true", {"ÄRGER 2", "Ζεύς"}),
    ("filter{-extra_fields.rig}=A", {"rat 02", "Ärger", "ÄRGER 2", "Ζεύς"}),
    ("filter{extra_fields.isnull}=true", {"Ζεύς"}),
    ("filter{projects.name.istartswith}=project", {"Rat_01", "rat 02", "Ärger", "ÄRGER 2", "Ζεύς"}),
    ("filter{projects.name.istartswith}=nothing", set()),
    ("filter{supplier.isnull}=true&filter{sex}=U", {"ÄRGER 2"}),
    ("filter{species.name.istartswith}=mus&filter{sex}=U", {"ÄRGER 2"}),
    ("search=rat", {"Rat_01", "rat 02"}),
    ("search=ärger 2", {"ÄRGER 2"}),
]


@pytest.mark.parametrize(("query", "names"), FILTERS, ids=[query for query, _ in FILTERS])
def test_a_filter_finds_what_it_says(rats, alice, query, names):
    answer = alice.get("stem/subject", quote(query, safe="=&{}%"))
    assert answer.status == 200, answer.body
    assert {record["name"] for record in answer.records} == names
    assert answer.body["count"] == len(names)


SORTS = [
    ("sort[]=name", ["Rat_01", "rat 02", "ÄRGER 2", "Ärger", "Ζεύς"]),
    ("sort[]=-name", ["Ζεύς", "Ärger", "ÄRGER 2", "rat 02", "Rat_01"]),
    ("sort[]=birth_date", ["ÄRGER 2", "Rat_01", "rat 02", "Ζεύς", "Ärger"]),
    ("sort[]=-birth_date&sort[]=name", ["rat 02", "Ζεύς", "Rat_01", "ÄRGER 2", "Ärger"]),
    ("sort[]=sex&sort[]=-name", ["Ärger", "rat 02", "Ζεύς", "Rat_01", "ÄRGER 2"]),
    ("sort[]=extra_fields.weight", ["rat 02", "Rat_01", "ÄRGER 2", "Ärger", "Ζεύς"]),
    ("sort[]=-extra_fields.weight", ["Rat_01", "rat 02", "ÄRGER 2", "Ärger", "Ζεύς"]),
    ("", ["Rat_01", "rat 02", "Ärger", "ÄRGER 2", "Ζεύς"]),
]


@pytest.mark.parametrize(("query", "names"), SORTS, ids=[query or "by creation" for query, _ in SORTS])
def test_a_sort_is_by_code_point_with_nulls_last_and_total(rats, alice, query, names):
    assert [record["name"] for record in alice.get("stem/subject", query).records] == names


@pytest.mark.parametrize(("query", "names"), SORTS, ids=[query or "by creation" for query, _ in SORTS])
def test_a_cursor_walks_the_same_order_to_the_end(rats, alice, query, names):
    found, address = [], f"/api/private/stem/subject/?{query}&limit=2&cursor="
    while address:
        answer = alice.get(address.removeprefix("http://localhost:8000"))
        assert answer.body["count"] == 5
        found += [record["name"] for record in answer.records]
        address = answer.body["next"]
    assert found == names


REFUSED = [
    ("filter{nmae}=x", "filter{nmae}", "Did you mean 'name'"),
    ("filter{name.icontain}=x", "filter{name.icontain}", "'icontains'"),
    ("filter{strain.password}=x", "filter{strain.password}", "has no field 'password'"),
    ("filter{created_by.password}=x", "filter{created_by.password}", "has no field 'password'"),
    ("filter{birth_date}=soon", "filter{birth_date}", "YYYY-MM-DD"),
    ("filter{birth_date}=2025-02-30", "filter{birth_date}", "YYYY-MM-DD"),
    ("filter{birth_date.icontains}=2", "filter{birth_date.icontains}", "does not apply"),
    ("filter{projects}=12", "filter{projects}", "UUID"),
    ("filter{projects.id}=12", "filter{projects.id}", "UUID"),
    ("filter{name.isnull}=perhaps", "filter{name.isnull}", "true or false"),
    ("filter{name.regex}=x", "filter{name.regex}", "regex"),
    ("filter{name.range}=a", "filter{name.range}", "two values"),
    ("filter{users}=x", "filter{users}", "has no field"),
    ("sort[]=nam", "sort[]", "Did you mean 'name'?"),
    ("sort[]=extra_fields", "sort[]", "is an object"),
    ("sort[]=name.icontains", "sort[]", "Cannot sort by the operator"),
    ("include[]=projcts.*", "include[]", "Did you mean 'projects'"),
    ("include[]=projects.nothing.*", "include[]", "no relation 'nothing'"),
    ("exclude[]=nothing", "exclude[]", "no key 'nothing'"),
    ("exclude[]=projects.name", "exclude[]", "not included"),
    ("cursor=xyz", "cursor", "does not belong"),
]


@pytest.mark.parametrize(("query", "name", "hint"), REFUSED, ids=[query for query, _, _ in REFUSED])
def test_a_wrong_name_or_value_is_400_and_says_what_would_be_right(alice, query, name, hint):
    answer = alice.get("stem/subject", query)
    assert answer.status == 400
    assert list(answer.body) == [name]
    assert hint in answer.body[name][0]


def test_a_cursor_of_another_sort_is_refused(rats, alice):
    following = alice.get("stem/subject", "sort[]=name&limit=2&cursor=").body["next"]
    cursor = following.partition("cursor=")[2].partition("&")[0]
    assert alice.get("stem/subject", f"sort[]=-name&limit=2&cursor={cursor}").status == 400


def test_a_cursor_stays_in_place_when_rows_come_and_go(rats, alice, lab):
    first = alice.get("stem/subject", "sort[]=name&limit=2&cursor=")
    alice.delete(f"stem/subject/{first.records[1]['id']}")
    alice.make("stem/subject", name="AAA", projects=[lab["project"]], strain=lab["strain"], sex="M")
    second = alice.get(first.body["next"].removeprefix("http://localhost:8000"))
    assert [record["name"] for record in second.records] == ["ÄRGER 2", "Ärger"]


def test_two_keys_through_one_relation_hold_for_the_same_record(lab, alice):
    one = alice.make("stem/project", name=unique("Alpha"), description="beta")
    two = alice.make("stem/project", name=unique("Gamma"), description="delta")
    session = alice.make("stem/session", name=unique("S"), projects=[one["id"], two["id"]])
    both = f"filter{{projects.name}}={one['name']}&filter{{projects.description}}=delta"
    assert session["id"] not in alice.get("stem/session", both).ids
    same = f"filter{{projects.name}}={one['name']}&filter{{projects.description}}=beta"
    assert alice.get("stem/session", same).ids == [session["id"]]


def test_a_repeated_key_is_a_condition_of_its_own(lab, alice):
    one, two = (alice.make("stem/project", name=unique("Repeated")) for _ in range(2))
    session = alice.make("stem/session", name=unique("S"), projects=[one["id"], two["id"]])
    query = f"filter{{projects.id}}={one['id']}&filter{{projects.id}}={two['id']}"
    assert alice.get("stem/session", query).ids == [session["id"]]


def test_includes_nest_and_take_the_place_of_ids(lab, alice):
    behavior = lab.add("behavior")
    answer = alice.get(f"stem/session/{lab['session']}", "include[]=behaviors.setup.*&include[]=projects.*")
    shown = answer.record["behaviors"][0]
    assert shown["id"] == behavior["id"]
    assert shown["setup"]["name"]
    assert shown["subjects"] == [lab["subject"]]
    assert answer.record["projects"][0]["id"] == lab["project"]
    listed = alice.get("stem/session", "include[]=behaviors.setup.*&include[]=projects.*")
    assert listed.records[0] == answer.record


def test_a_key_can_be_left_out_at_any_depth(lab, alice):
    lab.add("behavior")
    answer = alice.get("stem/session", "include[]=behaviors&exclude[]=description&exclude[]=behaviors.notes")
    assert "description" not in answer.records[0]
    assert "notes" not in answer.records[0]["behaviors"][0]
    assert "order" in answer.records[0]["behaviors"][0]


def test_related_lists_know_the_same_language(rats, lab, alice):
    below = f"stem/project/{lab['project']}/subjects/"
    answer = alice.get(below, "filter{name.icontains}=rat&sort[]=-name&limit=1")
    assert (answer.body["count"], answer.records[0]["name"]) == (2, "rat 02")
    assert answer.body["next"].endswith("offset=1")


def test_a_record_that_is_not_seen_has_no_related_lists(lab, charlie):
    assert charlie.get(f"stem/project/{lab['project']}/subjects/").status == 404


def test_writable_narrows_to_what_may_be_changed(lab, alice, bob):
    session = lab.add("session")
    assert session["id"] in alice.get("stem/session", "writable=true").ids
    assert session["id"] in bob.get("stem/session").ids
    assert bob.get("stem/session", "writable=true").ids == []


def test_pages_cover_everything_once_in_order(rats, alice):
    names = []
    for page in (1, 2, 3):
        answer = alice.get("stem/subject", f"page={page}&per_page=2")
        names += [record["name"] for record in answer.records]
        assert answer.body["meta"] == {"page": page, "per_page": 2, "total_results": 5, "total_pages": 3}
    assert names == [name for name, *_ in SUBJECTS]
    assert alice.get("stem/subject", "page=4&per_page=2").records == []
    assert alice.get("stem/subject", "offset=100").body["count"] == 5


def test_next_and_previous_lead_through_the_list(rats, alice):
    first = alice.get("stem/subject", "limit=2&sort[]=name")
    assert first.body["previous"] is None
    second = alice.get(first.body["next"].removeprefix("http://localhost:8000"))
    assert second.body["previous"].endswith("offset=0")
    assert list(second.body) == ["subjects", "count", "next", "previous", "meta"]


@pytest.mark.parametrize("alias", ["consumablestock", "equipment", "procedurelog", "publication", "laboratory"])
def test_filters_that_released_clients_send_are_taken(lab, alice, alias):
    queries = {
        "consumablestock": f"filter{{subject.id}}={lab['subject']}",
        "equipment": f"filter{{session.id}}={lab['session']}",
        "procedurelog": f"filter{{subject.id}}={lab['subject']}",
        "publication": "filter{name.icontains}=a",
        "laboratory": "filter{name.icontains}=a",
    }
    paths = {"publication": "dissemination/publication", "laboratory": "users/laboratory"}
    path = paths.get(alias, f"modules/{alias}")
    assert alice.get(path, queries[alias]).status == 200
    answer = alice.get(path, queries[alias] + "&filter{tags}=1")
    assert (answer.status, answer.body["count"]) == (200, 0)
