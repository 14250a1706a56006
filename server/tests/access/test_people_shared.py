"""``BRAINSTEM_PEOPLE=shared``: one sees whom one shares something with, and of others no more than a name."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile

from brainstem.apps.users.models import Group
from brainstem.core.access import scope
from brainstem.core.query import conditions, projection, run, sql
from brainstem.core.sql.fragment import TRUE

from ..people import Person, join_group, person, unique
from ..web.signing_in import client_of

USERS = "users/user"


@pytest.fixture(autouse=True)
def shared(settings):
    settings.BRAINSTEM_PEOPLE = "shared"


@pytest.fixture
def hugo(lab):
    """Somebody whom nobody in the lab works with."""
    found = person("hugo")
    found.user.last_name, found.user.website = "Hidden", "https://hugo.example/"
    found.user.save()
    return found


def seen_by(who: Person, query: str = "", **options) -> set[int]:
    answer = who.get(USERS, query, **options)
    assert answer.status == 200, answer.body
    return set(answer.ids)


def ids(*people: Person) -> set[int]:
    return {one.user.pk for one in people}


# -- lists and details ------------------------------------------------------------------------------------------------


def test_one_sees_oneself_and_whom_one_shares_something_with(lab, alice, bob, charlie, dana, hugo):
    assert seen_by(bob) == seen_by(dana) == ids(alice, bob, dana)
    assert seen_by(charlie) == ids(charlie)
    assert seen_by(hugo) == ids(hugo)
    assert bob.get(f"{USERS}/{alice.user.pk}").record["email"] == alice.email
    assert bob.get(f"{USERS}/{hugo.user.pk}").status == 404
    assert charlie.get(f"{USERS}/me").record["email"] == charlie.email


def test_a_common_group_is_enough_and_so_is_a_common_attribute(alice, charlie, hugo, lab):
    join_group(unique("Club"), hugo.user, charlie.user)
    assert seen_by(charlie) == ids(charlie, hugo)
    setup = lab.add("setup")
    assert alice.patch(f"personal_attributes/setup/{setup['id']}", {"users": {hugo.email: {}}}).status == 200
    assert ids(alice) < seen_by(hugo)


def test_administrators_see_everybody(admin, alice, charlie, hugo):
    for portal in ("private", "super"):
        assert ids(alice, charlie, hugo) < seen_by(admin, portal=portal)


def test_where_everyone_is_shown_nothing_changes(settings, charlie, hugo, alice):
    settings.BRAINSTEM_PEOPLE = "everyone"
    assert ids(alice, charlie, hugo) <= seen_by(charlie)
    assert charlie.get(f"{USERS}/{hugo.user.pk}").record["website"] == "https://hugo.example/"


# -- guessing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "filter{{email.startswith}}={email}",
        "filter{{email.in}}={email}",
        "filter{{email.iexact}}={email}",
        "filter{{-email}}=nobody@lab.example&filter{{email}}={email}",
        "filter{{email}}={email}&filter{{website.startswith}}=https",
        "filter{{email}}={email}&sort[]=website&cursor=",
        "filter{{email}}={email}&search=Hugo",
        "filter{{last_name}}=Hidden",
        "filter{{id}}={id}",
        "search=Hidden",
    ],
)
def test_nothing_but_the_whole_address_finds_somebody_hidden(lab, bob, hugo, query):
    asked = query.format(email=hugo.email, id=hugo.user.pk)
    assert hugo.user.pk not in seen_by(bob, asked)
    assert hugo.user.pk not in seen_by(bob, asked.replace("users", ""))


def test_the_whole_address_finds_a_name(bob, hugo, lab):
    [found] = bob.get(USERS, f"filter{{email}}={hugo.email}").records
    told = {"id": hugo.user.pk, "email": hugo.email, "first_name": "Hugo", "last_name": "Hidden"}
    assert {key: value for key, value in found.items() if value} == told
    assert set(found) == set(bob.get(f"{USERS}/me").record)
    assert bob.get(USERS, "filter{email}=nobody@lab.example").records == []


def test_options_list_whom_one_knows_and_find_others_by_address(lab, alice, bob, dana, hugo):
    path = "personal_attributes/license/options/"
    assert set(alice.get(path, "field=license_holders").ids) == ids(alice, bob, dana)
    [found] = alice.get(path, f"field=license_holders&filter{{email}}={hugo.email}").records
    assert (found["id"], found["website"]) == (hugo.user.pk, None)


# -- references -------------------------------------------------------------------------------------------------------


@pytest.fixture
def paper(lab, hugo):
    """A publication, which all may read, by Hugo."""
    journal = lab["journal"]
    sent = {"title": unique("Paper"), "authors": "H. Hidden", "journal": journal, "abstract": "Short."}
    return hugo.make("dissemination/publication", **sent, publication_date="2026-01-31")


def test_who_made_a_record_is_a_name(bob, hugo, paper):
    path = f"dissemination/publication/{paper['id']}"
    assert bob.get(path).record["created_by"] == hugo.user.pk
    maker = bob.get(path, "include[]=created_by&include[]=created_by.active_projects").record["created_by"]
    told = {"id": hugo.user.pk, "first_name": "Hugo", "last_name": "Hidden"}
    assert {key: value for key, value in maker.items() if value} == told
    assert hugo.get(path, "include[]=created_by").record["created_by"]["email"] == hugo.email


def test_nothing_is_guessed_through_a_record(bob, hugo, paper, alice):
    path, same = "dissemination/publication", f"filter{{id}}={paper['id']}"

    def found(query):
        return bob.get(path, f"{same}&{query}").ids

    assert found(f"filter{{created_by}}={hugo.user.pk}") == [paper["id"]]
    assert found(f"filter{{created_by.email}}={hugo.email}") == []
    assert found("filter{created_by.website.startswith}=https") == []
    assert found("filter{-created_by.website.startswith}=https") == [paper["id"]]
    own = hugo.get(path, f"{same}&filter{{created_by.email}}={hugo.email}").ids
    assert own == [paper["id"]]
    pages = [bob.get(path, f"limit=1&cursor=&sort[]={sign}created_by.website").body for sign in ("", "-")]
    assert all("hugo" not in str(page) for page in pages)


def test_a_portrait_is_shown_to_whom_one_knows(bob, alice, hugo, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for one in (alice, hugo):
        one.user.picture.save("x.jpg", ContentFile(b"picture"))
    join_group(unique("Club"), bob.user, alice.user)
    browser = client_of(bob.user)
    assert browser.get(f"/account/picture/{hugo.user.pk}/").status_code == 404
    shown = browser.get(f"/account/picture/{alice.user.pk}/")
    assert (shown.status_code, b"".join(shown.streaming_content)) == (200, b"picture")


# -- writing ----------------------------------------------------------------------------------------------------------


def test_people_are_invited_by_address_and_never_by_a_number_that_one_guesses(lab, alice, bob, hugo):
    invite = f"stem/project/{lab['project']}/invite"
    by_id, nobody = (alice.post(invite, {"user": number}) for number in (hugo.user.pk, 2**30))
    assert (by_id.status, nobody.status) == (400, 400)
    assert str(by_id.body).replace(str(hugo.user.pk), "?") == str(nobody.body).replace(str(2**30), "?")
    assert alice.post(invite, {"email": hugo.email}).status == 201
    assert alice.patch(f"stem/project/{lab['project']}", {"users": {hugo.email: {}}}).status == 200
    assert ids(hugo) < seen_by(bob)


@pytest.mark.parametrize("key", ["license_holders", "user_roles", "performed_by"])
def test_a_hidden_person_is_refused_like_nobody(lab, alice, hugo, key):
    def answer(number):
        if key == "license_holders":
            return alice.patch(f"personal_attributes/license/{lab['license']}", {key: [number]})
        if key == "user_roles":
            return alice.patch(f"stem/project/{lab['project']}", {key: [{"user": number, "role": "Project leader"}]})
        entry = {"datetime": "2026-01-01T10:00:00Z", "performed_by": number}
        return alice.post(f"modules/subjectlog/{lab['subjectlog']}/add_entry", entry)

    hidden, nobody = answer(hugo.user.pk), answer(2**30)
    assert hidden.status == nobody.status == 400
    assert hidden.text.replace(str(hugo.user.pk), "?") == nobody.text.replace(str(2**30), "?")


def test_what_a_record_says_of_a_hidden_person_can_be_sent_back(lab, alice, hugo, bob):
    license_ = f"personal_attributes/license/{lab['license']}"
    join_group(club := unique("Club"), alice.user, hugo.user)
    assert alice.patch(license_, {"license_holders": [hugo.user.pk, alice.user.pk]}).status == 200
    Group.objects.filter(name=club).delete()
    assert hugo.user.pk not in seen_by(alice)
    kept = alice.get(license_).record["license_holders"]
    assert hugo.user.pk in kept
    assert alice.patch(license_, {"license_holders": [*kept, bob.user.pk]}).status == 200
    assert alice.patch(license_, {"license_holders": [alice.user.pk]}).record["license_holders"] == [alice.user.pk]


# -- two worlds -------------------------------------------------------------------------------------------------------


def battery(lab, team) -> list[str]:
    """What somebody may ask who wants to know whether there is a Hugo."""
    people = [
        "",
        "limit=1",
        "sort[]=-email",
        "sort[]=email&cursor=&limit=2",
        "search=hugo",
        "filter{email.startswith}=hugo",
        "filter{-email.startswith}=alice",
        "filter{last_name}=Hidden",
        "filter{website.isnull}=false",
        "include[]=active_projects",
        "writable=true",
    ]
    asked = [f"/api/private/{USERS}/?{query}" for query in people]
    asked += [
        "/api/private/personal_attributes/license/options/?field=license_holders",
        "/api/private/personal_attributes/license/options/?field=license_holders&search=hug",
        f"/api/private/users/group/{team.pk}/",
        "/api/private/users/group/?filter{users}=1",
        "/api/private/users/laboratory/?include[]=principal_investigators",
        "/api/private/taxonomies/strain/?include[]=created_by&filter{created_by.email.startswith}=hugo",
        "/api/private/taxonomies/strain/?include[]=created_by&sort[]=created_by.email",
        f"/api/private/stem/project/{lab['project']}/",
        f"/api/private/stem/project/{lab['project']}/active_users/",
    ]
    return asked


def everything(reader: Person, asked: list[str]) -> list[tuple[int, str]]:
    return [((answer := reader.get(one)).status, answer.text) for one in asked]


@pytest.fixture
def worlds(lab, alice, bob, charlie):
    """Asks everything in a world without Hugo, then in the one with him, beside what he made for himself."""
    lab["strain"], lab["laboratory"]
    team = join_group(unique("Team"), alice.user)
    asked = battery(lab, team)

    def both():
        before = [everything(one, asked) for one in (bob, charlie)]
        hugo = person("hugo")
        hugo.user.last_name, hugo.user.website = "Hidden", "https://hugo.example/"
        hugo.user.save()
        team.memberships.create(user=hugo.user, level=1)
        project = hugo.make("stem/project", name=unique("Secret"))
        assert hugo.patch(f"{USERS}/me", {"active_projects": [project["id"]]}).status == 200
        hugo.make("stem/subject", name=unique("Subject"), projects=[project["id"]], sex="F", strain=lab["strain"])
        return before, [everything(one, asked) for one in (bob, charlie)]

    return both


def test_a_world_with_somebody_hidden_reads_like_one_without(worlds):
    before, after = worlds()
    assert before == after
    assert sum(status == 200 for status, _ in before[0]) > 15


@pytest.mark.parametrize("forgotten", ["lists", "filters"])
def test_the_two_worlds_differ_where_a_check_is_forgotten(worlds, monkeypatch, forgotten):
    def everybody(*_):
        return TRUE

    modules = {"lists": (scope, projection), "filters": (conditions, sql, scope)}[forgotten]
    for module in modules:
        monkeypatch.setattr(module, "readable", everybody)
    run.forget_compiled()
    try:
        before, after = worlds()
    finally:
        run.forget_compiled()
    assert before != after
