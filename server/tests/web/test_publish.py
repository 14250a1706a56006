"""Publishing a project from its page: everything it would show first, and taking it back."""

from __future__ import annotations

import re

import pytest

from brainstem.core.model.registry import specs

from .pages import Reader

pytestmark = pytest.mark.databases

PROJECT = "stem.Project"


@pytest.fixture
def name(alice, lab):
    """Name of the project, with a session that has a behavior in a private setup."""
    lab["subject"], lab["session"], lab["behavior"]
    return alice.get(f"stem/project/{lab['project']}").record["name"]


@pytest.fixture
def path(lab, name):
    return f"/private/stem/project/{lab['project']}/publish/"


def is_public(label, pk):
    return specs()[label].model.objects.get(pk=pk).is_public


def part(page, name):
    return page.text.partition(f'aria-labelledby="part-{name}"')[2].partition("</section>")[0]


def test_the_page_says_what_becomes_visible_and_what_is_missing(alice, lab, path):
    page = Reader(alice).get(path)
    assert page.status == 200
    visible = part(page, "becomes_visible")
    for model in ("Projects", "Sessions", "Subjects", "Behaviors"):
        assert re.search(rf'<dt>{model} <span class="num">1</span></dt>', visible), model
    assert f'href="/private/stem/session/{lab["session"]}/"' in visible
    assert "Setup" not in visible
    missing = page.text.partition('aria-labelledby="missing"')[2].partition("</section>")[0]
    assert "description" in missing
    assert "1 of 1 <b" in missing
    assert '<b class="strong">licence</b>' in missing
    assert not is_public(PROJECT, lab["project"])
    told = {"description": "Why we do it.", "extra_fields": {"license": "CC-BY-4.0"}}
    assert alice.patch(f"stem/project/{lab['project']}", told).status == 200
    again = Reader(alice).get(path).text.partition('aria-labelledby="missing"')[2].partition("</section>")[0]
    assert 'no <b class="strong">description' not in again
    assert "licence" not in again


def test_publishing_takes_the_name_of_the_project(alice, nobody, lab, name, path):
    reader = Reader(alice)
    for typed in ("", name.lower() + "x", "yes"):
        refused = reader.post(path, _do="publish", _sure=typed)
        assert refused.status == 422
        assert "Type the name of the project" in refused.words
        assert 'id="sure-error"' in refused.text
    assert not is_public(PROJECT, lab["project"])
    done = reader.post(path, _do="publish", _sure=f" {name} ")
    assert (done.status, done.to) == (303, path)
    assert f"{name} is public now." in reader.get(path).words
    assert nobody.get(f"stem/session/{lab['session']}").status == 200
    assert nobody.get(f"personal_attributes/setup/{lab['setup']}").status == 404


def test_private_attributes_are_published_along_when_ticked(alice, lab, name, path):
    reader, setup = Reader(alice), f"personal_attributes/setup/{lab['setup']}"
    page = reader.get(path)
    assert f'name="also" value="{setup}"' in page.text
    assert "used by 1 behavior" in page.words
    kept = reader.post(path, _do="publish", _sure="wrong", also=[setup])
    assert re.search(rf'value="{setup}" checked', kept.text)
    assert reader.post(path, _do="publish", _sure=name, also=[setup]).status == 303
    assert is_public("personal_attributes.Setup", lab["setup"])
    assert "with 1 personal attribute." in reader.get(path).words
    assert f'value="{setup}"' not in reader.get(path).text
    # What else is private can be published later, without typing the name again.
    other = f"personal_attributes/behavioralassay/{lab['behavioralassay']}"
    assert f'value="{other}"' in reader.get(path).text
    assert reader.post(path, _do="also").status == 422
    assert reader.post(path, _do="also", also=[other]).status == 303
    assert is_public("personal_attributes.BehavioralAssay", lab["behavioralassay"])


def test_what_is_ticked_has_to_be_named_and_ones_own(alice, bob, lab, name, path):
    theirs = bob.post("personal_attributes/setup", {"name": "Of Bob", "setup_type": lab["setuptype"]}).id
    reader = Reader(alice)
    for also in (f"personal_attributes/setup/{theirs}", "stem/session/x", "x"):
        refused = reader.post(path, _do="publish", _sure=name, also=[also])
        assert refused.status == 422
        assert "Tick again" in refused.words
    assert not is_public(PROJECT, lab["project"])
    assert not is_public("personal_attributes.Setup", theirs)
    assert reader.post(path, _do="open", _sure=name).status == 400
    strange = reader.post(path, _do="publish", _sure=name, alsoo="x")
    assert strange.status == 400
    assert "alsoo" in strange.words
    assert not is_public(PROJECT, lab["project"])


def test_only_owners_publish_and_only_projects_are_published(alice, bob, charlie, dana, admin, lab, name, path):
    assert Reader().get(path).status == 302
    for person, status in ((bob, 403), (dana, 403), (charlie, 404)):
        assert Reader(person).get(path).status == status
        assert Reader(person).post(path, _do="publish", _sure=name).status == status
    assert Reader(alice).get(f"/private/stem/session/{lab['session']}/publish/").status == 404
    assert Reader(alice).get(path.replace("private", "public")).status == 404
    assert not is_public(PROJECT, lab["project"])
    record = path.removesuffix("publish/")
    assert path in Reader(alice).get(record).links
    assert path in Reader(alice).get(f"{record}change/").links
    assert path not in Reader(bob).get(record).links
    assert Reader(admin).get(path.replace("private", "super")).status == 200


def test_taking_it_back_says_what_disappears_and_since_when_it_was_public(alice, nobody, lab, name, path):
    reader = Reader(alice)
    second = alice.post("stem/project", {"name": "Stays public", "is_public": True}).id
    shared = alice.post("stem/subject", {"name": "In both", "projects": [lab["project"], second], "strain": lab["strain"], "sex": "M"})  # fmt: skip
    assert shared.status == 201
    reader.post(path, _do="publish", _sure=name)
    page = reader.get(path)
    assert "since" in page.words
    assert "just now" in page.words
    gone, kept = part(page, "disappears"), part(page, "stays_public")
    assert re.search(r'<dt>Sessions <span class="num">1</span></dt>', gone)
    assert "In both" in kept
    assert "In both" not in gone
    assert "Alice" in kept  # she owns the other project too
    refused = reader.post(path, _do="withdraw", _sure="")
    assert refused.status == 422
    assert is_public(PROJECT, lab["project"])
    assert reader.post(path, _do="withdraw", _sure=name).status == 303
    assert f"{name} is private again." in reader.get(path).words
    assert nobody.get(f"stem/session/{lab['session']}").status == 404
    assert nobody.get(f"stem/subject/{shared.id}").status == 200
