"""What was typed is found, compares equal and goes round, over HTTP; and what cannot be meant is refused."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

import pytest

from brainstem.core.text import lines

from ..people import unique

pytestmark = pytest.mark.databases

ANYWHERE = {"coordinates_system": "Stereotaxic_BregmaAbsolute", "coordinates_details": {}}


def found(person, path, **filters):
    """Ids of what a list answers to filters; double underscores are dots."""
    query = urlencode([(f"filter{{{name.replace('__', '.')}}}", value) for name, value in filters.items()])
    answer = person.get(path, query)
    assert answer.status == 200, answer.body
    return answer.ids


# -- rich text ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["Mice <P30 excluded; second cohort", "p < 0.05 & n > 3", "5 &lt; 6", "<p>R&D: p < 0.05</p>", "a\r\n\xa0b"]
)
def test_a_rich_text_is_found_as_it_was_typed_and_written_again_without_a_change(lab, alice, text):
    session = lab.add("session", description=text)
    assert session["description"] == text
    for operator in ("", ".icontains", ".iexact", ".startswith", ".in"):
        if operator != ".in" or "," not in text:
            query = f"filter{{description{operator}}}={quote(text)}"
            assert alice.get("stem/session", query).ids == [session["id"]], operator
    assert alice.patch(f"stem/session/{session['id']}", {"description": text}).record == session
    assert alice.patch(f"stem/session/{session['id']}", session).record == session


def test_a_text_with_tags_is_found_by_what_was_typed_though_it_is_kept_cleaned(lab, alice):
    typed = "<p onclick='x()'>Mice <P30 excluded</p><script>alert(1)</script>"
    session = lab.add("session", description=typed)
    assert session["description"] == "<p>Mice &lt;P30 excluded</p>"
    assert found(alice, "stem/session", description=typed) == [session["id"]]
    assert alice.patch(f"stem/session/{session['id']}", {"description": typed}).record == session


# -- names --------------------------------------------------------------------------------------------------------------

COMPOSED, APART = "Zo\u00eb", "Zoe\u0308"


def test_names_that_look_the_same_are_one_name(lab, alice):
    name = unique(COMPOSED)
    apart = name.replace(COMPOSED, APART)
    subject = lab.add("subject", name=apart, description=APART)
    assert (subject["name"], subject["description"]) == (name, APART)
    again = alice.post("stem/subject", lab.payload("subject") | {"name": name})
    assert (again.status, list(again.body)) == (400, ["name"])
    for spelling in (name, apart):
        assert found(alice, "stem/subject", name=spelling) == [subject["id"]]
        assert found(alice, "stem/subject", name__icontains=spelling.upper()) == [subject["id"]]
        assert found(alice, "stem/subject", name__in=f"x,{spelling}") == [subject["id"]]
        assert alice.get("stem/subject", f"search={quote(spelling)}").ids == [subject["id"]]
    assert alice.patch(f"stem/subject/{subject['id']}", {"name": apart}).record == subject


def test_tags_that_look_the_same_are_one_tag(lab, alice):
    tag = unique(COMPOSED)
    apart = tag.replace(COMPOSED, APART)
    one, two = lab.add("subject", tags=[tag, apart]), lab.add("subject", tags=[apart])
    assert (one["tags"], two["tags"]) == ([tag], [tag])
    assert found(alice, "stem/subject", tags=apart) == found(alice, "stem/subject", tags=tag) == [one["id"], two["id"]]


UNSEEN = {
    "\u200b": "U+200B (ZERO WIDTH SPACE)", "\u200d": "U+200D (ZERO WIDTH JOINER)", "\ufeff": "U+FEFF (ZERO WIDTH NO-BREAK SPACE)",
    "\u202e": "U+202E (RIGHT-TO-LEFT OVERRIDE)", "\u2066": "U+2066 (LEFT-TO-RIGHT ISOLATE)", "\t": "U+0009 (TAB)",
    "\n": "U+000A (LINE FEED)", "\x07": "U+0007 (a control character)", "\u2028": "U+2028 (LINE SEPARATOR)",
}  # fmt: skip


@pytest.mark.parametrize(("sign", "named"), UNSEEN.items(), ids=[name[:6] for name in UNSEEN.values()])
def test_a_character_that_nobody_sees_is_refused_by_its_name(lab, alice, sign, named):
    subject = lab["subject"]
    for field, value in (("name", f"mo{sign}use"), ("tags", [f"mo{sign}use"]), ("genotype", f"W{sign}T")):
        answer = alice.patch(f"stem/subject/{subject}", {field: value})
        assert (answer.status, list(answer.body)) == (400, [field])
        assert named in answer.body[field][0]
    seen = f" {unique('möuse № 5 👩🏽 ع')} "
    assert alice.patch(f"stem/subject/{subject}", {"name": seen, "tags": [seen]}).record["name"] == seen.strip()
    assert alice.patch(f"stem/subject/{subject}", {"description": f"a{sign}b"}).status == 200


# -- units --------------------------------------------------------------------------------------------------------------


def volume(lab, value):
    return {"subject": lab["subject"], "type": "VirusInjection", "details": {"injectionVolume": value}, **ANYWHERE}


def test_every_way_to_type_a_microliter_is_one(lab, alice):
    made = [
        alice.make("modules/procedure", **volume(lab, value))
        for value in ("12 ul", "12 uL", "12 µl", "12 μl", "12UL", {"value": 12, "unit": "μL"}, "0.012 ml")
    ]
    kept = [one["details"]["injectionVolume"] for one in made]
    assert kept == [*[{"value": 12, "unit": "µL"}] * 6, {"value": 0.012, "unit": "mL"}]
    for typed in ("12 ul", "12 uL", "12 µl", "12 μl", "12000 nl"):
        ids = found(alice, "modules/procedure", type="VirusInjection", details__injectionVolume=typed)
        assert ids == [one["id"] for one in made], typed


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"value": 12, "units": "mL"}, ["no key 'units'", "'unit'"]),
        ({"value": 12, "Unit": "mL"}, ["no key 'Unit'", "'unit'"]),
        ("1,5 nL", ["Write 1.5."]),
        ("1,500 nL", ["Write 1.500, or 1500"]),
        (True, ["got a boolean"]),
        ([12], ["got a list"]),
        (None, ["got null"]),
        ("much", ["got 'much'"]),
        ({"amount": 12}, ["got an object"]),
        ({"value": "12", "unit": "nL"}, ["got '12' as its value"]),
        ({"value": None, "unit": "nL"}, ["got null as its value"]),
        ({"value": 12, "unit": 3}, ["got '3' as its unit"]),
        ("12 gallons", ["got '12 gallons'"]),
    ],
)
def test_a_wrong_quantity_is_told_what_is_right(lab, alice, value, told):
    answer = alice.post("modules/procedure", volume(lab, value))
    assert (answer.status, list(answer.body)) == (400, ["details"])
    [message] = answer.body["details"]
    assert "Units: nL, µL, mL, L." in message
    assert "not of type" not in message
    assert [part for part in told if part not in message] == []
    assert alice.post("modules/procedure", volume(lab, "12 nL")).status == 201


def test_a_comma_in_a_number_is_told_what_to_write(lab, alice):
    answer = alice.get("modules/procedure", "filter{details.injectionVolume}=1,5 nL&filter{type}=VirusInjection")
    assert (answer.status, "Write 1.5." in answer.text) == (400, True)
    breeding = f"stem/breeding/{lab['breeding']}"
    answer = alice.patch(breeding, {"litter_size": "1,5"})
    assert (answer.status, "Write 1.5." in answer.text) == (400, True)
    assert alice.patch(breeding, {"litter_size": "7"}).record["litter_size"] == 7


@pytest.mark.parametrize("text", ["1_000", "１２", "1e20", "1e400", "NaN", 1e20, True])
def test_a_whole_number_is_written_with_digits(lab, alice, text):
    answer = alice.patch(f"stem/breeding/{lab['breeding']}", {"litter_size": text})
    assert (answer.status, list(answer.body)) == (400, ["litter_size"])
    assert alice.get("stem/breeding", f"filter{{litter_size}}={quote(str(text))}").status == 400
    assert alice.get("stem/breeding", "filter{litter_size}=5").status == 200


# -- lists of objects ---------------------------------------------------------------------------------------------------


@pytest.fixture
def strains(lab, admin):
    jax = [{"source": "JAX", "identifier": "000664"}, {"source": "MGI", "identifier": "3028467"}]
    rows = [jax, [{"source": "JAX", "identifier": "003548", "url": "https://x.example/"}], []]
    return [lab.add("strain", external_identifiers=one)["id"] for one in rows]


def test_a_list_of_objects_is_asked_for_what_any_of_its_rows_holds(lab, alice, strains):
    one, two, none = strains
    path = "taxonomies/strain"

    def those(**filters):
        return [pk for pk in found(alice, path, **filters) if pk in strains]

    assert those(external_identifiers__identifier="000664") == [one]
    assert those(external_identifiers__Identifier="3028467") == [one]
    assert those(external_identifiers__source="JAX") == [one, two]
    assert those(external_identifiers__identifier__in="000664,003548") == [one, two]
    assert those(external_identifiers__identifier__startswith="00") == [one, two]
    assert those(external_identifiers__url__icontains="X.EXAMPLE") == [two]
    assert those(external_identifiers__identifier__ne="000664") == [two, none]
    assert those(external_identifiers__source__isnull="true") == [none]
    assert those(**{"-external_identifiers__source": "MGI"}) == [two, none]
    # What holds of different rows does not hold of one.
    assert those(external_identifiers__source="JAX", external_identifiers__identifier="3028467") == []
    assert those(external_identifiers__source="MGI", external_identifiers__identifier="3028467") == [one]
    assert those(external_identifiers__0__source="MGI") == []
    assert those(external_identifiers__1__source="MGI") == [one]
    subject = lab.add("subject", strain=one)
    assert found(alice, "stem/subject", strain__external_identifiers__identifier="000664") == [subject["id"]]
    answer = alice.get(path, "sort[]=-external_identifiers.identifier&limit=100")
    assert [pk for pk in answer.ids if pk in strains] == [one, two, none]


def test_other_lists_of_objects_answer_too(lab, alice):
    links = [{"Repository": "DANDI", "URL": "https://dandi.example/3"}]
    roles = [{"user": alice.user.pk, "role": "Data curator"}]
    project = alice.make("stem/project", name=unique("P"), download_links=links, user_roles=roles)["id"]
    path = "stem/project"
    assert found(alice, path, download_links__URL="https://dandi.example/3") == [project]
    assert found(alice, path, download_links__url__icontains="DANDI.ex", download_links__repository="DANDI") == [
        project
    ]
    assert found(alice, path, user_roles__user=alice.user.pk, user_roles__role="Data curator") == [project]
    assert found(alice, path, user_roles__user__in=f"0,{alice.user.pk}") == [project]
    assert found(alice, path, user_roles__user="0") == []
    storage = lab.add("datastorage", data_protocols=[{"protocol": "SMB", "path": "/x", "is_public": True}],
                      data_organization=["Projects", "Subjects"])["id"]  # fmt: skip
    path = "personal_attributes/datastorage"
    assert found(alice, path, data_protocols__protocol="SMB", data_protocols__is_public="true") == [storage]
    assert found(alice, path, data_protocols__is_public="false") == []
    assert found(alice, path, data_organization__elements="Subjects") == [storage]
    path = "personal_attributes/setup"
    rows = lab.add("setup", specifications=[{"name": "length", "value": 100, "description": "cm"}])["id"]
    named = lab.add("setup", specifications={"length": 100})["id"]
    assert found(alice, path, specifications__name="length", specifications__value__gte="99") == [rows]
    assert found(alice, path, specifications__length="100") == [named]


@pytest.mark.parametrize(
    "name",
    ["download_links.addres", "user_roles.person", "user_roles.user.x", "data_protocols.path.x", "entries.weight",
     "entries.date_time.icontains"],
)  # fmt: skip
def test_a_key_that_no_row_has_is_refused(lab, alice, name):
    path = {"d": "stem/project", "u": "stem/project", "e": "modules/subjectlog"}[name[0]]
    path = "personal_attributes/datastorage" if name.startswith("data_") else path
    answer = alice.get(path, f"filter{{{name}}}=1")
    assert (answer.status, list(answer.body)) == (400, [f"filter{{{name}}}"])


def test_who_holds_a_role_is_asked_for_by_id(lab, alice):
    answer = alice.get("stem/project", "filter{user_roles.user}=alice")
    assert (answer.status, "id of a user" in answer.text) == (400, True)


def test_entries_of_logs_are_asked_for_times_quantities_and_notes(lab, alice):
    logs = [lab.add("subjectlog"), lab.add("subjectlog")]
    entries = [("2026-01-01T10:00:00Z", "21 g", "fed"), ("2026-01-02T10:00:00.5Z", "0.019 kg", None)]
    for log in logs[:1]:
        for time, weight, notes in entries:
            body = {"date_time": time, "details": {"weight": weight}, "notes": notes, "performed_by": alice.user.pk}
            assert alice.patch(f"modules/subjectlog/{log['id']}/add_entry", body).status == 200
    one, two = (log["id"] for log in logs)
    path = "modules/subjectlog"
    for filters in (
        {"entries__date_time": "2026-01-01T11:00:00+01:00"},
        {"entries__date_time__gt": "2026-01-02T10:00:00Z"},
        {"entries__date_time__range": "2026-01-02,2026-01-03"},
        {"entries__date_time__in": "2026-01-05,2026-01-02T10:00:00.5Z"},
        {"entries__details__weight": "19 g"},
        {"entries__details__weight__lt": "20000 mg"},
        {"entries__details__weight__gte": "21 g", "entries__notes": "fed"},
        {"entries__notes__icontains": "FE"},
        {"entries__performed_by": alice.user.pk},
    ):
        assert found(alice, path, type="Weighing", **filters) == [one], filters
    for filters in (
        {"entries__date_time__gt": "2026-01-02T10:00:00.5Z"},
        {"entries__details__weight__lt": "20 g", "entries__notes": "fed"},
        {"entries__performed_by": "0"},
    ):
        assert found(alice, path, type="Weighing", **filters) == [], filters
    assert found(alice, path, entries__date_time__ne="2026-01-01T10:00:00Z") == [two]
    assert alice.get(path, "filter{entries.date_time.gt}=soon").status == 400
    assert alice.get(path, "sort[]=-entries.date_time").ids == [one, two]
    assert alice.get(path, "sort[]=entries.details.weight&filter{type}=Weighing").ids == [one, two]


# -- sorting inside JSON ------------------------------------------------------------------------------------------------


def test_texts_inside_json_are_sorted_behind_the_numbers(lab, alice):
    values = ["Zoe", "Anna", 10, 9.5, "Ärger", None, "anna", -3]
    made = {}
    for value in values:
        extra = {} if value is None else {"experimenter": value}
        made[lab.add("subject", extra_fields=extra)["id"]] = value
    upwards = [-3, 9.5, 10, "Anna", "Zoe", "anna", "Ärger", None]
    downwards = [10, 9.5, -3, "Ärger", "anna", "Zoe", "Anna", None]
    for sign, wanted in (("", upwards), ("-", downwards)):
        query = f"sort[]={sign}extra_fields.experimenter"
        assert [made[pk] for pk in alice.get("stem/subject", query).ids if pk in made] == wanted
        seen, query = [], f"{query}&limit=1&cursor="
        for _ in range(len(values) + 2):
            answer = alice.get("stem/subject", query)
            assert answer.status == 200, answer.body
            seen += answer.ids
            if not answer.body["next"]:
                break
            query = answer.body["next"].partition("?")[2]
        assert [made[pk] for pk in seen if pk in made] == wanted


def test_the_description_names_every_character_of_the_basic_plane_that_nobody_sees():
    told = re.compile(f"[{lines.UNSEEN_CLASS}]")
    plane = [chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000]
    assert [sign for sign in plane if bool(told.match(sign)) != bool(lines.unseen(sign))] == []
