"""The first page: what this is and what is public, for everybody; one's projects, for who is signed in."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import unique

PAGE = {"accept": "text/html"}
MARKUP = "<p>Replay &amp; sleep.</p><p>Two <b>rats</b>.</p>"


@pytest.fixture
def public_project(alice, lab):
    """A public project with one subject and two sessions."""
    project = alice.make("stem/project", name=unique("Open <i>replay</i>"), description=MARKUP, is_public=True)
    subject = alice.make("stem/subject", name="Rat <1>", sex="M", projects=[project["id"]], strain=lab["strain"])
    for day in (1, 2):
        alice.make("stem/session", name=f"Day {day}", projects=[project["id"]])
    assert subject
    return project


def test_without_a_public_project_the_page_says_so(client, lab, alice):
    text = client.get("/", headers=PAGE).content.decode()
    assert "This server has no public projects yet." in text
    assert alice.get(f"stem/project/{lab['project']}").record["name"] not in text


def test_everybody_sees_public_projects_and_no_others(client, lab, alice, public_project):
    text = client.get("/", headers=PAGE).content.decode()
    assert "Open &lt;i&gt;replay&lt;/i&gt;" in text
    assert "Replay &amp; sleep. Two rats." in text
    assert "1 subject, 2 sessions" in text
    assert f'href="/public/stem/project/{public_project["id"]}/"' in text
    assert alice.get(f"stem/project/{lab['project']}").record["name"] not in text


def test_more_public_projects_than_are_shown_are_a_click_away(client, alice, lab):
    for number in range(8):
        alice.make("stem/project", name=unique(f"Open {number}"), is_public=True)
    text = client.get("/", headers=PAGE).content.decode()
    assert "All 8 public projects" in text
    assert text.count('class="tile"') == 6


def test_who_is_signed_in_sees_their_projects(client, lab, alice, charlie, public_project):
    client.force_login(alice.user)
    text = client.get("/", headers=PAGE).content.decode()
    assert alice.get(f"stem/project/{lab['project']}").record["name"] in text
    assert f'href="/private/stem/project/{public_project["id"]}/"' in text
    client.force_login(charlie.user)
    text = client.get("/", headers=PAGE).content.decode()
    assert "You are not in any project yet" in text
    assert "Open &lt;i&gt;" not in text


def test_the_first_page_takes_few_statements_however_many_projects(client, alice, lab):
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get("/", headers=PAGE)
        # A read takes a savepoint on PostgreSQL here, because the test is a transaction.
        return sum("SELECT" in one["sql"] for one in seen)

    alice.make("stem/project", name=unique("Open"), is_public=True)
    client.get("/", headers=PAGE)
    before = statements()
    for number in range(4):
        alice.make("stem/project", name=unique(f"Open {number}"), is_public=True)
    assert statements() == before <= 2


def test_a_program_is_led_to_the_api(client, db):
    answer = client.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/api/")


def test_with_invitation_only_nobody_is_asked_to_register(client, db, settings):
    settings.BRAINSTEM_REGISTRATION = "invitation"
    text = client.get("/", headers=PAGE).content.decode()
    assert "Accounts are by invitation only." in text
    assert "/account/signup/" not in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_first_page_reads_well(visit, alice, public_project, phone, scheme):
    alice.make(
        "stem/project", name="Place cells in the dark", description="<p>" + "Grid cells. " * 60 + "</p>", is_public=True
    )
    visitor = visit(phone=phone, color_scheme=scheme)
    visitor.go("/")
    visitor.look(f"landing-{scheme}")
    visitor.sign_in(alice.user)
    visitor.go("/")
    visitor.look(f"start-{scheme}")


def test_the_first_page_is_small(visitor, public_project):
    sizes = {}
    visitor.page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}))
    visitor.go("/")
    visitor.page.wait_for_load_state("networkidle")
    assert sum(sizes.values()) < 50_000, sizes
