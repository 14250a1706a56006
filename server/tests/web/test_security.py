"""What a browser is told, and what it cannot be made to do: asked of a server as an institute runs it, over a socket."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.served import ADD_PEOPLE, PASSWORD, environment_of, free_port, manage, new_database, running

HOST = "lab.example"
EMAIL = "alice@lab.example"
EVIL = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https:evil.example",
    "https:///evil.example",
    "http://lab.example@evil.example/",
    "javascript:alert(1)",
    "data:text/html,evil",
    "\x01https://evil.example/",
    " https://evil.example/",
    "https://lab.example.evil.example/",
]


@dataclass
class Production:
    """A server behind a proxy that ends TLS, and what that proxy sends."""

    url: str
    log: Path
    headers: dict[str, str] = field(default_factory=lambda: {"Host": HOST, "X-Forwarded-Proto": "https"})

    def browser(self, **headers: str) -> Browser:
        """Somebody who keeps cookies."""
        return Browser(self, self.headers | {"Accept": "text/html", "Referer": f"https://{HOST}/"} | headers)


@dataclass
class Browser:
    """Keeps cookies, sends forms with their tokens; follows no redirect."""

    site: Production
    headers: dict[str, str]
    cookies: dict[str, str] = field(default_factory=dict)
    flags: dict[str, dict[str, str]] = field(default_factory=dict)

    def send(
        self, method: str, path: str, data: dict[str, str] | str | None = None, **headers: str
    ) -> requests.Response:
        # By hand: a jar would keep Secure cookies from the plain socket behind the proxy.
        jar = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        answer = requests.request(
            method,
            self.site.url + path,
            data=data,
            headers=self.headers | jar | headers,
            allow_redirects=False,
            timeout=30,
        )
        for line in answer.raw.headers.getlist("Set-Cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                self.flags[name] = {key: str(value) for key, value in morsel.items()}
        return answer

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.send("GET", path, **headers)

    def post(self, path: str, **fields: str) -> requests.Response:
        """Send the form of a page as the page would."""
        page = self.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, (path, page.status_code, page.text)
        return self.send("POST", path, {"csrfmiddlewaretoken": token[1]} | fields)

    def sign_in(self, path: str = "/account/login/") -> requests.Response:
        return self.post(path, login=EMAIL, password=PASSWORD)

    @property
    def is_signed_in(self) -> bool:
        return self.get("/account/two_factor/").status_code == 200


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """The server with the settings of an institute: no DEBUG, https, a proxy."""
    folder, port = tmp_path_factory.mktemp("production"), free_port()
    with new_database(folder) as database:
        environment = environment_of(f"https://{HOST}", database, folder) | {
            "DEBUG": "off",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
            "BRAINSTEM_BEHIND_PROXY": "on",
        }
        manage(environment, "-c", ADD_PEOPLE, text=f'{{"{EMAIL}": "{PASSWORD}"}}')
        with running(environment, port=port, folder=folder):
            yield Production(f"http://127.0.0.1:{port}", folder / "served.log")


@pytest.fixture
def alice(production) -> Browser:
    """Alice's browser, signed in."""
    browser = production.browser()
    assert browser.sign_in().status_code == 302
    assert browser.is_signed_in
    return browser


# --- headers -------------------------------------------------------------------------------------------------------

PAGES = ["/", "/account/login/", "/nothing", "/account/password/reset/"]


@pytest.mark.parametrize(
    "path", [*PAGES, "/api/", "/api/public/stem/project/?format=json", "/api/private/stem/project/"]
)
def test_every_answer_is_guarded(production, path):
    headers = production.browser().get(path).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert int(re.fullmatch(r"max-age=(\d+).*", headers["Strict-Transport-Security"])[1]) >= 31_536_000


@pytest.mark.parametrize("path", PAGES)
def test_a_page_may_run_nothing_that_stands_in_it(production, path):
    answer = production.browser().get(path)
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son\w+=", answer.text)


def test_what_is_no_page_may_run_nothing_at_all(production):
    policy = production.browser(Accept="application/json").get("/api/").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "sandbox" in policy


def test_a_plain_connection_is_not_told_to_insist_on_https(production):
    answer = production.browser(**{"X-Forwarded-Proto": "http"}).get("/account/login/")
    assert "Strict-Transport-Security" not in answer.headers


# --- hosts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.example", "lab.example.evil.example", "lab.example@evil.example", "", "lab.example, evil.example"]
)
def test_another_name_for_the_server_is_refused(production, host):
    answer = production.browser(Host=host).get("/account/password/reset/")
    assert answer.status_code == 400
    assert "evil.example" not in answer.text


def test_a_forwarded_host_is_not_believed(production):
    answer = production.browser(**{"X-Forwarded-Host": "evil.example"}).get("/account/login/?next=/account/two_factor/")
    assert answer.status_code == 200
    assert "evil.example" not in answer.text


# --- cookies and sessions ------------------------------------------------------------------------------------------


def test_cookies_are_for_this_server_over_https_only(alice):
    for name in ("sessionid", "csrftoken"):
        assert alice.flags[name]["secure"], name
        assert alice.flags[name]["samesite"] == "Lax", name
        assert alice.flags[name]["path"] == "/", name
        assert not alice.flags[name]["domain"], name
    assert alice.flags["sessionid"]["httponly"]


def test_a_session_that_somebody_else_began_is_not_signed_in(production):
    victim, attacker = production.browser(), production.browser()
    attacker.get("/account/login/")
    planted = secrets.token_hex(16)
    victim.cookies["sessionid"] = attacker.cookies["sessionid"] = planted
    assert victim.sign_in().status_code == 302
    assert victim.is_signed_in
    assert victim.cookies["sessionid"] != planted
    assert not attacker.is_signed_in


def test_signing_in_again_ends_the_key_from_before(alice, production):
    before = production.browser()
    before.cookies = dict(alice.cookies)
    assert before.is_signed_in
    assert alice.post("/account/logout/").status_code == 302
    assert not before.is_signed_in
    assert alice.sign_in().status_code == 302
    assert not before.is_signed_in


def test_signing_out_takes_a_form(alice):
    alice.get("/account/logout/")
    assert alice.is_signed_in
    alice.post("/account/logout/")
    assert not alice.is_signed_in


# --- forged requests -----------------------------------------------------------------------------------------------

FORMS = [
    "/account/logout/",
    "/account/password/change/",
    "/private/users/tokens/",
    "/account/authorize/",
]


@pytest.mark.parametrize("path", FORMS)
def test_a_form_without_its_token_is_refused(alice, path):
    answer = alice.send("POST", path, {"login": EMAIL, "password": PASSWORD, "name": "stolen"})
    assert answer.status_code == 403
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["X-Request-ID"] in answer.text
    assert alice.is_signed_in


@pytest.mark.parametrize("path", FORMS)
def test_a_form_of_another_site_is_refused_even_with_a_token(alice, path):
    page = alice.get("/account/two_factor/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    answer = alice.send("POST", path, {"csrfmiddlewaretoken": token}, Origin="https://evil.example")
    assert answer.status_code == 403
    assert alice.is_signed_in


def test_nobody_is_signed_in_by_a_form_of_another_site(production, alice):
    fields = {"login": EMAIL, "password": PASSWORD}
    browser = production.browser()
    assert browser.send("POST", "/account/login/", fields).status_code == 403
    assert browser.send("POST", "/account/login/", fields, Origin="https://evil.example").status_code == 403
    assert not browser.is_signed_in
    # Who is signed in already stays who they are.
    before = alice.cookies["sessionid"]
    assert alice.send("POST", "/account/login/", fields).headers["Location"] == "/"
    assert alice.cookies["sessionid"] == before


def test_the_api_takes_no_change_by_cookie_without_proof_that_the_page_is_ours(alice):
    body = {"data": '{"name": "Forged"}', "Content-Type": "application/json", "Accept": "application/json"}
    forged = alice.send("POST", "/api/private/stem/project/", **body)
    assert forged.status_code == 403
    assert "was not sent by a page of this server" in forged.json()["detail"]
    proven = alice.send("POST", "/api/private/stem/project/", **body | {"X-CSRFToken": alice.cookies["csrftoken"]})
    assert proven.status_code == 201
    abroad = alice.send(
        "POST",
        "/api/private/stem/project/",
        **body | {"X-CSRFToken": alice.cookies["csrftoken"], "Origin": "https://evil.example"},
    )
    assert abroad.status_code == 403


# --- redirects -----------------------------------------------------------------------------------------------------


def _stays(location: str) -> bool:
    parts = urlsplit(location.replace("\\", "/"))
    return parts.netloc in ("", HOST) and parts.scheme in ("", "https") and not location.startswith(("//", "/\\"))


@pytest.mark.parametrize("target", EVIL)
def test_signing_in_leads_nowhere_else(production, target):
    browser = production.browser()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/account/login/").text)[1]
    fields = {"csrfmiddlewaretoken": token, "login": EMAIL, "password": PASSWORD, "next": target}
    answer = browser.send("POST", "/account/login/", fields)
    assert answer.status_code == 302
    assert _stays(answer.headers["Location"])


def test_signing_in_leads_back_to_a_page_of_ours(production):
    browser = production.browser()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/account/login/").text)[1]
    fields = {"csrfmiddlewaretoken": token, "login": EMAIL, "password": PASSWORD, "next": "/account/two_factor/"}
    assert browser.send("POST", "/account/login/", fields).headers["Location"] == "/account/two_factor/"


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/account/login",
        "/%5Cevil.example/account/login",
        "//evil.example/private/stem/project",
        "/private//evil.example",
        "/account/login;@evil.example",
    ],
)
def test_a_crooked_address_leads_nowhere_else(production, path):
    answer = production.browser().get(path)
    assert answer.status_code < 500
    assert _stays(answer.headers.get("Location", "/"))


# --- reports -------------------------------------------------------------------------------------------------------


def test_a_breach_of_the_policy_is_reported_to_the_log_on_one_line(production):
    assert "report-uri /csp-report/" in production.browser().get("/").headers["Content-Security-Policy"]
    report = '{"csp-report": {"blocked-uri": "https://evil.example/x.js"}}\nforged line'
    answer = requests.post(
        f"{production.url}/csp-report/",
        data=report,
        headers=production.headers | {"Content-Type": "application/csp-report"},
        timeout=30,
    )
    assert answer.status_code == 204
    line = next(line for line in production.log.read_text().splitlines() if "evil.example/x.js" in line)
    assert "Content policy violation" in line
    assert "\\nforged line" in line
    assert production.browser().get("/csp-report/").status_code == 405
