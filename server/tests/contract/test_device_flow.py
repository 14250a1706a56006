"""The device flow against the contract: addresses, keys and their order, statuses, outcomes."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from brainstem.apps.users import devices
from brainstem.apps.users.device_models import DeviceRequest

from . import documented

START, POLL = "/api/auth/device/", "/api/auth/device/token/"


@pytest.fixture(scope="module")
def contract():
    return documented.read("auth")


@pytest.fixture
def endpoint(contract):
    """What the contract says of an address."""
    return contract["device"].__getitem__


def send(client, url, body):
    answer = client.post(url, json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_a_program_is_told_what_the_contract_says(client, db, endpoint, facts):
    status, body = send(client, START, {})
    assert (status, list(body)) == (200, endpoint(START)["keys"])
    assert body["expires_in"] == endpoint(START)["lifetime_seconds"]
    page = body["verification_uri"]
    assert page.endswith(endpoint(START)["addresses"]["verification_uri"])
    complete = endpoint(START)["addresses"]["verification_uri_complete"].format(**body)
    assert body["verification_uri_complete"].endswith(complete)
    facts["device flow"] += len(body)


def test_every_answer_to_a_poll_is_one_of_the_contract(client, alice, endpoint, facts):
    expected = [tuple(one.items()) for one in endpoint(POLL)["responses"]]
    caller = {"address": "", "agent": ""}
    seen = []

    def poll(started):
        status, body = send(client, POLL, {"device_code": started["device_code"]})
        assert status == endpoint(POLL)["status_code"]
        seen.append(tuple((key, "personal access token" if key == "token" else value) for key, value in body.items()))

    approved, denied, over = (send(client, START, {})[1] for _ in range(3))
    poll(approved)
    devices.approve(devices.by_session(approved["session_id"]), user=alice.user, name="rig", read_only=False, **caller)
    poll(approved)
    devices.deny(devices.by_session(denied["session_id"]), user=alice.user, **caller)
    poll(denied)
    DeviceRequest.objects.filter(outcome="").update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    poll(over)
    poll(approved)
    assert seen == expected
    facts["device flow"] += len(seen)


def test_the_pages_are_where_the_contract_says(contract, facts):
    pages = {"tokens": "account_tokens", "authorize": "account_authorize", "two_factor": "mfa_index"}
    assert {page: reverse(name) for page, name in pages.items()} == contract["web_pages"]
    facts["device flow"] += len(pages)
