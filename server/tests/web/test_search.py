"""The search page: models by name, and what the caller sees of projects, subjects and sessions."""

import re

import pytest

SEARCH = "/search/"


@pytest.fixture
def sessions(alice, lab):
    """A private session and its project."""
    return alice.make(
        "stem/session", name="Linear <b>track</b>", description="<p>Replay & rest</p>", projects=[lab["project"]]
    )


def found(client, words, **parameters):
    answer = client.get(SEARCH, {"q": words} | parameters)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_model_is_found_by_its_name(client, db):
    assert 'href="/public/stem/session/"' in found(client, "sessi")
    assert 'href="/public/modules/dataacquisition/"' in found(client, "ACQU data")


def test_a_model_is_found_by_the_beginnings_of_words_alone(client, db):
    def models(words):
        return re.findall(r"<a [^>]*>([^<]+)", client.get(SEARCH, {"q": words}, headers={"hx-request": "true"}).text)

    assert models("labo") == ["Laboratories"]
    assert models("ratio") == []
    assert "Laboratories" not in models("rat")
    assert models("sition data") == []


def test_members_find_records_and_strangers_do_not(client, alice, bob, charlie, sessions):
    for person, sees in ((alice, True), (bob, True), (charlie, False)):
        client.force_login(person.user)
        text = found(client, "linear track")
        assert (f'href="/private/stem/session/{sessions["id"]}/"' in text) is sees
    assert "No results contain all of these words." in text
    assert "&lt;b&gt;track" not in text
    client.force_login(alice.user)
    assert "Linear &lt;b&gt;track&lt;/b&gt;" in found(client, "replay")
    assert "No results contain" in found(client, "linear track", portal="public")


def test_who_is_not_signed_in_searches_what_is_public(client, alice, sessions):
    assert "No results contain all" in found(client, "linear track")
    assert "No results contain all" in found(client, "linear track", portal="private")


@pytest.mark.parametrize(
    "words", ["", " ", "\x00", "a\x00b", "%", "_", "'; --", "{{ 1 }}", "x" * 5000, "a " * 300, "🐀"]
)
def test_odd_words_do_no_harm(client, alice, lab, words):
    client.force_login(alice.user)
    found(client, words)


def test_htmx_gets_the_results_alone(client, db):
    answer = client.get(SEARCH, {"q": "session"}, headers={"hx-request": "true"})
    assert "<html" not in answer.content.decode()
    assert "HX-Request" in answer["Vary"]
    again = client.get(SEARCH, {"q": "session"}, headers={"hx-request": "true", "hx-history-restore-request": "true"})
    assert "<html" in again.content.decode()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_one_types_and_it_is_found(visit, alice, sessions, phone):
    visitor = visit(phone=phone)
    visitor.sign_in(alice.user)
    visitor.go(SEARCH)
    visitor.page.locator("#search").press_sequentially("track")
    visitor.page.get_by_role("link", name="Linear <b>track</b>").wait_for()
    assert visitor.path.startswith("/search/?q=track")
    visitor.look("search")
    visitor.page.get_by_label("Public only").check()
    visitor.page.get_by_text("No results contain all of these words.").wait_for()


def test_without_htmx_the_form_does_the_same(visit, alice, sessions):
    visitor = visit(java_script_enabled=False)
    visitor.sign_in(alice.user)
    visitor.go("/")
    visitor.page.locator("#search").fill("track")
    visitor.page.locator("#search").press("Enter")
    assert visitor.page.get_by_role("link", name="Linear <b>track</b>").is_visible()
