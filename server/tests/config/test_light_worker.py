"""A process that answers programs holds nothing in memory that only pages, mails and uploads need."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from ..served import SERVER, Served, served

pytestmark = pytest.mark.slow

__all__ = ["served"]

HEAVY = ("PIL", "allauth.account.views", "cryptography", "fido2", "jsonschema_rs", "jwt", "nh3", "requests")
ASK = """
import io, json, sys
from brainstem.config.wsgi import application
def get(path, token=""):
    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "limit=100", "SERVER_NAME": "localhost",
             "SERVER_PORT": "80", "HTTP_HOST": "localhost", "wsgi.input": io.BytesIO(), "wsgi.url_scheme": "http"}
    asked |= {"HTTP_AUTHORIZATION": "Bearer " + token} if token else {}
    status = []
    b"".join(application(asked, lambda line, headers: status.append(line[:3])))
    return status[0]
token, *paths = sys.argv[1:]
told = [get(path, token) for path in paths[:-1]]
light = sorted(sys.modules)
told.append(get(paths[-1]))
print(json.dumps([told, light, sorted(sys.modules)]))
"""


@pytest.fixture(scope="module")
def loaded(served: Served) -> tuple[list[str], set[str], set[str]]:
    """Status codes; the modules after requests of programs, and after a page."""
    paths = ("/healthz", "/api/private/stem/session/", "/api/private/users/user/me/", "/api/public/stem/project/")
    done = subprocess.run(
        [sys.executable, "-c", ASK, served.token("alice"), *paths, "/account/login/"],
        env=served.environment, cwd=SERVER, capture_output=True, text=True, check=True,
    )  # fmt: skip
    told, light, whole = json.loads(done.stdout.splitlines()[-1])
    return told, set(light), set(whole)


def test_every_request_was_answered(loaded):
    assert loaded[0] == ["200"] * 5


@pytest.mark.parametrize("name", HEAVY)
def test_a_worker_that_has_answered_programs_only_has_not_imported(name, loaded):
    assert name not in loaded[1]


@pytest.mark.parametrize("name", ["allauth.account.views", "requests"])
def test_with_the_first_page_comes_what_pages_need(name, loaded):
    assert name in loaded[2]
