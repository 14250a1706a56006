"""Load a published dataset into a BrainSTEM server, through the released client and nothing else.

Takes the description of a dandiset as JSON: its name, its contributors, and one entry for each file. In an environment
of its own::

    python -m venv loader
    loader/bin/pip install brainstem_python_api_tools==2.0.0 tqdm
    loader/bin/python load_dataset.py dandiset-000003.json --url http://localhost:8000 --token bst_...

Running it again adds what is missing and makes nothing twice: records are found by their names, files by their paths.

What becomes of it
------------------
dataset     a project: keywords as tags; citation, contributors and licence as extra fields; a link to DANDI
subject     a subject. A sex that is not stated is U.
session     a session: approaches and techniques as tags; what is said of the animal that day as extra fields
file        a data acquisition of that session, with path, size and identifier in its details

What is not said is not made up
-------------------------------
* No dates. The files have no start time; the digits in a session's name look like one, but nothing says that they are.
  Ages are given on the day of a session, so they stay with the session and no birth date is computed.
* No surgery, setup or behavioral assay, by which sessions usually lead to subjects: the data names none. Instead each
  subject has a collection of its sessions, under the subject's name, and each session says its subject.
* No strain. As a subject must have one, it is "Mus musculus, strain not stated" unless ``--strain`` names another. An
  administrator's token adds that one when it is missing.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from requests import RequestException
from tqdm import tqdm

from brainstem_api_tools import AuthenticationError, BrainstemClient

Record = dict[str, Any]

MOUSE = "http://purl.obolibrary.org/obo/NCBITaxon_10090"  # Mus musculus
NO_STRAIN = "Mus musculus, strain not stated"
BYTES_PER_GB = 1e9


class Lab:
    """Records on the server: found when they are there, added when they are not."""

    def __init__(self, url: str, token: str) -> None:
        self.client = BrainstemClient(token=token, url=url)

    def all(self, model: str, *, include: Iterable[str] = (), **filters: str) -> list[Record]:
        """Every record of a model that passes the filters; ``__`` in a name stands for a dot."""
        paths = {name.replace("__", "."): value for name, value in filters.items()}
        answer = self.client.load(model, filters=paths, sort=["id"], include=list(include), load_all=True)
        return next(value for value in answer.values() if isinstance(value, list))

    def add(self, model: str, *, portal: str = "private", **fields: Any) -> str:
        """Id of a new record; ends the program with the server's reason when that is refused."""
        answer = self.client.save(model, portal=portal, data=fields)
        if not answer.ok:
            raise SystemExit(f"The server refused the {model} {fields.get('name', '')!r}: {answer.text}")
        return str(next(iter(answer.json().values()))["id"])

    def one(self, model: str, name: str, **fields: Any) -> str:
        """Id of the record of this name, added with these fields when there is none."""
        found = self.all(model, name=name)
        return str(found[0]["id"]) if found else self.add(model, name=name, **fields)


def find_strain(lab: Lab, name: str) -> str:
    """Id of the strain with this name; the one for "not stated" is added if the token may."""
    if found := lab.all("strain", name=name):
        return str(found[0]["id"])
    if name == NO_STRAIN and lab.client.load("species", portal="super").ok:
        species = lab.one("species", "Mus musculus", portal="super")
        return lab.add("strain", portal="super", name=name, species=species)
    known = ", ".join(strain["name"] for strain in lab.all("strain", species__name="Mus musculus")) or "none yet"
    raise SystemExit(
        f"Subjects need a strain, and the server has none called {name!r}. Choose one with --strain (of Mus musculus "
        f"it has: {known}), or ask an administrator to add {NO_STRAIN!r}."
    )


def stated(**values: Any) -> dict[str, str | int]:
    """Extra fields, which are texts and numbers: lists become texts, what is not stated is left out."""
    joined = {name: "; ".join(value) if isinstance(value, list) else value for name, value in values.items()}
    return {name: value for name, value in joined.items() if value not in (None, "")}


def load_project(lab: Lab, dataset: Record, *, name: str) -> str:
    """Id of the project of the whole dataset."""
    extra = stated(
        dandiset=dataset["dandiset"],
        citation=dataset["citation"],
        license=dataset["license"],
        doi=dataset["doi"],
        publications=dataset["publications"],
        contributors=[person["name"] for person in dataset["contributors"]],
    )
    link = [{"repository": "DANDI", "url": dataset["url"]}]
    return lab.one("project", name, tags=dataset["keywords"], extra_fields=extra, download_links=link)


def load_subjects(lab: Lab, assets: list[Record], *, project: str, strain: str) -> None:
    """One subject for each name in the files; the first file of a subject describes it."""
    known = {subject["name"] for subject in lab.all("subject", projects__id=project)}
    for asset in assets:
        if asset["subject"] not in known:
            if asset["species_id"] != MOUSE:
                raise SystemExit(f"{asset['subject']}: only mice are loaded here, this is {asset['species']}.")
            known.add(asset["subject"])
            facts = {"sex": asset["sex"] or "U", "genotype": asset["genotype"] or ""}
            lab.add("subject", name=asset["subject"], projects=[project], strain=strain, **facts)


def load_sessions(lab: Lab, dataset: Record, *, project: str) -> None:
    """Sessions and their files, with a bar that counts files."""
    sessions = {session["name"]: session["id"] for session in lab.all("session", projects__id=project)}
    link = [{"repository": "DANDI", "url": dataset["url"]}]
    files = {file["details"].get("fileName") for file in lab.all("dataacquisition", session__projects__id=project)}
    for asset in tqdm(dataset["assets"], desc="files", unit="file"):
        name = asset["session"]
        if name not in sessions:
            extra = stated(subject=asset["subject"], age=asset["age"], variables=asset["variables"])
            sessions[name] = lab.add(
                "session", name=name, projects=[project], description=asset["session_description"] or "",
                tags=[*asset["approach"], *asset["techniques"]], extra_fields=extra, download_links=link,
            )  # fmt: skip
        if asset["path"] not in files:
            facts = {"assetId": asset["asset_id"], "sizeBytes": asset["size_bytes"]}
            details = {"fileName": asset["path"], "format": "NWB"} | facts
            lab.add("dataacquisition", session=sessions[name], type="ExtracellularEphys", details=details)


def load_collections(lab: Lab, *, project: str) -> None:
    """A collection for each subject, of the sessions that name it."""
    members = defaultdict(list)
    for session in lab.all("session", projects__id=project):
        if subject := session["extra_fields"].get("subject"):
            members[subject].append(session["id"])
    known = {collection["name"]: collection for collection in lab.all("collection", project__id=project)}
    for subject, ids in members.items():
        if subject not in known:
            lab.add("collection", name=subject, project=project, sessions=ids)
        elif set(known[subject]["sessions"]) != set(ids):
            lab.client.save("collection", id=known[subject]["id"], data={"sessions": ids}).raise_for_status()


def report(lab: Lab, *, project: str) -> None:
    """What a reader asks next, answered from the server: sessions of each subject, size by technique."""
    print("\nSessions a subject")
    for collection in sorted(lab.all("collection", project__id=project), key=lambda one: one["name"]):
        print(f"  {collection['name']}: {len(collection['sessions'])}")
    sizes: Counter[str] = Counter()
    for session in lab.all("session", projects__id=project, include=["dataacquisition"]):
        size = sum(file["details"].get("sizeBytes", 0) for file in session["dataacquisition"])
        # A file counts for each technique used on it, so these do not add up to the whole.
        sizes.update({tag: size for tag in session["tags"] if tag.endswith("technique")})
    print("\nGB by technique")
    for technique, size in sizes.most_common():
        print(f"  {technique}: {size / BYTES_PER_GB:.1f}")


def load(options: argparse.Namespace) -> None:
    """Everything, in the order in which one thing needs another."""
    dataset = json.loads(options.file.read_text(encoding="utf-8"))
    lab = Lab(options.url, options.token)
    strain = find_strain(lab, options.strain)
    project = load_project(lab, dataset, name=options.project or dataset["name"])
    load_subjects(lab, dataset["assets"], project=project, strain=strain)
    load_sessions(lab, dataset, project=project)
    load_collections(lab, project=project)
    report(lab, project=project)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="description of the dandiset, JSON")
    parser.add_argument("--url", required=True, help="address of the server, such as http://localhost:8000")
    parser.add_argument("--token", required=True, help="a personal access token")
    parser.add_argument("--project", help="name of the project (default: that of the dataset)")
    parser.add_argument("--strain", default=NO_STRAIN, help="strain of the subjects (default: %(default)s)")
    options = parser.parse_args()
    try:
        load(options)
    except (AuthenticationError, RequestException) as error:
        raise SystemExit(f"Stopped: {error}\nWhat was loaded stays; run it again to go on.") from error


if __name__ == "__main__":
    main()
