"""Programs sign in through a real browser: the released clients as they are, and ours at the command line.

The program runs in a process of its own. The browser that it opens is a script that hands the address over to the test,
which opens it in Chromium as a person does.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

from brainstem.apps.users import devices, events
from brainstem.apps.users.token_models import Token
from tests.contract.clients.installed import bin_folder

from .signing_in import enter, type_password

CLIENT = Path(__file__).resolve().parents[3] / "client"
PATIENCE = 30

# What the guide of client 2.0.0 shows: no token, no password, a browser opens.
LOAD_PROJECTS = """
import json, sys
from brainstem_api_tools import BrainstemClient
client = BrainstemClient(url=sys.argv[1], headless=len(sys.argv) > 2)
answer = client.load("project")
print(json.dumps({"status": answer.status_code, "names": [project["name"] for project in answer.json()["projects"]]}))
"""

pytestmark = pytest.mark.django_db


class Program:
    """A client at work, and the address that it wanted to open."""

    def __init__(self, command: list[object], folder: Path, **environment: str) -> None:
        self.folder, self.opened = folder, folder / "opened"
        browser = folder / "browser"
        browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {self.opened}.part && mv {self.opened}.part {self.opened}\n')
        browser.chmod(0o755)
        self.process = subprocess.Popen(
            [str(part) for part in command],
            env={"HOME": str(folder), "BROWSER": f"{browser} %s", "PYTHONUNBUFFERED": "1"} | environment,
            cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def address(self) -> str:
        """The address that it opened in a browser."""
        deadline = time.monotonic() + PATIENCE
        while not self.opened.exists() and self.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        assert self.opened.exists(), self.process.communicate()[0]
        return self.opened.read_text()

    def line(self) -> str:
        """The next line that it prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def ended(self) -> tuple[int, str]:
        """Exit code, and what it printed, once it is done."""
        said = self.process.communicate(timeout=PATIENCE)[0]
        return self.process.returncode, said


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Starts programs, and ends those that a failed test left; they are asked to poll often, to save time."""
    monkeypatch.setattr(devices, "POLL_SECONDS", 1)
    started: list[Program] = []

    def run(*command: object, **environment: str) -> Program:
        started.append(Program(list(command), tmp_path, **environment))
        return started[-1]

    yield run
    for program in started:
        program.process.kill()
        program.process.communicate()


@pytest.fixture
def user(project, alice):
    """Alice, who owns a project and has no tokens yet."""
    Token.objects.all().delete()
    events.of(alice.user).delete()
    return alice.user


@pytest.fixture
def project(lab, alice):
    """Name of Alice's project."""
    return alice.get(f"stem/project/{lab['project']}").record["name"]


def program_2_0_0(run, site, *more):
    return run(bin_folder("2.0.0") / "python", "-c", LOAD_PROJECTS, site, *more)


# --- the released Python client ------------------------------------------------------------------------------------


def test_client_2_0_0_signs_in_through_the_browser_and_loads_projects(visitor, site, user, run, project):
    program = program_2_0_0(run, site)
    visitor.go(program.address())
    type_password(visitor, user)
    assert "brainstem-python" in visitor.text
    assert "python-requests/" in visitor.text
    visitor.press("Approve")
    code, said = program.ended()
    assert (code, json.loads(said.splitlines()[-1])) == (0, {"status": 200, "names": [project]})
    kept = program.folder / ".config" / "brainstem" / "token"
    assert kept.read_text().startswith(Token.objects.get().prefix)
    assert kept.stat().st_mode & 0o777 == 0o600
    # It is signed in from now on: it opens nothing any more.
    program.opened.unlink()
    code, said = program_2_0_0(run, site).ended()
    assert (code, program.opened.exists()) == (0, False)
    assert _kinds(user)[-2:] == ["device_approved", "token_made"]


def test_client_2_0_0_signs_in_somebody_with_two_factor(visitor, site, user, run):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    type(user).objects.filter(pk=user.pk).update(two_factor_enabled=True)
    program = program_2_0_0(run, site)
    visitor.go(program.address())
    type_password(visitor, user)
    assert "Approve" not in visitor.text
    visitor.page.wait_for_selector("[name=code]")
    visitor.fill(code=format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    visitor.page.locator("main form:has([name=code]) button").first.click()
    visitor.press("Approve")
    assert program.ended()[0] == 0


def test_client_2_0_0_without_a_browser_has_its_code_typed(visitor, site, user, run):
    program = program_2_0_0(run, site, "headless")
    address, code = re.fullmatch(r"Open (\S+) and enter: (\S+)\n", program.line()).groups()
    assert address == f"{site}/account/authorize/"
    enter(visitor, user)
    visitor.go(address)
    visitor.fill(user_code=code)
    visitor.press("Continue")
    visitor.press("Approve")
    assert program.ended()[0] == 0


def test_client_2_0_0_tells_that_it_was_denied(visitor, site, user, run):
    program = program_2_0_0(run, site)
    enter(visitor, user)
    visitor.go(program.address())
    visitor.press("Deny")
    code, said = program.ended()
    assert code == 1
    assert "AuthenticationError: Authorization failed: access_denied" in said
    assert not Token.objects.exists()


# --- the MATLAB client ---------------------------------------------------------------------------------------------


def test_the_requests_of_the_matlab_client_end_with_a_token(client, visitor, site, user):
    """What its ``get_token`` sends: an empty object, then polls every 3 seconds, which is faster than it was told."""
    sent = {"content_type": "application/json", "headers": {"User-Agent": "MATLAB 9.14.0.2206163 (R2023a)"}}
    started = client.post("/api/auth/device/", "{}", **sent).json()
    assert started["expires_in"] > 0
    poll = json.dumps({"device_code": started["device_code"]})
    for _ in range(3):
        assert client.post("/api/auth/device/token/", poll, **sent).json() == {"status": "authorization_pending"}
    enter(visitor, user)
    visitor.go(started["verification_uri_complete"])
    assert "Unnamed" in visitor.text
    assert "MATLAB 9.14" in visitor.text
    visitor.press("Approve")
    given = client.post("/api/auth/device/token/", poll, **sent).json()
    assert given["status"] == "success"
    assert Token.objects.get().name == "A program"
    # It tells its user where tokens are, should the server know no devices.
    assert visitor.go("/private/users/tokens/").status == 200
    answer = client.get("/api/private/stem/project/", headers={"Authorization": f"Bearer {given['token']}"})
    assert answer.status_code == 200


# --- ours, at the command line -------------------------------------------------------------------------------------


def brainstem(run, site, *arguments):
    here = {"PYTHONPATH": str(CLIENT), "BRAINSTEM_URL": site}
    return run(sys.executable, "-m", "brainstem_api_tools.cli", *arguments, **here)


def test_brainstem_login_signs_in_through_the_browser(visitor, site, user, run):
    program = brainstem(run, site, "login", "--browser")
    visitor.go(program.address())
    type_password(visitor, user)
    visitor.press("Approve")
    code, said = program.ended()
    assert (code, "Cached at:" in said) == (0, True), said
    code, said = brainstem(run, site, "whoami").ended()
    assert (code, user.email in said) == (0, True), said
    assert Token.objects.get().expires_at.date().isoformat() in said


def test_brainstem_login_tells_that_it_was_denied(visitor, site, user, run):
    program = brainstem(run, site, "login", "--browser")
    enter(visitor, user)
    visitor.go(program.address())
    visitor.press("Deny")
    code, said = program.ended()
    assert (code, "The request was denied in the browser." in said) == (1, True), said


def test_brainstem_open_leads_to_the_page_of_a_record(visitor, site, user, run, lab, project):
    program = brainstem(run, site, "open", "project", str(lab["project"]))
    enter(visitor, user)
    visitor.go(program.address())
    assert visitor.path == f"/private/stem/project/{lab['project']}/"
    assert project in visitor.text
    assert program.ended()[0] == 0


def _kinds(user):
    return [event.kind for event in events.of(user).order_by("id")]
