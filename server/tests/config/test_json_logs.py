"""Log lines as JSON: one object each, whatever callers send, and nothing secret in any of them."""

from __future__ import annotations

import datetime as dt
import io
import json
import logging
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from environ import Env

from brainstem.config import environment, middleware
from brainstem.config.access_line import readable
from brainstem.config.logs import HiddenKeys, JsonLines, QuietEnds, RequestIdFilter

pytestmark = pytest.mark.django_db

FORGED = 'x\r\n{"level": "ERROR", "forged": true}\x1b[31m\x00\x85\u2028\u2029\x7f"}'
PASSWORD = "correct horse battery staple"


class Lines(list[dict[str, object]]):
    """The lines of a log; fails if one is not one object."""

    def __init__(self, text: str) -> None:
        assert text.isascii()
        assert text.isprintable() or set(text) - set(map(chr, range(32, 127))) <= {"\n"}
        super().__init__(json.loads(line) for line in text.splitlines())
        assert all(isinstance(one, dict) for one in self)

    def of(self, logger: str) -> list[dict[str, object]]:
        return [one for one in self if one["logger"] == logger]


@pytest.fixture
def logged():
    """What is logged as JSON, as by the handler of the settings."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    for one in (RequestIdFilter(), HiddenKeys(), QuietEnds()):
        handler.addFilter(one)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lambda: Lines(stream.getvalue())
    root.removeHandler(handler)
    root.setLevel(level)


def access(logged):
    [line] = logged().of("brainstem.access")
    return line


def test_the_line_of_a_request_says_what_was_asked_of_what_and_by_whom(logged, alice):
    alice.get("stem/project/", HTTP_X_REQUEST_ID="one")
    line = access(logged)
    assert line.pop("milliseconds") > 0
    moment = dt.datetime.fromisoformat(line.pop("time"))
    assert moment.utcoffset() == dt.timedelta(0)
    assert abs(dt.datetime.now(dt.UTC) - moment) < dt.timedelta(minutes=10)
    assert line.pop("message").startswith("GET /api/private/stem/project/ 200 ")
    assert line == {
        "level": "INFO",
        "logger": "brainstem.access",
        "request_id": "one",
        "method": "GET",
        "route": "/api/<portal>/<app>/<model>[/<record_id>[/<action>]]/",
        "status": 200,
        "portal": "private",
        "model": "stem.Project",
        "user_id": alice.user.pk,
    }


@pytest.mark.django_db(transaction=True)
def test_a_write_names_its_event(logged, alice):
    answer = alice.post("stem/project/", {"name": "P"})
    assert answer.status == 201
    assert access(logged)["event"] == answer.headers["Brainstem-Event"]


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_names_none(logged, alice):
    answer = alice.post("stem/project/bulk/?dry_run=true", {"create": [{"name": "P"}]})
    assert answer.status == 200, answer.body
    assert "event" not in access(logged)


def test_a_person_in_a_browser_is_named_by_id_not_by_address(logged, alice):
    browser = Client()
    browser.force_login(alice.user)
    browser.get("/private/stem/project/", headers={"accept": "text/html"})
    [line] = [one for one in logged() if one["logger"] == "brainstem.access"]
    assert line["user_id"] == alice.user.pk
    assert alice.user.email not in json.dumps(logged())


def test_a_visitor_has_no_id(logged, client):
    client.get("/api/public/stem/project/")
    assert "user_id" not in access(logged)


def test_nothing_secret_is_in_any_line(logged, alice):
    browser = Client(headers={"x-forwarded-for": "192.0.2.1"})
    browser.post("/api/token/", {"username": alice.user.email, "password": PASSWORD}, content_type="application/json")
    browser.force_login(alice.user)
    cookie = browser.cookies["sessionid"].value
    browser.get("/private/stem/project/?search=the-secret-search", headers={"accept": "text/html"})
    alice.get("stem/project/", "filter{name}=the-secret-filter")
    text = json.dumps(logged())
    assert len(logged().of("brainstem.access")) == 3
    for secret in (PASSWORD, cookie, alice.token, "the-secret", alice.user.email):
        assert secret not in text


@pytest.mark.parametrize("path", ["/account/invited/{}/", "/account/confirm-email/{}/"])
def test_the_key_of_an_emailed_link_is_in_no_line(logged, client, path):
    client.get(path.format("the-key-of-a-link"))
    assert access(logged)["message"].startswith("GET " + path.format("***"))
    assert "the-key-of-a-link" not in json.dumps(logged())


def test_what_django_says_of_an_error_hides_the_key_too(logged, monkeypatch):
    # Before the address was resolved, and so before anybody knew that it holds a key.
    monkeypatch.setattr("brainstem.config.two_factor_gate._concerns", _breaks)
    Client(raise_request_exception=False).get("/account/invited/the-key-of-a-link/")
    errors = [one for one in logged() if one["logger"] == "django.request"]
    assert [one["message"] for one in errors] == ["Internal Server Error: /account/invited/***/"]
    assert "the-key-of-a-link" not in json.dumps([one["message"] for one in errors])


def _breaks(*_args, **_kwargs):
    raise RuntimeError("broken")


# -- hostile input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/private/%0A%7B%22level%22:%22ERROR%22%7D/", {}),
        ("/api/private/stem/%0D%0A%00%1B%5B31m%E2%80%A8/", {}),
        ("/private/stem/project/", {"x-request-id": 'a"}\n{"b": "c'}),
        ("/private/stem/project/", {"accept": "text/html", "user-agent": FORGED}),
    ],
)
def test_a_request_cannot_forge_a_line(logged, client, path, headers):
    client.get(path, headers=headers)
    line = access(logged)
    assert line["level"] == "INFO"
    assert "forged" not in line


def test_a_made_up_verb_stays_in_its_line(logged, client):
    client.generic('BREW\n{"level": "ERROR"}', "/api/")
    line = access(logged)
    assert line["method"] == 'BREW\n{"LEVEL": "ERROR"}'
    assert "\n" not in line["message"]


def test_a_message_of_others_cannot_either(logged):
    logging.getLogger("other").warning("said %s", FORGED)
    [line] = logged().of("other")
    assert line["message"] == f"said {FORGED}"
    assert set(line) == {"time", "level", "logger", "request_id", "message"}


def test_an_exception_is_one_field_of_its_line(logged):
    try:
        raise ValueError(FORGED)
    except ValueError:
        logging.getLogger("other").exception("It failed")
    [line] = logged().of("other")
    assert line["message"] == "It failed"
    assert line["exception"].startswith("Traceback")
    assert FORGED in line["exception"]
    assert len(logged()) == 1


def test_what_others_attach_to_a_record_is_not_written(logged):
    logging.getLogger("other").warning("said", extra={"request": object(), "password": PASSWORD})
    assert PASSWORD not in json.dumps(logged())


# -- settings ------------------------------------------------------------------------------------------------------------


def test_lines_are_text_unless_asked_for_otherwise(monkeypatch):
    monkeypatch.delenv("LOG_FORMAT", raising=False)
    assert environment.log_format(Env()) == "line"
    monkeypatch.setenv("LOG_FORMAT", "JSON")
    assert environment.log_format(Env()) == "json"
    monkeypatch.setenv("LOG_FORMAT", "xml")
    with pytest.raises(ImproperlyConfigured, match="LOG_FORMAT is 'xml'; valid values: line, json"):
        environment.log_format(Env())


def test_a_process_with_the_setting_writes_json(tmp_path):
    program = "import django; django.setup(); import logging; logging.getLogger('a').warning('b\\nc')"
    import os
    import subprocess

    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {
            "DJANGO_SETTINGS_MODULE": "brainstem.config.settings", "PYTHONPATH": os.pathsep.join(sys.path),
            "DEBUG": "on", "LOG_FORMAT": "json", "BRAINSTEM_DATA_DIR": str(tmp_path),
        },
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    [line] = Lines(done.stderr)
    assert (line["message"], line["logger"], line["request_id"]) == ("b\nc", "a", "-")


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ("account/invited/<str:key>/", "/account/invited/<key>/"),
        (r"^healthz/?$", "/healthz/"),
        (r"api/^(?P<portal>a|b)/history/(?P<event>[^/]+)/?$", "/api/<portal>/history/<event>/"),
        ("", "/"),
    ],
)
def test_a_route_reads_as_an_address(route, expected):
    assert readable(route) == expected


def test_a_request_that_is_not_logged_is_not_described(monkeypatch, client, caplog):
    monkeypatch.setattr(middleware, "access_of", None)
    with caplog.at_level(logging.WARNING, logger="brainstem.access"):
        assert client.get("/robots.txt").status_code == 200
