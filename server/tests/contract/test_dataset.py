"""A real dataset, loaded by the example into a running server: what came of it, against the file itself."""

from __future__ import annotations

import json
import subprocess
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.served import Served

from .clients.installed import ROOT, bin_folder

pytestmark = pytest.mark.slow
SCRIPT = ROOT / "examples" / "load_dataset.py"
NO_STRAIN = "Mus musculus, strain not stated"
PROJECT = "Physiological Properties and Behavioral Correlates of Hippocampal Granule Cells and Mossy Cells"


def run(served: Served, file: Path, *arguments: str, who: str = "alice") -> subprocess.CompletedProcess[str]:
    """The example as a user runs it, in an environment that holds the released client and tqdm."""
    command = [
        bin_folder("2.0.0") / "python",
        SCRIPT,
        file,
        "--url",
        served.url,
        "--token",
        served.token(who),
        *arguments,
    ]
    return subprocess.run(
        command, env={"PYTHONIOENCODING": "utf-8"}, capture_output=True, encoding="utf-8", check=False
    )


@pytest.fixture(scope="module")
def file() -> Path:
    """Description of dandiset 000003."""
    return Path(__file__).parent / "samples" / "dandiset-000003.json"


@pytest.fixture(scope="module")
def dataset(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8"))


def strains(served: Served) -> list[str]:
    """Names of the strains of mice."""
    status, body = served.send("GET", "private/taxonomies/strain/?filter{species.name}=Mus%20musculus", who="admin")
    assert status == 200, body
    return [strain["name"] for strain in body["strains"]]


@pytest.fixture(scope="module")
def strain(served: Served, dataset: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> tuple[bool, bool]:
    """Whether the strain that says nothing was there before and after an administrator loaded a dataset of one file."""
    before = NO_STRAIN in strains(served)
    asset = dataset["assets"][0] | {"subject": "Other mouse", "session": "Other session"}
    small = tmp_path_factory.mktemp("small") / "small.json"
    small.write_text(json.dumps(dataset | {"assets": [asset]}))
    done = run(served, small, "--project", "One file", who="admin")
    assert done.returncode == 0, done.stderr
    return before, NO_STRAIN in strains(served)


@pytest.fixture(scope="module")
def printed(served: Served, file: Path, strain: tuple[bool, bool]) -> list[str]:
    """What the first and the second run printed; Alice is no administrator, so the strain must be there."""
    runs = [run(served, file), run(served, file)]
    assert [done.returncode for done in runs] == [0, 0], runs[-1].stderr + runs[0].stderr
    assert "101/101" in runs[0].stderr  # the progress bar
    return [done.stdout for done in runs]


@pytest.fixture(scope="module")
def records(served: Served, printed: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Everything of Alice's project, by kind, after both runs."""

    def load(path: str, query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        url: str | None = f"private/{path}/?limit=100&{query}"
        while url:
            status, body = served.send("GET", url, who="alice")
            assert status == 200, body
            found += next(iter(body.values()))
            url = body["next"] and body["next"].partition("/api/")[2]
        return found

    project = load("stem/project", f"filter{{name}}={PROJECT}".replace(" ", "%20"))
    here = f"={project[0]['id']}"
    return {
        "project": project,
        "subject": load("stem/subject", "filter{projects}" + here),
        "session": load("stem/session", "include[]=dataacquisition.*&filter{projects}" + here),
        "collection": load("stem/collection", "include[]=sessions.*&filter{project}" + here),
        "dataacquisition": load("modules/dataacquisition", "filter{session.projects}" + here),
    }


def test_two_runs_make_each_record_once(records):
    found = {kind: len(rows) for kind, rows in records.items()}

    assert found == {"project": 1, "subject": 16, "session": 101, "collection": 16, "dataacquisition": 101}


def test_project_says_where_the_data_is_from(records, dataset):
    project = records["project"][0]

    assert sorted(project["tags"]) == sorted(dataset["keywords"])
    assert project["extra_fields"]["dandiset"] == "000003"
    assert project["extra_fields"]["contributors"] == "Senzai, Yuta; Fernandez-Ruiz, Antonio; Buzsáki, György"
    assert project["download_links"] == [{"Repository": "DANDI", "URL": "https://dandiarchive.org/dandiset/000003"}]


def test_subjects_carry_what_the_files_say_and_nothing_else(records, dataset):
    stated = {asset["subject"]: asset["genotype"] for asset in dataset["assets"]}

    assert {subject["name"]: subject["genotype"] for subject in records["subject"]} == stated
    assert {subject["sex"] for subject in records["subject"]} == {"U"}
    assert {subject["birth_date"] for subject in records["subject"]} == {None}


def test_sessions_carry_techniques_and_their_file(records, dataset):
    stated = {
        asset["session"]: (sorted({*asset["approach"], *asset["techniques"]}), asset["path"], asset["size_bytes"])
        for asset in dataset["assets"]
    }
    loaded = {}
    for session in records["session"]:
        details = session["dataacquisition"][0]["details"]
        loaded[session["name"]] = sorted(session["tags"]), details["fileName"], details["sizeBytes"]

    assert loaded == stated


def test_age_stays_with_the_session(records, dataset):
    stated = {asset["session"]: asset["age"] for asset in dataset["assets"]}

    assert {session["name"]: session["extra_fields"].get("age") for session in records["session"]} == stated


def test_each_collection_holds_the_sessions_of_its_subject(records, dataset):
    stated = defaultdict(set)
    for asset in dataset["assets"]:
        stated[asset["subject"]].add(asset["session"])

    assert {one["name"]: {session["name"] for session in one["sessions"]} for one in records["collection"]} == stated


def test_report_counts_the_sessions_of_each_subject(printed, dataset):
    counts = Counter(asset["subject"] for asset in dataset["assets"])  # every file is a session of its own

    assert block(printed[0], "Sessions a subject") == {subject: str(count) for subject, count in counts.items()}


def test_report_adds_up_sizes_by_technique(printed, dataset):
    sizes: Counter[str] = Counter()
    for asset in dataset["assets"]:
        for technique in asset["techniques"]:
            sizes[technique] += asset["size_bytes"]

    assert block(printed[0], "GB by technique") == {name: f"{size / 1e9:.1f}" for name, size in sizes.items()}
    # By hand, from the file: spike sorting was done on all of it.
    assert block(printed[0], "GB by technique")["spike sorting technique"] == "2559.2"


def test_second_run_reports_the_same(printed):
    assert printed[0] == printed[1]


def block(text: str, title: str) -> dict[str, str]:
    """The lines below a title, as name -> value."""
    lines = text.partition(f"{title}\n")[2].partition("\n\n")[0].splitlines()
    return dict(line.strip().rsplit(": ", 1) for line in lines)


def test_unknown_strain_ends_with_advice(served, file):
    done = run(served, file, "--strain", "C58/X")

    assert done.returncode == 1
    assert done.stdout == ""
    assert "none called 'C58/X'" in done.stderr
    assert "--strain" in done.stderr


def test_administrator_adds_the_strain_that_says_nothing(strain):
    assert strain == (False, True)


def test_bad_token_ends_with_the_reason_and_no_traceback(served, file):
    done = run(served, file, "--token", "bst_none_none")

    assert done.returncode == 1
    assert done.stderr.startswith("Stopped: API token is invalid or expired.")


def test_names_taken_by_others_end_with_the_reason_of_the_server(served, file, printed):
    done = run(served, file, "--project", "A copy", who="bob")

    assert done.returncode == 1
    assert "The server refused the subject 'YutaMouse20'" in done.stderr
