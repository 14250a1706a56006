"""What is said when something is not there, not allowed or broken: a page to people, JSON to programs."""

from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection

from brainstem.web import views

from ..people import PASSWORD

PAGE = {"accept": "text/html,*/*;q=0.8"}
ADDRESS = {"x-request-id": "told-1"}


def text_of(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def careless(client):
    """A client that gets the page of an error, as a browser does."""
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("path", ["/nothing/", "/private/stem/nothing/", "/private/nothing/session/1/"])
def test_what_is_not_there_is_a_page_for_people(client, db, path):
    answer = client.get(path, headers=PAGE | ADDRESS)
    assert answer.status_code == 404
    assert "Page not found" in text_of(answer)
    assert "told-1" in text_of(answer)


def test_what_is_not_there_is_json_for_programs(client, db):
    answer = client.get("/nothing/")
    assert (answer.status_code, answer.json()) == (404, {"detail": "There is nothing at /nothing/."})
    assert client.get("/api/nothing/", headers=PAGE).status_code == 404


def test_who_tries_the_server_out_gets_the_same_pages(client, db, settings):
    settings.DEBUG = True
    assert "Page not found" in text_of(client.get("/nothing/", headers=PAGE))
    assert client.get("/account/login", headers=PAGE).headers["Location"] == "/account/login/"
    assert client.post("/nothing/", headers=PAGE).status_code == 404


@pytest.fixture
def without_database(monkeypatch):
    """Says what follows while the database is gone."""

    def refuse(*_args):
        raise DatabaseError("connection to 10.1.2.3 refused")

    @contextmanager
    def gone():
        with monkeypatch.context() as patch:
            patch.setattr(connection, "cursor", refuse)
            patch.setattr(connection, "ensure_connection", refuse)
            yield

    return gone


def test_without_its_database_the_server_still_says_what_happened(careless, db, without_database):
    careless.cookies["sessionid"] = "a" * 32
    with without_database():
        answer = careless.get("/", headers=PAGE | ADDRESS)
    assert answer.status_code == 500
    assert "Something went wrong" in text_of(answer)
    assert "told-1" in text_of(answer)
    assert "10.1.2.3" not in text_of(answer)
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")


def test_a_failure_is_json_for_programs(careless, db, without_database):
    with without_database():
        answer = careless.get("/api/public/stem/project/", headers=ADDRESS)
    assert answer.status_code >= 500
    assert "10.1.2.3" not in text_of(answer)
    assert answer["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("accept", [PAGE, {}], ids=["people", "programs"])
def test_a_forged_form_is_refused(db, accept):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/account/login/", {"login": "x"}, headers=accept)
    assert answer.status_code == 403
    assert "This form has expired" in text_of(answer)
    assert ("<h1>This page was out of date</h1>" in text_of(answer)) == bool(accept)
    assert answer["Content-Type"].startswith("text/html" if accept else "application/json")


@pytest.mark.parametrize("origin", ["http://testserver", "https://evil.example"])
def test_who_signed_in_with_another_tab_is_led_on_and_signs_in_nobody(alice, bob, origin):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(alice.user)
    form = {"login": bob.email, "password": PASSWORD, "csrfmiddlewaretoken": "x" * 64}
    answer = client.post("/account/login/", form, headers=PAGE | {"origin": origin})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(alice.user.pk)
    assert client.post("/account/login/", form, headers={"origin": origin}).status_code == 403
    assert client.post("/account/profile/", {"first_name": "Eve"}, headers=PAGE).status_code == 403


def test_who_sends_too_much_is_told(careless, db, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    for headers, kind in ((PAGE, "text/html"), ({}, "application/json")):
        answer = careless.post(
            "/account/login/", {"login": "x" * 5000}, "application/x-www-form-urlencoded", headers=headers
        )
        assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (413, kind)


def test_an_unknown_host_is_refused_with_a_page_that_asks_nothing(careless, db):
    answer = careless.get("/account/login/", headers=PAGE | {"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in text_of(answer)


def test_who_asks_too_often_gets_the_page(client, db, settings):
    from brainstem.config.errors import too_many

    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/h/ip"}
    page = None
    for _ in range(2):
        page = client.post("/account/password/reset/", {"email": "zoe@lab.example"}, headers=PAGE)
    assert page.status_code == 429
    assert "Too many requests" in text_of(page)
    assert too_many(page.wsgi_request).status_code == 429


def test_a_page_without_its_final_slash_is_found(client, db):
    answer = client.get("/account/login?next=/private/stem/session/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=/private/stem/session/")
    assert client.head("/account/login").status_code == 302
    assert not client.get("/private/users/tokens")["Location"].startswith("/api/")


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/account/login",
        "///evil.example/account/login",
        "/\\evil.example/account/login",
        "//account/login",
        "/api/nothing",
    ],
)
def test_no_slash_leads_elsewhere(client, db, path):
    answer = client.generic("GET", path, headers=PAGE)
    assert answer.status_code in (302, 404)
    assert not answer.get("Location", "/x").startswith(("//", "/\\", "http"))


@pytest.mark.parametrize("end", ["/", ""], ids=["slash", "no slash"])
@pytest.mark.parametrize("path", ["/account/password/reset/key/1-secret", "/account/confirm-email/secret"])
def test_the_key_of_a_link_is_not_in_the_log(client, db, caplog, path, end):
    client.get(path + end, headers=PAGE)
    assert "secret" not in caplog.text
    assert "***" in caplog.text


def test_a_form_that_is_sent_without_the_slash_is_not_sent_on(client, db):
    assert client.post("/account/login", {"login": "x"}).status_code == 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_an_error_reads_well(visit, monkeypatch, phone, scheme):
    def fail(_request):
        raise RuntimeError("on purpose")

    monkeypatch.setattr(views, "landing", fail)
    visitor = visit(phone=phone, color_scheme=scheme)
    for status, path in ((404, "/nothing"), (500, "/")):
        visitor.expect(f"status of {status}")
        answer = visitor.go(path)
        assert answer.status == status
        assert answer.headers["x-request-id"] == visitor.page.locator("#request-id").inner_text()
        visitor.look(f"error-{status}-{scheme}")
