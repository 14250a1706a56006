"""Every error says in a header what went wrong, in a word that the documentation lists."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http.multipartparser import MultiPartParserError
from django.test import Client, RequestFactory
from django.test.client import MULTIPART_CONTENT

import brainstem
from brainstem.api import error_codes
from brainstem.api.responses import Refused, answered, status_of
from brainstem.config import errors as said
from brainstem.config.front.answers import refusal
from brainstem.core.errors import (
    BrainstemError,
    Code,
    InProgress,
    Invalid,
    RequestEnded,
    RowError,
    RowsRefused,
    Throttled,
    TookTooLong,
)

from ..error_codes import HEADER, documented
from ..people import PASSWORD, Person

NO_ID = "00000000-0000-7000-8000-000000000000"
FRONT = Path(brainstem.__file__).parent / "config" / "front"


def coded(response) -> tuple[int, str]:
    return response.status_code, response.headers.get(HEADER, "")


# -- the list ---------------------------------------------------------------------------------------------------------


def test_the_documentation_lists_every_code_with_its_statuses_and_meaning():
    assert documented() == {str(code): about for code, about in error_codes.CODES.items()}
    assert set(error_codes.CODES) == set(Code)


def test_codes_are_words_that_programs_can_compare():
    assert [code for code in Code if not re.fullmatch(r"[a-z]+(_[a-z]+)*", code)] == []


def below(cls: type) -> set[type]:
    return {cls} | {one for sub in cls.__subclasses__() for one in below(sub)}


def test_every_class_of_errors_has_a_code_of_its_status():
    for module in walk_packages(brainstem.__path__, "brainstem."):
        if module.name.startswith(("brainstem.core.", "brainstem.api.")) and ".migrations" not in module.name:
            import_module(module.name)
    # Refused is given its status, and its code with it; those of pages are never answered by the API.
    classes = below(BrainstemError) - {BrainstemError, Refused}
    classes = {one for one in classes if not one.__module__.startswith("brainstem.web")}
    assert len(classes) >= 12
    for cls in classes:
        status = 400 if issubclass(cls, (Invalid, RowsRefused)) else status_of(cls)
        assert status in error_codes.CODES[cls.code][0], cls


@pytest.mark.parametrize("status", [405, 406, 413, 415])
def test_a_request_that_is_wrong_as_http_has_the_code_of_its_status(status):
    assert error_codes.CODES[Refused(status, "No.").code][0] == (status,)


def raised(error: Exception):
    def view(_request):
        raise error

    return coded(answered(view, RequestFactory().get("/api/")))


RAISED = {
    "a narrower code": (Invalid.at("name", "No.", code=Code.UNREADABLE), 400, "unreadable"),
    "rows": (RowsRefused([RowError("create", 0, Invalid.at("name", "No."))]), 400, "invalid_rows"),
    "in progress": (InProgress("Wait."), 409, "in_progress"),
    "too many tries": (Throttled("Wait.", seconds=1), 429, "throttled"),
    "too long": (TookTooLong(1), 503, "too_slow"),
    "a busy database": (OperationalError("database is locked"), 503, "busy"),
    "a large body": (RequestDataTooBig(), 413, "too_large"),
    "a broken form": (MultiPartParserError("no"), 400, "unreadable"),
}


@pytest.mark.parametrize(("error", "status", "code"), RAISED.values(), ids=RAISED)
def test_what_a_view_raises_is_told_with_its_code(error, status, code):
    assert raised(error) == (status, code)


def test_ended_requests_are_no_errors_of_ours_and_still_have_a_code():
    assert {cls.__name__ for cls in below(RequestEnded)} == {"RequestEnded", "TookTooLong", "CallerLeft"}


# -- what is said before and around the API ---------------------------------------------------------------------------


def test_every_status_that_the_front_refuses_with_has_a_code():
    text = "".join(path.read_text(encoding="utf-8") for path in FRONT.glob("*.py"))
    statuses = {int(one) for one in re.findall(r"(?:refus\w+\((?:exchange, )?|return )(\d{3})\b", text)}
    assert {400, 408, 429, 431, 500, 503} <= statuses
    for status in statuses:
        headers = dict(refusal(status, "No.", for_page=False)[1])
        assert status in documented()[headers[HEADER]][0]
        assert HEADER not in dict(refusal(status, "No.", for_page=True)[1])


@pytest.mark.parametrize(
    ("tell", "status", "code"),
    [
        (said.bad_request, 400, "unreadable"),
        (said.forbidden, 403, "forbidden"),
        (lambda request: said.too_large(request, 1), 413, "too_large"),
        (said.too_many, 429, "throttled"),
        (said.broken, 500, "server_error"),
        (lambda request: said.ended(request, TookTooLong(1)), 503, "too_slow"),
    ],
)
def test_what_is_said_outside_of_views_has_a_code(tell, status, code):
    assert coded(tell(RequestFactory().get("/api/private/stem/session/"))) == (status, code)


def test_large_cookies_have_a_code(client):
    assert coded(client.get("/api/", headers={"cookie": "a=" + "x" * 40_000})) == (431, "headers_too_large")


def test_pages_have_none(client, db):
    answer = client.get("/nowhere/at/all/", headers={"accept": "text/html"})
    assert coded(answer) == (404, "")


def test_the_page_around_an_error_has_its_code(client, db):
    answer = client.get("/api/private/stem/session/", headers={"accept": "text/html"})
    assert answer.headers["Content-Type"].startswith("text/html")
    assert coded(answer) == (401, "not_signed_in")


# -- what the API answers ---------------------------------------------------------------------------------------------

QUESTIONS = {
    "stem/session/?filter{nmae}=x": "unknown_name",
    "stem/session/?nmae=x": "unknown_name",
    "stem/session/?filter{projects.nmae}=x": "unknown_name",
    "stem/session/?include[]=nobody.*": "unknown_name",
    "stem/session/?exclude[]=nothing": "unknown_name",
    "stem/session/?sort[]=nothing": "unknown_name",
    "modules/dataacquisition/options/?field=nothing": "unknown_name",
    "stem/session/?filter{date_time.gte}=noon": "invalid_query",
    "stem/session/?limit=none": "invalid_query",
    "stem/session/?cursor=nonsense": "invalid_query",
    f"stem/session/{NO_ID}/": "not_found",
    f"stem/session/{NO_ID}/nothing/": "not_found",
    "stem/sesion/": "not_found",
    "/api/nothing/": "not_found",
    "/api/public/schemas/Nothing/Nothing/": "not_found",
    "/api/super/stem/session/": "forbidden",
}


@pytest.mark.parametrize(("path", "code"), QUESTIONS.items(), ids=QUESTIONS)
def test_a_question_that_is_refused_says_why(alice, path, code):
    answer = alice.get(*path.split("?", 1))
    assert answer.headers[HEADER] == code
    assert answer.status in documented()[code][0]


def test_a_write_that_is_refused_says_why(lab, alice, bob):
    sessions, session = "stem/session", f"stem/session/{lab['session']}"
    strain = f"taxonomies/strain/{lab['strain']}"
    kept = {"HTTP_IDEMPOTENCY_KEY": "one"}
    assert alice.post(sessions, lab.payload("session"), **kept).status == 201
    found = {
        "invalid": alice.post(sessions, {}),
        "invalid_rows": alice.post(f"{sessions}/bulk", {"create": [{}]}),
        "unreadable": alice.post(sessions, b"{", content_type="application/json"),
        "unchanged": bob.patch(strain, {}),
        "forbidden": bob.patch(session, {"name": "Mine"}),
        "method_not_allowed": alice.put("/api/schema/", {}),
        "unsupported_media_type": alice.post(sessions, b"<a/>", content_type="text/xml"),
        "key_reused": alice.post(sessions, lab.payload("session"), **kept),
        "in_use": lab.admin.through("super").delete(f"taxonomies/species/{lab['species']}"),
        "too_large": alice.post("/api/auth/tokens/", {"name": "x" * 70_000}),
    }
    assert {code: (answer.headers.get(HEADER), answer.body) for code, answer in found.items()} == {
        code: (code, answer.body) for code, answer in found.items()
    }


def test_who_may_not_is_told_why(lab, alice, bob):
    reading = Person(alice.user, read_only=True)
    bound = Person(alice.user, project_id=lab["project"])
    strange = Person()
    strange.token = "bst_nonsense"
    found = {
        "read_only_token": reading.patch(f"stem/session/{lab['session']}", {"name": "New"}),
        "project_token": bound.post("personal_attributes/setup", lab.payload("setup")),
        "not_signed_in": Person().get("stem/session"),
        "invalid_token": strange.get("stem/session"),
        "wrong_credentials": alice.post("/api/token/", {"username": alice.email, "password": "wrong"}),
    }
    assert {code: answer.headers.get(HEADER) for code, answer in found.items()} == {code: code for code in found}
    refused = alice.post("/api/auth/token/refresh/", {"refresh": "nonsense"})
    assert (refused.status, refused.headers[HEADER]) == (401, "invalid_token")


def test_a_password_that_is_not_enough_is_told_apart_from_a_wrong_one(alice, settings):
    def signed_in() -> tuple[int, str]:
        answer = alice.post("/api/token/", {"username": alice.email, "password": PASSWORD})
        return answer.status, answer.headers.get(HEADER, "")

    assert signed_in() == (200, "")
    settings.BRAINSTEM_TWO_FACTOR_DOMAINS = [alice.email.partition("@")[2]]
    assert signed_in() == (401, "two_factor_required")
    settings.BRAINSTEM_TWO_FACTOR_DOMAINS = []
    alice.user.emailaddress_set.update(verified=False)
    assert signed_in() == (401, "unconfirmed_email")


def test_a_browser_is_told_why(alice, settings):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice.user)
    assert coded(browser.post("/api/private/stem/session/", {})) == (403, "csrf_failed")
    settings.BRAINSTEM_TWO_FACTOR_DOMAINS = [alice.email.partition("@")[2]]
    assert coded(browser.get("/api/private/stem/session/")) == (403, "two_factor_required")


def test_an_answer_that_is_too_large_is_told(lab, alice, settings):
    settings.BRAINSTEM_MAX_ANSWER_BYTES = 5000
    for _ in range(5):
        lab.add("session", description="x" * 2000)
    answer = alice.get("stem/session")
    assert (answer.status, answer.headers[HEADER]) == (400, "answer_too_large")


def test_arrow_that_is_not_there_is_told(alice, monkeypatch):
    monkeypatch.setattr("brainstem.api.streams.find_spec", lambda name: None)
    answer = alice.get("stem/session", "format=arrow")
    assert (answer.status, answer.headers[HEADER]) == (406, "not_acceptable")


def test_a_form_that_breaks_off_is_told(alice):
    answer = alice.request("post", "stem/session", b"--", content_type=f"{MULTIPART_CONTENT[:19]}; boundary=")
    assert (answer.status, answer.headers[HEADER]) == (400, "unreadable")


def test_what_is_answered_well_has_no_code(lab, alice):
    assert HEADER not in alice.get(f"stem/session/{lab['session']}").headers
