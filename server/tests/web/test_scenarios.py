"""A lab's work from the first click to the last, by mouse and by keyboard alone; nothing is reached by its address."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from brainstem.config import demo
from brainstem.core.model.registry import specs

from ..surroundings import THOROUGH
from .hands import Hands, Keys, Mouse

pytestmark = pytest.mark.slow
HANDS = {"mouse": Mouse, "keyboard": Keys}
# What the longest do by keyboard, the others do as well; a thorough run has them all.
long = pytest.mark.parametrize("at", HANDS if THOROUGH else ["mouse"], indirect=True)
PROJECT = "Interneurons in memory consolidation"
TAKEN = Path(__file__).resolve().parents[3] / "var" / "scenarios"
# Clicks by mouse at most, a text that is typed counting as one and a choice from a list as two.
MOST_CLICKS = {
    "electrophysiology_from_the_animal_to_the_collection": 117,
    "two_photon_imaging_through_a_window": 62,
    "a_stock_from_its_inventory_to_a_procedure": 30,
    "a_breeding_and_its_litter": 18,
    "a_licence_from_its_draft_to_what_it_covers": 23,
    "a_storage_and_the_paths_of_a_session": 20,
}


@pytest.fixture(params=HANDS)
def at(request, visit, site) -> Iterator[Hands]:
    """Alice's hands, at the start page of the demo lab; what they did is counted, and written to ``var/scenarios``."""
    demo.load(fixed_passwords=True)
    visitor = visit()
    visitor.sign_in(get_user_model().objects.get(email="alice@example.org"))
    visitor.go("/private/")
    hands: Hands = HANDS[request.param](visitor)
    began = time.perf_counter()
    yield hands
    name, kind = request.node.originalname, request.param
    TAKEN.mkdir(parents=True, exist_ok=True)
    found = {"done": hands.done, "seconds": round(time.perf_counter() - began, 1)}
    (TAKEN / f"{name.removeprefix('test_')}.{kind}.json").write_text(json.dumps(found))
    assert kind != "mouse" or hands.done <= MOST_CLICKS[name.removeprefix("test_")], hands.done


def stored(label: str, **values: Any) -> Any:
    """The one record with these values."""
    return specs()[label].model.objects.get(**values)


def subject(at: Hands, name: str, *, sex: str, project: str = PROJECT) -> None:
    at.new("Subjects")
    at.write("Name", name)
    at.tick(project, within="Projects")
    at.look("form-subject")
    at.choose("Species", "Rattus norvegicus")
    at.choose("Strain", "Long-Evans")
    at.choose("Sex", sex)
    at.write("Birth date", "2026-01-05")
    at.create()


def log(at: Hands, kind: str, of: str) -> None:
    at.new("Subject logs")
    at.choose("Type", kind)
    at.choose("Subject", of)


def part(at: Hands, tab: str, what: str) -> None:
    """Add a part to the session whose page is open."""
    at.link(tab)
    at.add(what)


def back_to(at: Hands, name: str) -> None:
    at.menu("Sessions")
    at.link(name)


def session(at: Hands, name: str, when: str) -> None:
    at.new("Sessions")
    at.write("Name", name)
    at.tick(PROJECT, within="Projects")
    at.write("Date and time", when)
    at.write("Tags", "maze, pilot")
    at.create()


def epoch(at: Hands, name: str, start: str, end: str, *, of: str) -> None:
    back_to(at, of)
    part(at, "Epochs", "epoch")
    at.write("Name", name)
    at.write("Start", start)
    at.write("End", end)
    at.create()


@long
def test_electrophysiology_from_the_animal_to_the_collection(at):
    subject(at, "Maze_01", sex="Male")
    at.sees("Maze_01", "Long-Evans", "Male")
    for _ in range(2):
        at.link("Duplicate")
        at.create()
    at.sees("Maze_03")
    log(at, "Housing", "Maze_01")
    at.write("Start", "2026-02-01T08:00")
    at.write("Cage ID", "C12")
    at.create()
    log(at, "Weighing", "Maze_01")
    at.write("Date and time", "2026-02-01T10:00")
    at.write("Weight", "300 g")
    at.create()
    at.new("Cohorts")
    at.write("Name", "Maze rats")
    at.choose("Project", PROJECT)
    for name in ("Maze_01", "Maze_02", "Maze_03"):
        at.tick(name, within="Subjects")
    at.create()
    at.sees("Maze_01", "Maze_02", "Maze_03")
    at.menu("Subjects")
    at.link("Maze_01")
    part(at, "Procedures", "procedure")
    at.choose("Type", "Silicon probe implant")
    at.write("Date and time", "2026-02-10T13:30")
    at.choose("Coordinate system", "Stereotaxic Bregma-Based Surface")
    at.write("AP coordinate", "-3.5")
    at.write("ML coordinate", "2.2")
    at.look("form-procedure")
    at.create()
    at.sees("Silicon probe implant", "-3.5 mm", "2.2 mm")
    session(at, "Maze_01 sleep before", "2026-02-20T09:00")
    part(at, "Data acquisition", "data acquisition")
    at.choose("Type", "Extracellular Electrophysiology")
    at.tick("Silicon probe implant, Maze_01", within="Procedures")
    at.write("File name", "before.dat")
    at.write("Number of channels", "64")
    at.write("Sampling rate", "20 kHz")
    at.create()
    at.sees("before.dat", "64")
    epoch(at, "Sleep 1", "0", "30 min", of="Maze_01 sleep before")
    epoch(at, "Sleep 2", "30 min", "4 h", of="Maze_01 sleep before")
    back_to(at, "Maze_01 sleep before")
    part(at, "Behaviors", "behavior")
    at.tick("Maze_01", within="Subjects")
    at.choose("Behavioral assay", "Linear track")
    at.choose("Setup", "Linear track")
    at.create()
    back_to(at, "Maze_01 sleep before")
    part(at, "Manipulations", "manipulation")
    at.choose("Type", "Optogenetic stimulation")
    at.tick("Silicon probe implant, Maze_01", within="Procedures")
    at.write("Power", "5 mW")
    at.write("Wavelength", "473")
    at.create()
    at.sees("5 mW", "473 nm")
    session(at, "Maze_01 sleep after", "2026-02-20T15:00")
    at.new("Collections")
    at.write("Name", "Maze_01, first day")
    at.choose("Project", PROJECT)
    at.tick("Maze_01 sleep before", within="Sessions")
    at.tick("Maze_01 sleep after", within="Sessions")
    at.create()
    implant = stored("modules.Procedure", subject__name="Maze_01")
    assert implant.coordinates_details["apCoordinate"] == {"value": -3.5, "unit": "mm"}
    taken = stored("modules.DataAcquisition", details__fileName="before.dat")
    assert (taken.details["sr"], list(taken.procedures.all())) == ({"value": 20, "unit": "kHz"}, [implant])
    assert [
        *stored("stem.Session", name="Maze_01 sleep before").epochs.order_by("start").values_list("name", flat=True)
    ] == [
        "Sleep 1",
        "Sleep 2",
    ]
    assert stored("stem.Collection", name="Maze_01, first day").sessions.count() == 2
    assert (
        stored("modules.SubjectLog", subject__name="Maze_01", type="Housing").entries[0]["details"]["cageId"] == "C12"
    )


@long
def test_two_photon_imaging_through_a_window(at):
    at.menu("Subjects")
    at.link("PV04")
    part(at, "Procedures", "procedure")
    at.choose("Type", "Virus injection")
    assert at.offered("Consumable stock")
    at.write("Injection volume", "0.3 ul")
    at.write("Injection rate", "50")
    at.choose("Coordinate system", "Stereotaxic Bregma-Based Absolute")
    at.write("AP coordinate", "-2")
    at.create()
    at.sees("Virus injection", "0.3 µL", "50 nL/min")
    at.menu("Subjects")
    at.link("PV04")
    part(at, "Procedures", "procedure")
    at.choose("Type", "Cranial window")
    at.tick("Overhead camera", within="Equipment")
    at.choose("Coordinate system", "Stereotaxic Bregma-Based Surface")
    at.create()
    session(at, "PV04 window", "2026-03-01T09:30")
    part(at, "Data acquisition", "data acquisition")
    at.choose("Type", "Two-Photon Microscopy")
    at.write("Notes", "plane 1")
    at.write("Laser power", "30 mW")
    at.create()
    at.link("Duplicate")
    at.write("Notes", "plane 2")
    at.write("Laser power", "45")
    at.create()
    at.sees("plane 2", "45 mW")
    for kind in ("General time-series", "Behavioral Tracking"):
        back_to(at, "PV04 window")
        part(at, "Data acquisition", "data acquisition")
        at.choose("Type", kind)
        at.create()
    log(at, "Wellness", "PV04")
    at.write("Date and time", "2026-03-01T12:00")
    at.write("Wellness", "Alert, window clear")
    at.create()
    planes = stored("stem.Session", name="PV04 window").dataacquisition.filter(type="TwoPhotonMicroscopy")
    assert sorted(one.details["laserPower"]["value"] for one in planes) == [30, 45]


def test_a_stock_from_its_inventory_to_a_procedure(at):
    at.new("Inventories")
    at.write("Name", "Freezer 7")
    at.tick("Hippocampus Lab", within="Groups that may edit")
    at.create()
    part(at, "Stocks", "consumable stock")
    at.choose("Type", "Virus solution")
    at.write("Acquisition date", "2026-01-02")
    at.write("Expiration date", "2027-01-02")
    at.write("Storage location", "Box 3")
    at.write("Cost", "300 EUR")
    at.create()
    at.sees("Freezer 7", "Box 3", "Available")
    at.menu("Subjects")
    at.link("PV03")
    part(at, "Procedures", "procedure")
    at.choose("Type", "Virus injection")
    at.choose("Inventory", "Freezer 7")
    at.choose("Consumable stock", "Virus solution · Freezer 7")
    at.choose("Coordinate system", "Stereotaxic Bregma-Based Absolute")
    at.create()
    at.menu("Consumable stocks")
    at.row("Virus solution")  # the newest one
    at.sees("Freezer 7", "Box 3")
    at.link("Edit")
    at.choose("Status", "Depleted")
    at.save()
    at.sees("Depleted")
    assert stored("modules.ConsumableStock", storage_location="Box 3").status == "DEPLETED"


def test_a_breeding_and_its_litter(at):
    at.new("Breedings")
    at.write("Name", "Pair 1")
    at.choose("Project", PROJECT)
    assert {"PV02", "PV03"}.isdisjoint(at.offered("Mother"))
    assert {"PV01", "PV04"}.isdisjoint(at.offered("Father"))
    at.choose("Mother", "PV01")
    at.choose("Father", "PV02")
    at.write("Start date", "2026-01-02")
    at.create()
    at.link("Edit")
    at.write("Birth date", "2026-01-24")
    at.write("Litter size", "6")
    at.save()
    part(at, "Offspring", "subject")
    at.write("Name", "Pup 1")
    at.choose("Strain", "Long-Evans")
    at.choose("Sex", "Female")
    at.create()
    at.sees("Pup 1", "Pair 1")
    pup = stored("stem.Subject", name="Pup 1")
    assert (pup.breeding.name, [one.name for one in pup.projects.all()]) == ("Pair 1", [PROJECT])


def test_a_licence_from_its_draft_to_what_it_covers(at):
    at.visitor.expect("status of 422")
    at.new("Licenses")
    at.write("Name", "Authorization 7")
    at.choose("Type", "Animal research authorization")
    at.tick("Hippocampus Lab", within="Groups that may edit")
    at.create()
    at.sees("Draft")
    at.link("Edit")
    at.choose("Status", "Active")
    at.press("Save")
    at.sees("Valid from")
    assert "/change/" in at.visitor.path
    at.write("Valid from", "2026-01-01")
    at.write("Valid until", "2025-01-01")
    at.press("Save")
    assert "/change/" in at.visitor.path
    at.write("Valid until", "2027-01-01")
    at.save()
    at.sees("Active", "Authorization 7")
    at.menu("Subjects")
    at.link("PV03")
    at.link("Edit")
    at.tick("Authorization 7", within="Licenses")
    at.save()
    at.menu("Licenses")
    at.link("Authorization 7")
    at.link("Subjects")
    at.sees("PV03")


def test_a_storage_and_the_paths_of_a_session(at):
    at.new("Data storage")
    at.write("Name", "Server 7")
    at.tick("Hippocampus Lab", within="Groups that may edit")
    for row, level in enumerate(("Projects", "Subjects", "Sessions")):
        if row:
            at.another_row("Folder levels")
        at.write("Level", level, row=row)
    at.write("Protocol", "SMB")
    at.write("Path", "//server/data")
    at.another_row("Ways to access the data")
    at.write("Protocol", "HTTPS", row=1)
    at.write("Path", "https://data.example", row=1)
    at.create()
    at.sees("//server/data", "data.example")
    at.menu("Sessions")
    at.link("PV04_20250602")
    at.link("Edit")
    at.tick("Server 7", within="Data storage")
    at.write("Name in storage", "day_1")
    at.save()
    at.sees("//server/data/", "data.example/", "day_1")
    assert [
        row["elements"] for row in stored("personal_attributes.DataStorage", name="Server 7").data_organization
    ] == [
        "Projects",
        "Subjects",
        "Sessions",
    ]
