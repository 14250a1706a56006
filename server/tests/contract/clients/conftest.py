"""The clients at work, and the lab that each of them builds and reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.served import PASSWORD, Served

from .installed import MODERN, VERSIONS
from .remote import Remote


@pytest.fixture(scope="session", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """One client after the other."""
    return str(request.param)


@pytest.fixture(scope="session")
def sign_in(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Remote]]:
    """Starts a client and signs somebody in, as each release does it; ended after the last test."""
    started: list[Remote] = []

    def start(version: str, name: str = "alice", **given: str) -> Remote:
        if not given and version.startswith("0."):
            given = {"username": served.email(name), "password": PASSWORD}
        # 2.0.0 knows no passwords, ours asks for them at a terminal: both take a token that was made elsewhere.
        given = given or {"token": served.token(name)}
        remote = Remote(version, tmp_path_factory.mktemp("home"), url=served.url, **given)
        started.append(remote)
        return remote

    yield start
    for remote in started:
        remote.close()


@pytest.fixture(scope="session")
def client(version: str, sign_in: Callable[..., Remote]) -> Remote:
    """Alice, signed in with this release."""
    return sign_in(version)


@pytest.fixture(scope="session", params=MODERN)
def modern(request: pytest.FixtureRequest, sign_in: Callable[..., Remote]) -> Remote:
    """Alice, signed in with 2.0.0 or ours."""
    return sign_in(request.param)


@pytest.fixture(scope="session")
def catalogue(served: Served) -> dict[str, str]:
    """Ids of what only administrators add: one record of each kind that a lab builds on."""
    species = served.one("taxonomies/species", "Mus musculus")
    supplier = served.one("resources/supplier", "Probe maker")
    return {
        "species": species,
        "strain": served.one("taxonomies/strain", "C57BL/6J", species=species),
        "setuptype": served.one("taxonomies/setuptype", "Linear track", category="F"),
        "behavioralparadigm": served.one("taxonomies/behavioralparadigm", "Alternation"),
        "brainregion": served.one("taxonomies/brainregion", "Field CA1", acronym="CA1", atlas="AIA"),
        "supplier": supplier,
        "hardwaredevice": served.one("resources/hardwaredevice", "Amplifier", supplier=supplier),
        "journal": served.one("dissemination/journal", "Journal of Tracks"),
    }


def build_lab(client: Remote, catalogue: dict[str, str]) -> dict[str, Any]:
    """Ids of a lab that the client makes: a record of every kind, two subjects and three sessions, by model name.

    Names start with the release, for many must be unique on the whole site.
    """
    name = client.version
    anywhere = {"coordinates_system": "External_XYZ_Absolute", "coordinates_details": {}}
    # Assays go by the name that this release has for them.
    assay = "behavioralparadigm" if client.is_old else "behavioralassay"
    made: dict[str, Any] = {}

    def make(model: str, key: str = "", **fields: Any) -> str:
        made[key or model] = client.make(model, **fields)["id"]
        return str(made[key or model])

    project = make("project", name=f"{name} Place cells", description="<p>Maps of a track.</p>")
    first, second = [
        make("subject", name=f"{name} {one}", projects=[project], strain=catalogue["strain"], sex=sex)
        for one, sex in (("rat one", "F"), ("rat two", "M"))
    ]
    storage = make("datastorage", name=f"{name} Server")
    made["sessions"] = [
        make(
            "session", name=f"{name} day {day}", projects=[project], tags=tags, date_time=f"2026-01-0{day}T09:00:00Z",
            datastorage=[storage],
        )
        for day, tags in ((1, ["track", "sleep"]), (2, ["track"]), (3, []))
    ]  # fmt: skip
    session = made["sessions"][0]
    make("collection", name="Days", project=project, sessions=made["sessions"])
    make("cohort", name="Pair", project=project, subjects=[first, second])
    setup = make("setup", name=f"{name} Track", setup_type=catalogue["setuptype"])
    make("equipment", name="Camera", type="Camera", setup=setup, **anywhere)
    inventory = make("inventory", name=f"{name} Freezer")
    make("consumablestock", type="VirusSolution", inventory=inventory)
    make(
        assay, "behavioralassay", name=f"{name} Alternation", setup_type=catalogue["setuptype"],
        behavioral_paradigm=catalogue["behavioralparadigm"],
    )  # fmt: skip
    make("behavior", session=session, subjects=[first], setup=setup, behavioralassay=made["behavioralassay"])
    procedure = make("procedure", subject=first, type="Craniotomy", brain_region=catalogue["brainregion"], **anywhere)
    make("dataacquisition", session=session, type="ExtracellularEphys", details={"fileName": "day1.dat"})
    make("manipulation", session=session, type="OptogeneticStimulation", procedures=[procedure])
    make("subjectlog", subject=second, type="Weighing", description="Weekly")
    make("procedurelog", procedure=procedure, type="Impedances", description="Daily")
    return made | {"subjects": [first, second]}


@pytest.fixture(scope="session")
def labs() -> dict[str, dict[str, Any]]:
    """The labs made so far, by release: a release may come again after another one, and its names are taken."""
    return {}


@pytest.fixture(scope="session")
def lab(client: Remote, catalogue: dict[str, str], labs: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The lab of this release; tests read it, those that change something make records of their own."""
    if client.version not in labs:
        labs[client.version] = build_lab(client, catalogue)
    return labs[client.version]


@pytest.fixture
def session_record(client: Remote, lab: dict[str, Any], request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """A session of the test's own, as it stands in a list."""
    name = f"{client.version} {request.node.originalname}"[:100]
    made = client.make("session", name=name, projects=[lab["project"]], tags=["own"], description="first")
    yield client.load("session", filters={"name": name}).records[0]
    client.delete("session", made["id"])
