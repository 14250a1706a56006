"""What browsers and caches may keep of each address of the server."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from brainstem.config.keeping import OWN

pytestmark = pytest.mark.django_db

OWN_PICTURE = "/account/picture/"  # says itself how long it is good
OF_PEOPLE = ("/api/private/", "/api/super/")
SIGNING_IN = ("/api/token", "/api/auth/")
VALUES = {"app": "stem", "model": "project", "key": "a-key", "uidb36": "1", "provider_id": "sso", "method": "app",
          "factor": "app", "group": "Equipment", "name": "Camera", "version": "1.0.0", "path": "x", "token_id": "1",
          "action": "history", "version_id": "1"}  # fmt: skip


def addresses(project_id: str) -> list[str]:
    """One address, or one a portal, of each pattern of the server."""
    found = set()
    for _, forms in get_resolver().reverse_dict.lists():
        for possibilities, *_ in forms:
            for template, names in possibilities:
                for portal in ("private", "public", "super") if "portal" in names else ("",):
                    values = dict.fromkeys(names, "1") | VALUES | {"portal": portal, "record_id": project_id}
                    values |= {"path": f"{portal or 'private'}/stem/project"} if "private|" in template else {}
                    found.add("/" + template % {name: values[name] for name in names})
    return sorted(found)


@pytest.fixture
def project_id(alice):
    """A project of Alice's."""
    return alice.make("stem/project/", name="P")["id"]


@pytest.fixture
def signed_in(alice):
    """Alice's browser."""
    client = Client(headers={"Accept": "application/json"}, raise_request_exception=False)
    client.force_login(alice.user)
    return client


def kept(answer) -> set[str]:
    """What ``Cache-Control`` says."""
    return {part.strip() for part in answer.headers.get("Cache-Control", "").split(",")} - {""}


def depends_on(answer) -> set[str]:
    """What ``Vary`` names."""
    return set(re.split(r",\s*", answer.headers.get("Vary", "")))


def test_every_address_says_what_may_be_kept_of_what_it_shows_to_who_is_signed_in(signed_in, project_id, alice):
    walked = addresses(project_id)
    assert len(walked) > 80
    wrong = []
    for path in walked:
        signed_in.force_login(alice.user)  # some addresses sign out
        answer = signed_in.get(path)
        said = kept(answer)
        if path.startswith(OF_PEOPLE):
            varies = {"Authorization", "Cookie"} <= depends_on(answer)
            fine = "private" in said and bool(said & {"no-cache", "no-store"}) and varies
        elif path.startswith(SIGNING_IN):
            fine = "no-store" in said
        elif path.startswith("/api/"):
            fine = not said & {"private", "no-store"}
        elif path.startswith(OWN_PICTURE):
            fine = "private" in said
        else:
            # Where nothing was asked of the session, the answer is the same for everybody.
            fine = "no-store" in said or "Cookie" not in depends_on(answer)
        if not fine:
            wrong.append((path, answer.status_code, said))
    assert not wrong


@pytest.mark.parametrize("path", ["", "{id}/", "options/?field=publications", "?format=ndjson"])
@pytest.mark.parametrize("portal", ["private", "super"])
def test_an_answer_to_a_token_is_for_its_holder(alice, admin, project_id, portal, path):
    who = admin if portal == "super" else alice
    answer = who.get(f"stem/project/{path.format(id=project_id)}", portal=portal)
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == OWN
    assert {"Authorization", "Cookie"} <= depends_on(answer)


def test_a_refusal_of_the_private_portal_is_not_kept_for_others(client):
    answer = client.get("/api/private/stem/project/")
    assert answer.status_code == 401
    assert answer.headers["Cache-Control"] == OWN


def test_the_public_portal_says_the_same_to_everybody(client, signed_in):
    for browser in (client, signed_in):
        # To be kept by anyone, but asked about before it is used: projects are unpublished.
        assert browser.get("/api/public/stem/project/").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/account/two_factor/app/add/", "/private/users/tokens/", "/account/export/",
                                  "/account/two_factor/backup_codes/", "/account/authorize/"])  # fmt: skip
def test_pages_of_secrets_are_kept_nowhere(signed_in, path):
    assert "no-store" in kept(signed_in.get(path, headers={"Accept": "text/html"}))


def test_the_page_of_a_link_is_kept_nowhere(client):
    for path in ("/account/confirm-email/a-key/", "/account/invited/a-key/", "/account/password/reset/key/1-a/"):
        assert "no-store" in kept(client.get(path, headers={"Accept": "text/html"}))


def test_half_a_sign_in_is_kept_nowhere(client):
    asked = client.get("/account/two_factor/passkeys/sign_in/", headers={"Accept": "application/json"})
    assert "no-store" in kept(asked)
    assert "no-store" in kept(client.post("/api/auth/device/"))
