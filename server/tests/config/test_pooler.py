"""Behind PgBouncer in transaction mode: nothing that the server does needs the connection of an earlier transaction."""

from __future__ import annotations

import json
import os
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from ..pooler import PROGRAM, pooled
from ..served import ADD_PEOPLE, PASSWORD, PEOPLE, Served, environment_of, free_port, manage, new_database, running

pytestmark = [
    pytest.mark.slow,
    pytest.mark.databases,
    pytest.mark.skipif(not os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="needs PostgreSQL"),
    pytest.mark.skipif(PROGRAM is None, reason="PgBouncer is not installed"),
]
CONNECTIONS, PEERS, ROUNDS = 3, 12, 6


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Two workers that share three connections, and statements that are prepared on none of them."""
    folder, port = tmp_path_factory.mktemp("pooled"), free_port()
    url = f"http://127.0.0.1:{port}"
    with new_database(folder) as database, pooled(database, connections=CONNECTIONS) as pool:
        environment = environment_of(url, pool, folder) | {"BRAINSTEM_PREPARE_STATEMENTS": "off"}
        found = Served(url, environment)
        manage(environment, "-c", ADD_PEOPLE, text=json.dumps({found.email(name): PASSWORD for name in PEOPLE}))
        with running(environment, "--workers", "2", port=port, folder=folder):
            yield found


@pytest.fixture(scope="module")
def project(lab):
    status, body = lab.send("POST", "private/stem/project/", {"name": "Pooled"}, who="alice")
    assert status == 201, body
    return body["project"]["id"]


def test_many_at_once_read_and_write_through_few_connections(lab, project):
    def work(number: int) -> list[int]:
        found = []
        for turn in range(ROUNDS):
            subject = {"name": f"S{number}-{turn}", "sex": "F", "projects": [project], "strain": strain}
            status, body = lab.send("POST", "private/stem/subject/", subject, who="alice")
            assert status == 201, body
            path = f"private/stem/subject/{body['subject']['id']}/"
            found += [
                lab.send("GET", path, who="alice")[0],
                lab.send("GET", path, who="bob")[0],
                lab.send("PATCH", path, {"description": f"turn {turn}"}, who="alice")[0],
                lab.send("GET", "private/stem/subject/?include[]=projects&limit=5&sort[]=-name", who="alice")[0],
                lab.send("GET", f"{path}history/", who="alice")[0],
            ]
        return found

    strain = lab.one("taxonomies/strain", "Pooled", species=lab.one("taxonomies/species", "Mus pooled"))
    for name in ("alice", "bob"):
        lab.token(name)
    with ThreadPoolExecutor(PEERS) as threads:
        answers = [one for found in threads.map(work, range(PEERS)) for one in found]
    assert set(zip(answers, [200, 404, 200, 200, 200] * PEERS * ROUNDS, strict=True)) == {(200, 200), (404, 404)}
    status, body = lab.send("GET", "private/stem/subject/?filter{name.startswith}=S&limit=1", who="alice")
    assert (status, body["count"]) == (200, PEERS * ROUNDS)


def test_what_takes_one_long_transaction_does_so_too(lab, project):
    strain = lab.one("taxonomies/strain", "Pooled", species=lab.one("taxonomies/species", "Mus pooled"))
    rows = [{"name": f"B{at}", "sex": "M", "projects": [project], "strain": strain} for at in range(40)]
    status, body = lab.send("POST", "private/stem/subject/bulk/", {"create": rows}, who="alice")
    assert status == 200, body
    request = urllib.request.Request(
        f"{lab.url}/api/private/stem/subject/?filter{{name.startswith}}=B",
        headers={"Authorization": f"Bearer {lab.token('alice')}", "Accept": "application/x-ndjson"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        assert len(response.read().splitlines()) == len(rows)


def test_probes_answer(lab):
    for path in ("healthz", "readyz"):
        with urllib.request.urlopen(f"{lab.url}/{path}", timeout=30) as response:
            assert response.status == 200
