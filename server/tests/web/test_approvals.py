"""Proposals to the catalogues on pages: the queue, the difference beside the entry, and the decision."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import specs
from brainstem.core.write.similar import names_alike

from .pages import Reader

pytestmark = pytest.mark.databases

QUEUE = "/private/approvals/"


def proposed(person, name, **more):
    answer = person.post("taxonomies/strain", {"name": name, **more})
    assert answer.status == 201, answer.body
    return answer.id


def address(pk, *, model="taxonomies/strainapproval", portal="private"):
    return f"/{portal}/{model}/{pk}/review/"


def status(pk):
    return specs()["taxonomies.StrainApproval"].model.objects.get(pk=pk).status


def rows(page, label):
    """Names in a part of the queue."""
    part = page.text.partition(f'aria-label="{label}">')[2].partition("</table>")[0]
    return re.findall(r'<a class="name" href="[^"]+">([^<]+)</a>', part)


@pytest.fixture
def strains(alice, bob, lab):
    """Three proposals in the order in which they were made, the second one by Bob."""
    species = lab["species"]
    return [
        proposed(alice, "Aaa of Alice", species=species, description="From Kyoto."),
        proposed(bob, "Bbb of Bob", species=species),
        proposed(alice, "Ccc of Alice", species=species),
    ]


def test_administrators_see_the_whole_queue_by_age_and_others_their_own(alice, bob, charlie, admin, strains):
    assert rows(Reader(admin).get(QUEUE), "Waiting for a decision") == ["Aaa of Alice", "Bbb of Bob", "Ccc of Alice"]
    assert rows(Reader(alice).get(QUEUE), "Waiting for a decision") == ["Aaa of Alice", "Ccc of Alice"]
    mine = Reader(bob).get(QUEUE)
    assert rows(mine, "Waiting for a decision") == ["Bbb of Bob"]
    assert "Alice" not in mine.words.partition("Approvals Changes")[2]
    nothing = Reader(charlie).get(QUEUE)
    assert "You have proposed nothing yet" in nothing.words
    assert "of Alice" not in nothing.text
    assert Reader().get(QUEUE).status == 302
    assert Reader(alice).post(QUEUE).status == 405


def test_the_queue_takes_as_many_statements_however_long_it_is(alice, admin, lab, strains):
    reader = Reader(admin)

    def statements():
        reader.get(QUEUE), reader.get(QUEUE)
        with CaptureQueriesContext(connection) as asked:
            assert reader.get(QUEUE).status == 200
        return len([one for one in asked if "SAVEPOINT" not in one["sql"]])

    statements()
    before = statements()
    for number in range(5):
        proposed(alice, f"More {number}", species=lab["species"])
    assert statements() == before <= 7


def test_a_proposal_shows_what_it_would_add_and_what_looks_like_it(alice, admin, lab, strains):
    known = admin.post("taxonomies/strain", {"name": "C57BL/6J", "species": lab["species"]}).id
    twin = proposed(alice, "C57 BL-6J", species=lab["species"], popular_name="Black 6", comments="Ours since March.")
    other = proposed(alice, "C57Bl6J", species=lab["species"])
    page = Reader(admin).get(address(twin))
    assert page.status == 200
    for text in ("New strain", "C57 BL-6J", "Black 6", "Ours since March.", "Similar entries", "Similar proposals"):
        assert text in page.words, text
    assert f"/private/taxonomies/strain/{known}/" in page.links
    assert address(other) in page.links
    assert address(strains[0]) not in page.text.partition("Similar proposals")[2]
    # The author sees where it stands, and no button that decides.
    mine = Reader(alice).get(address(twin))
    assert "Waiting for a decision" in mine.words
    assert 'value="accept"' not in mine.text
    assert "Change the proposal" in mine.words


def test_a_change_is_shown_beside_the_entry_with_what_uses_it(alice, admin, lab):
    strain = lab["strain"]
    lab.add("subject", name="Uses the strain", strain=strain)
    changed = alice.patch(f"taxonomies/strain/{strain}", {"description": "Corrected.", "popular_name": "Shorty"})
    page = Reader(admin).get(address(changed.id))
    assert "What would change 2" in page.words
    assert "Corrected." in page.words
    assert "The entry now" in page.words
    assert f"/private/taxonomies/strain/{strain}/" in page.links
    used = page.text.partition("Used by</h2>")[2].partition("</section>")[0]
    assert f"/super/taxonomies/strain/{strain}/subjects/" in used
    # Who is no administrator counts what they see.
    assert f"/private/taxonomies/strain/{strain}/subjects/" in Reader(alice).get(address(changed.id)).links


def test_what_one_may_not_see_is_not_there_and_only_administrators_decide(alice, bob, charlie, admin, lab, strains):
    for stranger in (Reader(charlie), Reader(bob)):
        assert stranger.get(address(strains[0])).status == 404
        assert stranger.post(address(strains[0]), _do="accept").status == 404
    assert Reader(alice).post(address(strains[0]), _do="accept").status == 403
    assert Reader().get(address(strains[0])).status == 302
    assert Reader(admin).get(address(strains[0], portal="public")).status == 404
    assert Reader(admin).get(address(lab["strain"], model="taxonomies/strain")).status == 404
    assert Reader(admin).get(address(strains[0], portal="super")).status == 200
    assert status(strains[0]) == "Pending"
    assert Reader(admin).post(address(strains[0]), _do="accept").status == 303
    assert status(strains[0]) == "Accepted"


def test_each_decision_leads_to_the_next_proposal(alice, admin, lab, strains):
    reader = Reader(admin)
    first = reader.get(address(strains[0]))
    assert address(strains[1]) in first.links
    done = reader.post(address(strains[0]), _do="accept", comment="Thank you.")
    assert (done.status, done.to) == (303, address(strains[1]))
    page = reader.get(done.to)
    assert "Aaa of Alice was accepted" in page.words
    done = reader.post(address(strains[1]), _do="request_revision", comment="Please add the RRID.")
    assert (done.to, status(strains[1])) == (address(strains[2]), "Revision requested")
    done = reader.post(address(strains[2]), _do="reject", comment="We have it.")
    assert (done.to, status(strains[2])) == (QUEUE, "Rejected")
    page = reader.get(QUEUE)
    assert rows(page, "Waiting for a decision") == []
    assert rows(page, "Handed back") == ["Bbb of Bob"]
    assert rows(page, "Decided") == ["Ccc of Alice", "Aaa of Alice"]
    assert alice.get("taxonomies/strain", "filter{name}=Aaa of Alice").records
    assert not alice.get("taxonomies/strain", "filter{name}=Ccc of Alice").records
    assert "We have it." in Reader(alice).get(address(strains[2])).words
    assert "We have it." in Reader(alice).get(QUEUE).words


def test_handing_back_needs_a_comment_and_what_is_wrong_loses_nothing(admin, strains):
    reader = Reader(admin)
    empty = reader.post(address(strains[0]), _do="request_revision", comment="  ")
    assert empty.status == 422
    assert "Say what needs to be revised." in empty.words
    assert 'aria-describedby="comment-help comment-error"' in empty.text
    long = reader.post(address(strains[0]), _do="reject", comment="x" * 5001)
    assert long.status == 422
    assert "x" * 5001 in long.text
    assert reader.post(address(strains[0]), _do="approve").status == 400
    strange = reader.post(address(strains[0]), _do="accept", coment="Fine")
    assert strange.status == 400
    assert "comment" in strange.words
    assert status(strains[0]) == "Pending"


def test_a_proposal_that_moved_on_is_not_decided_unseen(alice, admin, strains):
    reader = Reader(admin)
    seen = re.search(r'name="_seen" value="([^"]+)"', reader.get(address(strains[0])).text)[1]
    alice.patch(f"taxonomies/strainapproval/{strains[0]}", {"description": "From Osaka."})
    late = reader.post(address(strains[0]), _do="accept", _seen=seen, comment="Good.")
    assert late.status == 409
    assert "changed after you had opened it" in late.words
    assert "From Osaka." in late.words
    assert "Good." in late.text
    assert status(strains[0]) == "Pending"
    seen = re.search(r'name="_seen" value="([^"]+)"', late.text)[1]
    assert reader.post(address(strains[0]), _do="accept", _seen=seen).status == 303
    again = reader.post(address(strains[0]), _do="reject")
    assert again.status == 409
    assert "already accepted" in again.words


def test_what_is_no_longer_valid_is_refused_with_its_fields(alice, admin, lab, strains):
    assert admin.post("taxonomies/strain", {"name": "Aaa of Alice", "species": lab["species"]}).status == 201
    refused = Reader(admin).post(address(strains[0]), _do="accept")
    assert refused.status == 422
    assert "It cannot be accepted as it is" in refused.words
    assert "Name:" in refused.words
    assert status(strains[0]) == "Pending"


def test_what_was_handed_back_is_changed_and_sent_again(alice, admin, strains):
    Reader(admin).post(address(strains[0]), _do="request_revision", comment="Please say where it is from.")
    reader = Reader(alice)
    page = reader.get(address(strains[0]))
    assert "Change and send again" in page.words
    assert "Please say where it is from." in page.words
    assert f"/private/taxonomies/strainapproval/{strains[0]}/change/" in page.links
    alice.patch(f"taxonomies/strainapproval/{strains[0]}", {"description": "From Osaka."})
    assert status(strains[0]) == "Pending"
    assert rows(Reader(admin).get(QUEUE), "Waiting for a decision")[0] == "Aaa of Alice"
    assert "Where it stands" in reader.get(f"/private/taxonomies/strainapproval/{strains[0]}/").words


def test_the_page_of_an_entry_leads_to_the_open_proposals_to_change_it(alice, bob, admin, lab):
    path = f"/private/taxonomies/strain/{lab['strain']}/"
    assert "to change it" not in Reader(admin).get(path).words
    first = alice.patch(f"taxonomies/strain/{lab['strain']}", {"description": "Corrected."}).id
    page = Reader(alice).get(path)
    assert "1 proposal to change it is open." in page.words
    assert address(first) in page.links
    assert "to change it" not in Reader(bob).get(path).words
    second = bob.patch(f"taxonomies/strain/{lab['strain']}", {"popular_name": "Shorty"}).id
    page = Reader(admin).get(path)
    assert "2 proposals to change it are open." in page.words
    assert {address(first), address(second)} <= set(page.links)
    for pk in (first, second):
        Reader(admin).post(address(pk), _do="reject")
    assert "to change it" not in Reader(admin).get(path).words


def test_names_that_merely_look_alike_are_found_and_others_not(admin, lab):
    spec, viewer = specs()["taxonomies.Strain"], Viewer(Actor(user_id=admin.user.pk, is_admin=True), "private")
    names = ("C57BL/6J", "C57BL/6N", "BALB/c", "Long-Evans", "PV-Cre")
    ids = {name: admin.post("taxonomies/strain", {"name": name, "species": lab["species"]}).id for name in names}

    def found(name, **more):
        return [other for _, other in names_alike(spec, name, viewer=viewer, **more)]

    assert found("C57 BL6J")[0] == "C57BL/6J"
    assert "BALB/c" not in found("C57 BL6J")
    assert found("long evans") == ["Long-Evans"]
    assert found("Long-Evans", but=[spec.parse_id(ids["Long-Evans"])]) == []
    assert found("Q") == found("") == []
