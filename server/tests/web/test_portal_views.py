"""Saved views: a list under a name, one's own or shared, that says when it was changed and shows nothing hidden."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.apps.users.list_models import SavedView
from brainstem.apps.users.own_data import archive
from brainstem.web.acting import acting

from ..people import join_group, unique
from .pages import Reader

pytestmark = pytest.mark.databases

SUBJECTS = "/private/stem/subject/"
VIEWS = f"{SUBJECTS}views/"
ADDRESS = "sex=F&sort=-name&columns=age,sex&widths=age-8&pin=1&per=2&density=compact"


@pytest.fixture
def reader(alice):
    return Reader(alice)


@pytest.fixture
def mice(lab):
    return [
        lab.add("subject", name=f"Mouse {number}", sex="F" if number % 2 else "M", tags=["pilot"] if number < 2 else [])
        for number in range(6)
    ]


def names(page):
    return re.findall(r">(Mouse \d)</a></th>", page.text)


def heads(page):
    head = page.text.partition("<thead>")[2].partition("</thead>")[0]
    return [one for one in re.findall(r">([A-Z]\w+)<", head) if one in ("Status", "Sex", "Strain", "Age", "Tags")]


def saved(reader, address=ADDRESS, *, name="Females", holder="", path=VIEWS):
    """The address of a new view."""
    done = reader.post(f"{path}?{address}", _do="save_as", name=name, holder=holder)
    assert done.status == 303, done.words
    return done.to


def slug_of(address):
    return address.partition("view=")[2]


def state(page):
    changed = re.search(r"Changed: ([^<]+)<", page.text)
    return names(page), heads(page), 'data-density="compact"' in page.text, changed[1] if changed else ""


# -- one's own ---------------------------------------------------------------------------------------------------------


def test_a_view_is_the_whole_list_under_one_name(reader, bob, mice):
    address = saved(reader)
    assert re.fullmatch(SUBJECTS + r"\?view=females-[a-z0-9]{6}", address)
    page = reader.get(address)
    assert state(page) == (["Mouse 5", "Mouse 3"], ["Age", "Sex"], True, "")
    assert "w8 pin left-1" in page.text
    assert 'Sex <span class="op">' in page.text
    assert f'href="{address}" aria-current="page">Females</a>' in page.text
    listed = reader.get(SUBJECTS)
    assert names(listed) == [f"Mouse {number}" for number in reversed(range(6))]
    assert address in listed.links
    # Nobody else has it, and an unknown one is told in the same words.
    other, unknown = Reader(bob).get(address), Reader(bob).get(f"{SUBJECTS}?view=females-222222")
    assert other.status == unknown.status == 400
    assert "There is no view" in other.words
    assert "Females" not in other.text + Reader(bob).get(SUBJECTS).text
    files = reader.get(f"{SUBJECTS}export/csv/?view={slug_of(address)}").text.splitlines()
    assert [line.split(",")[0] for line in files[1:]] == ["Mouse 5", "Mouse 3", "Mouse 1"]
    assert reader.get(f"{SUBJECTS}export/ndjson/?view={slug_of(address)}").text.count('"sex":"F"') == 3


def test_columns_and_filter_are_two_layers_of_one_address(reader, mice):
    address = saved(reader)
    query = address.partition("?")[2]
    columns = {"column": ["tags"], "pin": "0", "per": "2", "density": "compact"}
    done = reader.post(f"{SUBJECTS}columns/?{query}", _do="apply", **columns)
    assert done.to == f"{SUBJECTS}?{query}&columns=tags#columns"
    page = reader.get(done.to.partition("#")[0])
    assert state(page) == (["Mouse 5", "Mouse 3"], ["Tags"], True, "columns")
    assert state(reader.get(SUBJECTS))[1] != ["Tags"]  # those of the view are not kept for the list
    # The other way round: a filter more, a filter less, another word, another type keep the columns.
    more = reader.get(f"{SUBJECTS}?{query}&columns=tags&_field=tags&_op=eq&_value=pilot").to
    assert state(reader.get(more)) == (["Mouse 1"], ["Tags"], True, "columns, filter")
    without = next(link for link in page.links if "search=" in link and "sex=" not in link and "columns=tags" in link)
    assert names(reader.get(without)) == ["Mouse 5", "Mouse 4"]
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text.partition("filter-search")[2].partition("</form>")[0]))  # fmt: skip
    assert kept == {"view": slug_of(address), "columns": "tags", "sex": "F"}
    assert names(reader.get(SUBJECTS, **kept, search="Mouse 3")) == ["Mouse 3"]
    # An order, rows and a density of their own.
    assert names(reader.get(f"{address}&sort=name")) == ["Mouse 1", "Mouse 3"]
    assert state(reader.get(f"{address}&per=50&density=comfortable"))[2:] == (False, "rows per page, density")
    assert names(reader.get(f"{address}&page=2")) == ["Mouse 1"]
    assert "Changed:" not in reader.get(f"{address}&page=2&sex=F&sort=-name").words


def test_a_changed_view_is_saved_saved_as_another_or_reset(reader, mice):
    address = saved(reader)
    changed = f"{address}&sex=M"
    page = reader.get(changed)
    assert state(page)[3] == "filter"
    assert address in page.links
    form = re.search(r'class="changed" method="post" action="([^"]+)"', page.text)[1]
    assert form == f"{VIEWS}?{changed.partition('?')[2].replace('&', '&amp;')}"
    other = saved(reader, changed.partition("?")[2], name="Males")
    assert names(reader.get(other)) == ["Mouse 4", "Mouse 2"]
    assert names(reader.get(address)) == ["Mouse 5", "Mouse 3"]
    done = reader.post(f"{VIEWS}?{changed.partition('?')[2]}", _do="save")
    assert (done.status, done.to) == (303, address)
    assert state(reader.get(address)) == (["Mouse 4", "Mouse 2"], ["Age", "Sex"], True, "")
    # Columns alone: the filter stays as it was.
    reader.post(f"{VIEWS}?{address.partition('?')[2]}&columns=tags", _do="save")
    assert state(reader.get(address)) == (["Mouse 4", "Mouse 2"], ["Tags"], True, "")


def test_views_are_renamed_and_deleted(reader, bob, mice):
    address = saved(reader)
    slug = slug_of(address)
    assert reader.post(VIEWS, _do="rename", view=slug, name="  Only   females ").to == VIEWS
    assert "Only females" in reader.get(address).words
    second = slug_of(saved(reader, name="Second"))
    taken = reader.post(VIEWS, _do="rename", view=second, name="Only females")
    assert taken.status == 409
    assert "Choose another name" in taken.words
    for wrong in ("", " ", "x" * 81):
        assert reader.post(VIEWS, _do="rename", view=slug, name=wrong).status == 422
    assert "Delete the view “Only females”" in reader.get(VIEWS, _delete=slug).words
    for act in ("rename", "delete", "open"):
        assert Reader(bob).post(VIEWS, _do=act, view=slug, name="Mine").status == 404
    assert Reader(bob).get(VIEWS, _delete=slug).status == 404
    assert reader.post(VIEWS, _do="delete", view=slug).status == 303
    assert reader.get(address).status == 400
    assert reader.post(VIEWS, _do="delete", view=slug).status == 404
    assert Reader().post(VIEWS, _do="delete", view=second).status == 302
    assert Reader().get("/public/stem/subject/views/").status == 404
    assert [one.name for one in SavedView.objects.all()] == ["Second"]


def test_the_list_opens_with_ones_default_when_its_address_says_nothing_else(reader, bob, mice):
    address = saved(reader)
    slug = slug_of(address)
    assert reader.post(VIEWS, _do="open", view=slug).status == 303
    page = reader.get(SUBJECTS)
    assert state(page) == (["Mouse 5", "Mouse 3"], ["Age", "Sex"], True, "")
    assert f"view={slug}" in next(link for link in page.links if "page=2" in link)
    everything = f"{SUBJECTS}?view=all"
    assert everything in page.links
    assert len(names(reader.get(everything))) == 6
    assert len(names(reader.get(SUBJECTS, tags="pilot"))) == 2
    # What removes the last filter does not lead back to the default.
    assert everything in reader.get(SUBJECTS, tags="pilot").links
    assert len(names(Reader(bob).get(SUBJECTS))) == 6
    reader.post(VIEWS, _do="delete", view=slug)
    assert len(names(reader.get(SUBJECTS))) == 6
    reader.post(VIEWS, _do="open", view="mine")
    assert 'aria-current="page">Added by me' in reader.get(SUBJECTS).text
    reader.post(VIEWS, _do="open", view="")
    assert 'aria-current="page">Added by me' not in reader.get(SUBJECTS).text


def test_a_view_that_comes_with_the_list_is_saved_with_its_conditions(reader, lab, mice):
    lab.add("subject", name="Mouse 7", sex="F", status="deceased")
    address = saved(reader, "view=deceased&sex=F")
    assert names(reader.get(address)) == ["Mouse 7"]
    assert 'Status <span class="op">' in reader.get(address).text


def test_a_view_that_names_what_is_gone_is_told_calmly(reader, alice, lab, mice):
    address = saved(reader, "sex=F&columns=age,gone&sort=-name".replace(",gone", ""))
    SavedView.objects.update(query="nmae=Secret&sex=F&columns=age,gone&sort=-gone")
    page = reader.get(address)
    assert page.status == 200
    assert "asks for something that is gone" in page.words
    assert not names(page)
    assert "Secret" not in page.text
    without = next(link for link in page.links if "sex=F" in link and "nmae" not in link)
    assert names(reader.get(without)) == ["Mouse 5", "Mouse 3", "Mouse 1"]
    assert reader.get(f"{SUBJECTS}export/csv/?view={slug_of(address)}").status == 400
    lab.add("procedure", type="VirusInjection")
    path = "/private/modules/procedure/"
    typed = saved(reader, "type=VirusInjection", name="Injections", path=f"{path}views/")
    assert reader.get(typed).text.count('name="id"') == 1
    SavedView.objects.filter(name="Injections").update(query="type=Levitation")
    page = reader.get(typed)
    assert (page.status, page.text.count('name="id"')) == (200, 0)
    assert "there is no such type of procedures any more" in page.words


def test_a_list_with_views_takes_as_many_statements(reader, lab, mice):
    address = saved(reader)
    shared = saved(
        reader, f"projects={lab['project']}&projects.name=x", name="Shared", holder=f"project:{lab['project']}"
    )
    reader.post(VIEWS, _do="open", view=slug_of(address))
    for path in (SUBJECTS, address, shared):
        reader.get(path), reader.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert reader.get(path).status == 200
        assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) <= 4, path


def test_ones_own_views_are_in_the_export_of_ones_data_and_go_with_the_account(reader, alice, bob, lab, mice, rf):
    saved(reader)
    saved(Reader(bob), name="Bob's")
    request = rf.get("/")
    request.user = alice.user
    with zipfile.ZipFile(io.BytesIO(archive(alice.user, actor=acting(request)))) as files:
        [one] = json.loads(files.read("account.json"))["views"]
    assert (one["model"], one["name"]) == ("stem.Subject", "Females")
    assert one["query"].startswith("sex=F&columns=age%2Csex")
    bob.user.delete()
    assert [one.name for one in SavedView.objects.all()] == ["Females"]


def test_what_cannot_be_kept_is_refused(reader, mice):
    long = "&".join(f"name.icontains={'x' * 90}{number}" for number in range(60))
    page = reader.post(f"{VIEWS}?{long}", _do="save_as", name="Long")
    assert page.status == 422
    assert "at most 4,000 are kept" in page.words
    assert reader.post(f"{VIEWS}?nmae=x", _do="save_as", name="Wrong").status == 400
    assert reader.post(f"{VIEWS}?sex=F", _do="save").status == 404
    assert not SavedView.objects.exists()


# -- shared ---------------------------------------------------------------------------------------------------------


def test_managers_share_views_with_a_project_and_its_members_see_them(reader, alice, bob, charlie, lab, mice):
    holder = f"project:{lab['project']}"
    address = saved(reader, holder=holder)
    slug = slug_of(address)
    member, stranger = Reader(bob), Reader(charlie)
    assert state(member.get(address)) == (["Mouse 5", "Mouse 3"], ["Age", "Sex"], True, "")
    assert 'value="save"' not in member.get(f"{address}&sex=M").text
    assert 'value="save"' in reader.get(f"{address}&sex=M").text
    assert stranger.get(address).status == 400
    assert "Females" not in stranger.get(SUBJECTS).text + stranger.get(VIEWS).text
    query = f"{VIEWS}?{address.partition('?')[2]}&sex=M"
    for act in ("rename", "delete"):
        assert (member.post(VIEWS, _do=act, view=slug, name="x").status) == 403
        assert (stranger.post(VIEWS, _do=act, view=slug, name="x").status) == 404
    assert member.post(query, _do="save").status == 403
    assert stranger.post(query, _do="save").status in (400, 404)
    assert member.post(f"{VIEWS}?sex=F", _do="save_as", name="x", holder=holder).status == 403
    assert stranger.post(f"{VIEWS}?sex=F", _do="save_as", name="x", holder=holder).status == 404
    assert member.post(f"{VIEWS}?sex=F", _do="save_as", name="x", holder="project:nonsense").status == 404
    assert member.post(VIEWS, _do="open", view=slug).status == 303
    assert names(member.get(SUBJECTS)) == ["Mouse 5", "Mouse 3"]
    # Who leaves the project no longer has it, not even as the default.
    assert alice.patch(f"stem/project/{lab['project']}", {"users": {bob.email: {"remove": True}}}).status == 200
    assert member.get(address).status == 400
    assert "Females" not in member.get(SUBJECTS).text
    assert alice.delete(f"stem/project/{lab['project']}").status in (200, 204)
    assert not SavedView.objects.exists()


def test_groups_share_views_too(alice, bob, charlie, mice):
    group = join_group(unique("Lab"), alice.user, charlie.user).pk
    address = saved(Reader(alice), holder=f"group:{group}")
    page = Reader(charlie).get(address)
    assert page.status == 200
    assert "Females" in page.words
    assert not names(page)  # of the project that Charlie is not in
    assert Reader(bob).get(address).status == 400
    assert Reader(charlie).post(f"{VIEWS}?sex=F", _do="save_as", name="x", holder=f"group:{group}").status == 403
    assert alice.delete(f"users/group/{group}").status in (200, 204)
    assert not SavedView.objects.exists()


def test_what_a_shared_view_names_and_the_reader_may_not_see_surfaces_nowhere(reader, alice, charlie, lab, mice):
    secret = alice.make("stem/project", name="Zebrafish secret")["id"]
    group = join_group(unique("Lab"), alice.user, charlie.user).pk
    alice.make("stem/subject", name="Mouse 8", projects=[secret], strain=lab["strain"], sex="M")
    own = charlie.make("stem/project", name="Charlie's own")["id"]
    charlie.make("stem/subject", name="Mouse 9", projects=[own], strain=lab["strain"], sex="F")
    stranger, hidden = Reader(charlie), (secret, "Zebrafish", "secret")
    conditions = {
        "projects": secret,
        "projects.in": f"{secret},{own}",
        "filter{-projects}": secret,
        "projects.name": "Zebrafish secret",
        "projects.name.in": "Zebrafish secret,Charlie's own",
        "projects.name.ne": "Zebrafish secret",
        "filter{-projects.name}": "Zebrafish secret",
        "projects.name.icontains": "Zebrafish",
        "name": "Zebrafish secret",
        "search": "Zebrafish",
        "projects.id": secret,
    }
    for name, value in conditions.items():
        shown = reader.get(SUBJECTS, **{name: value}).status
        assert shown == 200, name
        address = saved(reader, f"{name}={value}", name=name, holder=f"group:{group}")
        slug = slug_of(address)
        pages = [stranger.get(address), stranger.get(f"{address}&columns=sex"), stranger.get(f"{address}&_field=sex")]
        pages += [stranger.get(f"{VIEWS}?view={slug}"), stranger.get(f"{SUBJECTS}export/ndjson/?view={slug}")]
        filtered = stranger.get(f"{address}&_field=sex&_op=eq&_value=F")
        copied = stranger.post(f"{VIEWS}?view={slug}", _do="save_as", name=f"My {name}")
        pages += [filtered, stranger.get(filtered.to), copied, stranger.get(copied.to)]
        for page in pages:
            assert page.status in (200, 302, 303), (name, page.status)
            text = page.text.replace(slug, "") + page.to.replace(slug, "")
            assert not [one for one in hidden if one in text], (name, page.to)
        assert "what you may not see" in pages[0].words, name
        query = SavedView.objects.get(name=f"My {name}").query
        assert not [one for one in hidden if one in query], name
        # Who sees the records sees the view whole.
        whole = reader.get(address)
        assert "what you may not see" not in whole.words or own in value or "own" in value or name in ("name", "search")
    both = stranger.get(f"{SUBJECTS}?view={slug_of(saved(reader, f'projects.in={secret},{own}', name='b', holder=f'group:{group}'))}")  # fmt: skip
    assert names(both) == ["Mouse 9"]
    assert "Charlie&#x27;s own, what you may not see" in both.text


def test_a_view_does_not_hold_values_back_that_name_nothing(reader, bob, lab, mice):
    address = saved(
        reader,
        f"projects={lab['project']}&sex=F&tags=pilot&birth_date.isnull=true&age.isnull=true&strain.name.isnull=false&name.startswith=Mouse",
        holder=f"project:{lab['project']}",
    )
    page = Reader(bob).get(address)
    assert names(page) == ["Mouse 1"]
    assert "what you may not see" not in page.words
    assert "/api/private/stem/subject/?" in page.text
