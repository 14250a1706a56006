"""Limits of rate: callers who ask for too much wait, and for no longer than it takes; others do not notice."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from environ import Env

from brainstem.apps.users.token_models import Token
from brainstem.config import environment
from brainstem.config.metrics.board import board
from brainstem.config.person import NOBODY, Person
from brainstem.config.rates import buckets as kept
from brainstem.config.rates.buckets import Buckets
from brainstem.config.rates.policies import applying
from brainstem.config.settings import BRAINSTEM_RATES
from brainstem.core.sql import deadlines

pytestmark = pytest.mark.django_db

BY_NAME = {one.name: one for one in BRAINSTEM_RATES}
PROJECTS = "/api/private/stem/project/"
SUBJECTS = "/api/private/stem/subject/"
PUBLIC = "/api/public/stem/project/"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock(monkeypatch):
    """The time of new, full buckets."""
    clock = Clock()
    monkeypatch.setattr(kept, "_current", Buckets(now=clock))
    return clock


@pytest.fixture
def limit(settings, clock):
    """Sets limits, in requests or rows a minute, and no others."""

    def limit(**numbers):
        settings.BRAINSTEM_RATES = tuple(replace(BY_NAME[name], per_minute=most) for name, most in numbers.items())

    return limit


def bearer(someone):
    return {"authorization": f"Bearer {someone.token}"}


def statuses(client, path, number, **named):
    return [client.get(path, **named).status_code for _ in range(number)]


# -- requests ---------------------------------------------------------------------------------------------------------


def test_a_person_who_has_used_up_their_requests_waits_until_there_is_one_again(client, alice, bob, limit, clock):
    limit(requests_person=3)
    assert statuses(client, PROJECTS, 3, headers=bearer(alice)) == [200, 200, 200]
    refused = client.get(PROJECTS, headers=bearer(alice))
    assert refused.status_code == 429
    assert refused["Brainstem-Error-Code"] == "throttled"
    assert refused["Retry-After"] == "20"
    assert "allows a person 3 requests a minute" in refused.json()["detail"]
    assert "Try again in 20 s." in refused.json()["detail"]
    assert refused["RateLimit-Policy"] == '"requests_person";q=3;w=60'
    assert refused["RateLimit"] == '"requests_person";r=0;t=20'
    assert client.get(PROJECTS, headers=bearer(bob)).status_code == 200
    clock.seconds += 20
    assert statuses(client, PROJECTS, 2, headers=bearer(alice)) == [200, 429]


def test_waiting_as_long_as_was_said_is_enough(client, alice, limit, clock):
    limit(requests_person=7)
    statuses(client, PROJECTS, 7, headers=bearer(alice))
    for _ in range(5):
        refused = client.get(PROJECTS, headers=bearer(alice))
        assert refused.status_code == 429
        clock.seconds += int(refused["Retry-After"])
        assert client.get(PROJECTS, headers=bearer(alice)).status_code == 200


def test_all_tokens_of_a_person_count_together_and_each_by_itself(client, alice, limit):
    other = type(alice)(alice.user)
    limit(requests_token=2, requests_person=3)
    assert statuses(client, PROJECTS, 3, headers=bearer(alice)) == [200, 200, 429]
    assert statuses(client, PROJECTS, 2, headers=bearer(other)) == [200, 429]
    assert "allows a person 3" in client.get(PROJECTS, headers=bearer(other)).json()["detail"]


def test_a_browser_counts_as_its_person(client, alice, limit):
    client.force_login(alice.user)
    limit(requests_person=2)
    assert statuses(client, PROJECTS, 2) == [200, 200]
    assert client.get(PROJECTS, headers=bearer(alice)).status_code == 429


def test_anonymous_requests_count_by_their_network_and_people_who_are_signed_in_do_not(client, alice, limit):
    limit(requests_address=2)
    far, near = "2001:db8:1:2::1", "2001:db8:1:3::1"
    assert statuses(client, PUBLIC, 3, REMOTE_ADDR=far) == [200, 200, 429]
    assert client.get(PUBLIC, REMOTE_ADDR="2001:db8:1:2::2").status_code == 429
    assert client.get(PUBLIC, REMOTE_ADDR=near).status_code == 200
    assert statuses(client, PROJECTS, 3, REMOTE_ADDR=far, headers=bearer(alice)) == [200, 200, 200]


def test_made_up_credentials_count_as_anonymous(client, alice, limit):
    limit(requests_address=2)
    Token.objects.update(revoked_at=timezone.now())
    assert statuses(client, PROJECTS, 2, headers=bearer(alice)) == [401, 401]
    client.cookies["sessionid"] = "a" * 32
    assert client.get(PUBLIC).status_code == 429


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_monitoring_is_not_limited(client, limit, path):
    limit(requests_address=1)
    assert 429 not in statuses(client, path, 3)


def test_a_browser_gets_a_page(client, limit):
    limit(requests_address=1)
    html = {"accept": "text/html"}
    assert client.get("/account/login/", headers=html).status_code == 200
    page = client.get("/account/login/", headers=html)
    assert (page.status_code, page["Retry-After"]) == (429, "60")
    assert page["Content-Type"].startswith("text/html")
    assert "Try again in 60 s." in page.content.decode()


def test_a_page_of_another_site_can_read_the_refusal(client, limit):
    limit(requests_address=1)
    origin = {"origin": "https://app.example.org"}
    statuses(client, PUBLIC, 1, headers=origin)
    refused = client.get(PUBLIC, headers=origin)
    assert refused.status_code == 429
    assert refused["Access-Control-Allow-Origin"] == "https://app.example.org"
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(
        re.split(", ?", refused["Access-Control-Expose-Headers"])
    )


def test_responses_tell_what_is_left_once_less_than_half_is(client, alice, limit):
    limit(requests_person=4)
    told = [client.get(PROJECTS, headers=bearer(alice)).get("RateLimit") for _ in range(4)]
    assert told == [None, None, '"requests_person";r=1;t=45', '"requests_person";r=0;t=60']


def test_refusals_are_counted(client, limit):
    limit(requests_address=1)
    cell = board().layout.limited("requests_address")
    before = board().total(cell)
    assert statuses(client, PUBLIC, 3) == [200, 429, 429]
    assert board().total(cell) == before + 2


# -- cost -------------------------------------------------------------------------------------------------------------


def left_of(name, key):
    policy = replace(BY_NAME[name], per_minute=1000)
    return kept.buckets().take([(policy, f"{name}|{key}")])[0].number


def test_reading_costs_rows_times_includes(client, alice, lab, limit):
    subject = lab["subject"]
    lab.add("subject")
    limit(cost_person=1000)
    client.get(f"{SUBJECTS}{subject}/", headers=bearer(alice))
    assert left_of("cost_person", alice.user.pk) == 999
    assert len(client.get(SUBJECTS, headers=bearer(alice)).json()["subjects"]) == 2
    assert left_of("cost_person", alice.user.pk) == 997
    client.get(f"{SUBJECTS}?include[]=projects&include[]=strain", headers=bearer(alice))
    assert left_of("cost_person", alice.user.pk) == 991


def test_a_stream_costs_as_much_as_its_pages(client, alice, lab, limit):
    for _ in range(3):
        lab.add("subject")
    limit(cost_person=1000)
    ticket = deadlines.Ticket()
    with ticket.held():
        answer = client.get(f"{SUBJECTS}?include[]=projects&format=ndjson", headers=bearer(alice))
        assert left_of("cost_person", alice.user.pk) == 1000
        assert len(b"".join(answer.streaming_content).splitlines()) == 3
        answer.close()
    assert left_of("cost_person", alice.user.pk) == 994


def test_writing_costs_rows(client, alice, limit):
    limit(cost_person=1000)
    rows = {"create": [{"name": f"P{at}"} for at in range(20)]}
    done = client.post(f"{PROJECTS}bulk/?return=ids", rows, "application/json", headers=bearer(alice))
    assert done.status_code == 200
    assert left_of("cost_person", alice.user.pk) == 980


def test_who_has_read_too_much_waits_until_it_is_made_up_for(client, alice, limit, clock):
    for at in range(10):
        alice.post("stem/project/", {"name": f"P{at}"})
    limit(cost_person=6)
    assert client.get(PROJECTS, headers=bearer(alice)).status_code == 200
    refused = client.get(PROJECTS, headers=bearer(alice))
    assert refused.status_code == 429
    assert "6 rows" in refused.json()["detail"]
    clock.seconds += int(refused["Retry-After"])
    assert client.get(PROJECTS, headers=bearer(alice)).status_code == 200


# -- settings ---------------------------------------------------------------------------------------------------------


def test_whom_limits_apply_to():
    def names(person):
        return {policy.name for policy, _ in applying(BRAINSTEM_RATES, person, network="a")}

    assert names(NOBODY) == {"requests_address", "cost_address"}
    assert names(Person(1)) == {"requests_person", "cost_person"}
    assert names(Person(1, 2)) == {"requests_person", "cost_person", "requests_token", "cost_token"}


def test_a_limit_of_0_is_none_and_without_limits_nothing_is_counted(monkeypatch):
    monkeypatch.setenv("BRAINSTEM_RATE_COST_TOKEN", "0")
    monkeypatch.setenv("BRAINSTEM_RATE_COST_PERSON", "7")
    found = {one.name: one.per_minute for one in environment.rates(Env(), throttle=True)}
    assert found == {one.name: one.per_minute for one in BRAINSTEM_RATES if one.name != "cost_token"} | {
        "cost_person": 7
    }
    assert environment.rates(Env(), throttle=False) == ()


def test_a_negative_limit_is_named(monkeypatch):
    monkeypatch.setenv("BRAINSTEM_RATE_COST_PERSON", "-1")
    with pytest.raises(ImproperlyConfigured, match="BRAINSTEM_RATE_COST_PERSON is -1; it must be 1 or more, or 0"):
        environment.rates(Env(), throttle=True)
