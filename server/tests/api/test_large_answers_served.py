"""Answers that would be too large, asked of a served process: its memory stays small, and others are answered."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ..people import unique
from ..served import Served, manage, served  # noqa: F401

pytestmark = pytest.mark.slow

PATH = "private/stem/session/?limit=50&include[]=projects.subjects"
SUBJECTS, SESSIONS, REQUESTS = 2500, 50, 10
FILL = """
import sys, django
django.setup()
from django.db import transaction
from brainstem.apps.stem.models.session import Session
from brainstem.apps.stem.models.subject import Subject
from brainstem.core.access.audience import audience_of
from brainstem.core.model.registry import specs
import uuid
project, strain, subjects, sessions = uuid.UUID(sys.argv[1]), uuid.UUID(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
def add(model, records):
    model.objects.bulk_create(records)
    link = model.projects.through
    name = model._meta.model_name + "_id"
    link.objects.bulk_create([link(**{name: one.pk, "project_id": project}) for one in records])
with transaction.atomic():
    audience = audience_of([project])
    add(Subject, [Subject(name=f"s {n}", sex="F", strain_id=strain, audience_id=audience) for n in range(subjects)])
    add(Session, [Session(name=f"s {n}", audience_id=audience) for n in range(sessions)])
"""


@pytest.fixture(scope="module")
def crowd(served):  # noqa: F811
    """A served project whose sessions with all their subjects are more than twice of what an answer may be."""
    status, body = served.send("POST", "private/stem/project/", {"name": unique("Crowd")}, who="alice")
    assert status == 201, body
    project = body["project"]["id"]
    species = served.one("taxonomies/species", "Mus crowd")
    strain = served.one("taxonomies/strain", "Crowd strain", species=species)
    manage(served.environment, "-c", FILL, project, strain, str(SUBJECTS), str(SESSIONS))
    return served


def workers(url: str) -> list[Path]:
    """The processes of the server at this address, in ``/proc``."""
    port = url.rsplit(":", 1)[1].encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"serve" in words and port in words:
            found.append(folder)
    return found


def peak_mb(process: Path) -> float:
    lines = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines() if ":" in line)
    return int(lines["VmHWM"].split()[0]) / 1024


def peaks_anew(served: Served) -> None:  # noqa: F811
    """From here on the peaks are those of what follows."""
    for process in workers(served.url):
        (process / "clear_refs").write_text("5")


def at_once(served: Served, path: str) -> list[tuple[int, object]]:  # noqa: F811
    """The answers to so many requests that are sent at the same time."""
    with ThreadPoolExecutor(REQUESTS) as pool:
        return list(pool.map(lambda _: served.send("GET", path, who="alice"), range(REQUESTS)))


def test_of_many_answers_of_some_megabytes_a_few_are_made_and_others_are_refused_for_now(crowd: Served):
    path = "private/stem/project/?filter{name.startswith}=Crowd&include[]=subjects.*"
    assert crowd.send("GET", path, who="alice")[0] == 200
    peaks_anew(crowd)
    answers = at_once(crowd, path)
    whole = [body for status, body in answers if status == 200]
    refused = [body for status, body in answers if status != 200]
    assert whole
    assert all(len(body["projects"][0]["subjects"]) == SUBJECTS for body in whole)
    assert {status for status, _ in answers} <= {200, 429}
    assert all("Other large responses" in str(body) for body in refused)
    assert max(peak_mb(process) for process in workers(crowd.url)) < 200


def test_large_answers_are_refused_in_little_memory_while_others_are_answered(crowd: Served):
    mine = f"{PATH}&filter{{name.startswith}}=s%20"
    detail = crowd.send("GET", "private/stem/session/?limit=1&filter{name.startswith}=s%20", who="alice")[1]
    record = detail["sessions"][0]["id"]
    assert crowd.send("GET", mine.replace("limit=50", "limit=2"), who="alice")[0] == 200
    peaks_anew(crowd)
    answers: list[tuple[int, object]] = []
    asking = [
        threading.Thread(target=lambda: answers.append(crowd.send("GET", mine, who="alice"))) for _ in range(REQUESTS)
    ]
    for thread in asking:
        thread.start()
    waited = []
    for _ in range(5):
        started = time.monotonic()
        assert crowd.send("GET", f"private/stem/session/{record}/", who="alice")[0] == 200
        waited.append(time.monotonic() - started)
    for thread in asking:
        thread.join(60)
    assert [status for status, _ in answers] == [400] * REQUESTS
    assert all("larger than 32 MB" in str(body) for _, body in answers)
    peaks = [peak_mb(process) for process in workers(crowd.url)]
    assert peaks
    assert max(peaks) < 200, peaks
    assert sorted(waited)[2] < 15, waited
