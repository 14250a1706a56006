"""Reports of a broken content policy: little of each in the log, few lines a minute, and nothing of a secret."""

from __future__ import annotations

import json
import logging

import pytest

from brainstem.config import policy_reports
from brainstem.config.policy_reports import LINES_A_MINUTE, LINES_A_NETWORK, LONGEST_REPORT, allowance, told

PATH = "/csp-report/"
REPORT = {
    "document-uri": "https://lab.example/account/login/?next=/x",
    "violated-directive": "script-src",
    "blocked-uri": "https://evil.example/x.js?q=1",
}


@pytest.fixture(autouse=True)
def fresh():
    """A minute in which nothing was reported yet."""
    allowance.clear()
    yield
    allowance.clear()


@pytest.fixture
def lines(caplog):
    """The lines that reports leave in the log."""
    caplog.set_level(logging.WARNING, logger=policy_reports.__name__)
    return lambda: [record.getMessage() for record in caplog.records if record.name == policy_reports.__name__]


def send(client, report, *, address="10.0.0.1", kind="application/csp-report"):
    body = report if isinstance(report, bytes) else json.dumps(report).encode()
    return client.post(PATH, body, content_type=kind, REMOTE_ADDR=address).status_code


def test_a_report_is_told_in_one_line_without_queries(client, lines):
    assert send(client, {"csp-report": REPORT}) == 204
    assert lines() == ["Content policy violation: script-src refused https://evil.example/x.js on /account/login/"]


def test_a_report_of_the_newer_kind_is_told_alike(client, lines):
    body = {"documentURL": "https://lab.example/", "effectiveDirective": "img-src", "blockedURL": "inline"}
    assert send(client, [{"type": "csp-violation", "body": body}], kind="application/reports+json") == 204
    assert lines() == ["Content policy violation: img-src refused inline on /"]


def test_the_key_of_a_link_does_not_get_into_the_log():
    link = "https://lab.example/account/password/reset/key/1-c7gh2k-5e8f/"
    assert "c7gh2k" not in told(json.dumps({"csp-report": REPORT | {"document-uri": link}}).encode())


@pytest.mark.parametrize(
    "body",
    [b"\nforged line", b"\x1b[31mred", "\u2028\u202enext".encode(), b"\xff\xfe", b"[" * 5000, b"null", b"[]", b"{}", b"",
     b'{"csp-report": 7}', b'[{"body": []}]',
     json.dumps({"csp-report": {"blocked-uri": "x\n\x1b\u202ey" * 500, "document-uri": "https://[", "violated-directive": 7}}).encode()],
)  # fmt: skip
def test_nothing_of_a_report_can_forge_or_fill_a_line(body):
    text = told(body)
    assert text.isascii()
    assert text.isprintable()
    assert len(text) < 3000


def test_a_large_report_is_refused_and_not_told(client, lines):
    assert send(client, b"x" * (LONGEST_REPORT + 1)) == 413
    assert lines() == []
    assert send(client, b"x" * LONGEST_REPORT) == 204


def test_one_network_writes_few_lines_a_minute(client, lines):
    statuses = [send(client, {"csp-report": REPORT}) for _ in range(LINES_A_NETWORK + 3)]
    assert statuses == [204] * LINES_A_NETWORK + [429] * 3
    assert send(client, {"csp-report": REPORT}, address="10.0.0.2") == 204
    assert len(lines()) == LINES_A_NETWORK + 1


def test_all_together_write_a_bounded_number_of_lines_a_minute(client, lines, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(policy_reports.time, "monotonic", lambda: now[0])
    allowance.clear()
    statuses = [send(client, {"csp-report": REPORT}, address=f"10.0.1.{number}") for number in range(100)]
    assert statuses.count(204) == len(lines()) == LINES_A_MINUTE
    now[0] += 61
    assert send(client, {"csp-report": REPORT}) == 204
    assert lines()[LINES_A_MINUTE] == "40 more content policy reports were not logged."


def test_a_report_asks_the_database_nothing(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        send(client, {"csp-report": REPORT})
