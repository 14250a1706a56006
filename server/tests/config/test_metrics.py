"""``/metrics``: who may read it, what it counts, and that callers cannot make it grow."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from environ import Env

from brainstem.config import environment
from brainstem.config.metrics import board as boards
from brainstem.config.metrics import exposition
from brainstem.config.metrics.labels import PORTALS, STATUSES, VERBS, models
from brainstem.config.metrics.layout import BOUNDS
from brainstem.core.tasks import sight

from ..metrics_text import NAME, read

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "a-token-that-nobody-can-guess"
FAR = "192.0.2.7"


def scrape(client):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return read(answer.content.decode())


# -- who -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def token(settings):
    """The setting that lets programs on other machines in."""
    settings.BRAINSTEM_METRICS_TOKEN = TOKEN


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"])
def test_a_program_on_this_machine_reads_the_metrics(client, address):
    answer = client.get("/metrics", REMOTE_ADDR=address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/healthz"])
def test_monitoring_need_not_know_the_name_of_the_server(client, settings, path):
    settings.ALLOWED_HOSTS = ["lab.example.org"]
    assert client.get(path, headers={"host": "127.0.0.1:8000"}).status_code == 200


@pytest.mark.parametrize("address", [FAR, "10.0.0.1", "2001:db8::1", "", "localhost", "127.0.0.1.evil.org"])
def test_another_machine_does_not(client, token, address):
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 404


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-forwarded-proto", "x-real-ip", "forwarded", "via"])
def test_what_a_proxy_on_this_machine_forwards_is_of_somebody_else(client, header):
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize("forwarded", [{}, {"HTTP_X_FORWARDED_FOR": FAR}], ids=["direct", "by a proxy"])
def test_who_knows_the_token_reads_them_from_anywhere(client, token, forwarded):
    answer = client.get("/metrics", REMOTE_ADDR=FAR, HTTP_AUTHORIZATION=f"Bearer {TOKEN}", **forwarded)
    assert answer.status_code == 200
    assert "brainstem_requests_total" in answer.content.decode()


@pytest.mark.parametrize("sent", [TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "", "é", "None"], ids=repr)
def test_a_wrong_token_does_not_help(client, token, sent):
    assert client.get("/metrics", REMOTE_ADDR=FAR, HTTP_AUTHORIZATION=f"Bearer {sent}").status_code == 404


@pytest.mark.parametrize("sent", ["Bearer ", "Bearer None", f"Bearer {TOKEN}"])
def test_without_the_setting_no_token_is_right(client, sent):
    assert client.get("/metrics", REMOTE_ADDR=FAR, HTTP_AUTHORIZATION=sent).status_code == 404


def test_an_administrators_token_is_not_the_one_of_the_setting(client, admin):
    sent = f"Bearer {admin.token}"
    assert client.get("/metrics", REMOTE_ADDR=FAR, HTTP_AUTHORIZATION=sent).status_code == 404


@pytest.mark.parametrize("method", ["get", "post", "options"])
def test_who_may_not_read_them_cannot_tell_that_they_are_there(client, method):
    def told(path):
        answer = getattr(client, method)(path, REMOTE_ADDR=FAR)
        kept = {name: value for name, value in answer.items() if name != "X-Request-ID"}
        return answer.status_code, kept, answer.content.replace(path.encode(), b"")

    assert told("/metrics") == told("/metrixx")


def test_they_are_only_read(client):
    assert client.post("/metrics").status_code == 405


def test_a_token_that_could_be_guessed_is_refused(monkeypatch):
    monkeypatch.setenv("BRAINSTEM_METRICS_TOKEN", "short")
    with pytest.raises(ImproperlyConfigured, match="BRAINSTEM_METRICS_TOKEN has 5 characters"):
        environment.metrics_token(Env())
    monkeypatch.setenv("BRAINSTEM_METRICS_TOKEN", TOKEN)
    assert environment.metrics_token(Env()) == TOKEN


# -- what ----------------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Numbers of this test only."""
    monkeypatch.setattr(boards, "_current", None)


def test_a_request_is_counted_by_model_verb_status_and_portal(client, alice):
    alice.make("stem/project/", name="P")
    alice.get("stem/project/")
    client.get("/api/private/stem/project/")
    found = scrape(client)

    def number(**labels):
        return found.value("brainstem_requests_total", model="stem.Project", portal="private", **labels)

    assert number(verb="POST", status="2xx") == 1
    assert number(verb="GET", status="2xx") == 1
    assert number(verb="GET", status="4xx") == 1
    assert number() == 3


def test_a_page_is_counted_under_its_portal(client):
    client.get("/public/stem/project/", headers={"accept": "text/html"})
    assert scrape(client).value("brainstem_requests_total", model="stem.Project", portal="public", verb="GET") == 1


def test_a_histogram_has_every_request_once(client):
    for _ in range(3):
        client.get("/api/public/stem/project/")
    found = scrape(client)
    for name in ("brainstem_request_seconds", "brainstem_database_seconds"):
        bounds = [*(f"{bound:g}" for bound in BOUNDS), "+Inf"]
        counted = [found.value(f"{name}_bucket", portal="public", le=bound) for bound in bounds]
        assert counted == sorted(counted)
        assert counted[-1] == found.value(f"{name}_count", portal="public") == 3
        assert found.value(f"{name}_sum", portal="public") > 0


def test_a_request_spends_no_more_in_the_database_than_it_takes(client):
    client.get("/api/public/stem/project/")
    found = scrape(client)
    spent, taken = (found.value(f"brainstem_{of}_seconds_sum", portal="public") for of in ("database", "request"))
    assert 0 < spent < taken


def test_nothing_is_spent_in_the_database_without_a_statement(client):
    client.get("/robots.txt")
    assert scrape(client).value("brainstem_database_seconds_sum") == 0


def test_a_scrape_takes_nothing_away(client):
    client.get("/api/public/stem/project/")
    for _ in range(2):
        assert scrape(client).value("brainstem_requests_total", model="stem.Project") == 1


def test_requests_of_many_threads_are_all_counted():
    board = boards.board()
    cell = board.layout.requests("stem.Session", "GET", "2xx", "private")

    def count():
        for _ in range(2000):
            board.count(cell, "private", seconds=0.5, database=0.25, compiled=7)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = read(exposition.exposition(board))
    assert found.value("brainstem_requests_total", model="stem.Session") == 16_000
    assert found.value("brainstem_request_seconds_bucket", portal="private", le="0.25") == 0
    assert found.value("brainstem_request_seconds_bucket", portal="private", le="0.5") == 16_000
    assert found.value("brainstem_database_seconds_sum", portal="private") == 4000
    assert found.value("brainstem_compiled_statements_bytes", worker="0") == 7


def test_every_kind_of_request_has_a_cell_of_its_own():
    layout = boards.board().layout
    cells = [
        layout.requests(model, verb, status, portal)
        for model in layout.models for verb in VERBS for status in STATUSES for portal in PORTALS
    ]  # fmt: skip
    cells += [layout.refused(status) for status in STATUSES]
    assert len(set(cells)) == len(cells)
    assert max(cells) < min(layout.seconds(PORTALS[0]), layout.database(PORTALS[0]))


def test_a_worker_of_another_version_counts_alone(caplog):
    descriptor = boards.create(2)
    boards.os.ftruncate(descriptor, 1000)
    boards.share(descriptor, place=0)
    assert "counts alone" in caplog.text
    assert boards.board().workers == 1
    boards.os.close(descriptor)


@pytest.mark.parametrize("memory", [True, False], ids=["memory", "disk"])
def test_a_worker_counts_on_where_the_one_before_it_ended(monkeypatch, memory):
    if not memory:
        monkeypatch.delattr(boards.os, "memfd_create", raising=False)
    descriptor = boards.create(2)
    for place in (1, 1, 0):
        boards.share(descriptor, place=place)
        boards.board().count_refusal(429)
    found = read(exposition.exposition(boards.board()))
    assert found.value("brainstem_refusals_total", status="4xx") == 3
    assert found.value("brainstem_worker_starts_total", worker="1") == 2
    assert found.value("brainstem_worker_starts_total", worker="0") == 1
    boards.os.close(descriptor)


def test_without_the_database_the_other_metrics_are_there(client, monkeypatch):
    def refuse():
        raise OperationalError("connection to 10.1.2.3 refused")

    assert scrape(client).value("brainstem_database_up") == 1
    monkeypatch.setattr(sight, "waiting", refuse)
    found = scrape(client)
    assert found.value("brainstem_database_up") == 0
    assert found.value("brainstem_requests_total") > 0
    assert "brainstem_tasks_waiting" not in found.kinds


# -- bounded -------------------------------------------------------------------------------------------------------------

HOSTILE = (
    "/api/private/stem/nothing{}/",
    "/api/private/app{}/session/",
    "/api/portal{}/stem/session/",
    "/private/stem/session{}/",
    '/api/private/stem/"}} 1%0Abrainstem_info{{x="{}/',
    "/api/private/stem/session%0A{}/",
    "/{}" + "/x" * 500,
    "/api/private/stem/%00{}/%ff/",
    "//api/private/{}",
)


def test_hostile_paths_and_verbs_add_no_labels(client):
    for number in range(5):
        for path in HOSTILE:
            client.get(path.format(number))
        client.generic(f"BREW{number}", "/api/private/stem/session/")
    found = scrape(client)
    assert found.labels("model") <= set(models())
    assert found.labels("verb") <= set(VERBS)
    assert found.labels("status") <= set(STATUSES)
    assert found.labels("portal") <= set(PORTALS)
    assert found.value("brainstem_requests_total", verb="other") == 5
    assert found.value("brainstem_requests_total", model="other", portal="private") >= 20


def test_no_id_is_in_the_metrics(client, alice):
    made = alice.make("stem/project/", name="Secret project")["id"]
    alice.get(f"stem/project/{made}/")
    text = client.get("/metrics").content.decode()
    assert str(made) not in text
    assert "Secret" not in text


# -- what is said of them elsewhere --------------------------------------------------------------------------------------


def test_the_dashboard_names_only_metrics_that_there_are(client):
    dashboard = json.loads((ROOT / "deploy" / "grafana.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    named = {name for text in asked for name in re.findall(r"brainstem_\w+", text)}
    assert len(named) > 8
    assert named <= scrape(client).names()


def test_the_dashboard_narrows_by_labels_that_there_are(client):
    dashboard = json.loads((ROOT / "deploy" / "grafana.json").read_text())
    client.get("/api/public/stem/project/")
    known = {name for _, labels in scrape(client).samples for name, _ in labels} | {"job", "instance"}
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            used = set(re.findall(r"(\w+)=~?\"", target["expr"]))
            used |= {one for inside in re.findall(r"by \(([^)]*)\)", target["expr"]) for one in inside.split(", ")}
            assert used <= known, target["expr"]


def test_every_metric_is_documented(client):
    table = (ROOT / "docs" / "operating.md").read_text()
    documented = dict(re.findall(rf"^\| `({NAME})` \| (\w+) \|", table, re.MULTILINE))
    assert documented == scrape(client).kinds
