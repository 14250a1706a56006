"""Personal attributes of the demo lab: setups with equipment, inventories with stock, assays, storages, licenses."""

from __future__ import annotations

from .build import Builder, quantity
from .catalogue import Ids

_BENCH = {"coordinates_system": "External_XYZ_Absolute"}


def add_attributes(lab: Builder, catalogue: Ids, *, group: str, holder: int) -> Ids:
    """Short name -> id; the group may edit all of them, and the public sees those that the public project uses."""
    shared: dict[str, object] = {"groups": {group: {"can_change": True}}, "is_public": True}
    ids: Ids = {}
    _licenses(lab, catalogue, ids, shared, holder)
    _setups(lab, catalogue, ids, shared)
    _stock(lab, catalogue, ids, shared)
    _assays(lab, catalogue, ids, shared)
    _storages(lab, ids, shared)
    return ids


def _licenses(lab: Builder, catalogue: Ids, ids: Ids, shared: dict[str, object], holder: int) -> None:
    ids["license"] = lab.add(
        "personal_attributes.License",
        name="Neural circuits of memory in rodents",
        type="animal_research_authorization",
        status="active",
        country="DK",
        regulatory_authority=catalogue["authority"],
        license_number="2024-15-0201-00042",
        valid_from="2024-01-01",
        valid_until="2034-12-31",
        license_holders=[holder],
        **shared,
    )


def _setups(lab: Builder, catalogue: Ids, ids: Ids, shared: dict[str, object]) -> None:
    for name, place in (("Open field", "Room 2.14"), ("Linear track", "Room 2.16"), ("Surgical suite", "Room 1.02")):
        ids[name] = lab.add(
            "personal_attributes.Setup",
            name=f"{name} {place[-4:]}",
            location=place,
            setup_type=catalogue[f"type:{name}"],
            specifications=[{"name": "length", "value": 120, "description": "cm"}],
            **shared,
        )
    for name in ("Open field", "Linear track"):
        setup = {"setup": ids[name], **_BENCH}
        ids[f"{name} recorder"] = lab.add(
            "modules.Equipment",
            name="Intan recorder",
            type="DataAcquisitionSystem",
            hardwaredevice=catalogue["amplifier"],
            **setup,
        )
        above = {"x": quantity(0, "mm"), "y": quantity(0, "mm"), "z": quantity(1800, "mm")}
        ids[f"{name} camera"] = lab.add(
            "modules.Equipment", name="Overhead camera", type="Camera", coordinates_details=above, **setup
        )
    ids["laser"] = lab.add(
        "modules.Equipment",
        name="Blue laser",
        type="Laser",
        setup=ids["Linear track"],
        hardwaredevice=catalogue["laser"],
        **_BENCH,
    )


def _stock(lab: Builder, catalogue: Ids, ids: Ids, shared: dict[str, object]) -> None:
    ids["inventory"] = lab.add(
        "personal_attributes.Inventory", name="Surgery inventory", location="Room 1.02, cabinet A", **shared
    )
    freezer = lab.add("personal_attributes.Inventory", name="Virus freezer", location="Room 1.04, -80 °C", **shared)
    ids["probes"] = lab.add(
        "modules.ConsumableStock",
        type="SiliconProbe",
        status="AVAILABLE",
        inventory=ids["inventory"],
        consumable=catalogue["probe"],
        acquisition_date="2025-01-15",
        details={"probeIds": "BZ64-031, BZ64-032, BZ64-033", "quantity": 3},
    )
    ids["fibers"] = lab.add(
        "modules.ConsumableStock",
        type="OpticFiber",
        inventory=ids["inventory"],
        consumable=catalogue["fiber"],
        details={"fiberIds": "F200-01 to F200-20", "quantity": 20},
    )
    ids["virus stock"] = lab.add(
        "modules.ConsumableStock",
        type="VirusSolution",
        inventory=freezer,
        consumable=catalogue["virus"],
        storage_conditions="-80 °C",
        details={"batchId": "v121632", "titer": quantity(1.3e13, "vg/mL"), "aliquotCount": 8},
    )


def _assays(lab: Builder, catalogue: Ids, ids: Ids, shared: dict[str, object]) -> None:
    for setup, paradigm in (("Open field", "Open field exploration"), ("Linear track", "Linear track running")):
        ids[f"{setup} assay"] = lab.add(
            "personal_attributes.BehavioralAssay",
            name=paradigm,
            setup_type=catalogue[f"type:{setup}"],
            behavioral_paradigm=catalogue[f"paradigm:{paradigm}"],
            licenses=[ids["license"]],
            description="Water-restricted, 20 minutes a day.",
            **shared,
        )


def _storages(lab: Builder, ids: Ids, shared: dict[str, object]) -> None:
    layout = [{"elements": "Projects"}, {"elements": "Subjects"}, {"elements": "Sessions"}]
    for name, protocol, path in (
        ("Lab server", "Local harddrive", "/data/hippocampus"),
        ("Cold archive", "Dropbox (Cloud solution)", "/Hippocampus Lab/archive"),
    ):
        ids[name] = lab.add(
            "personal_attributes.DataStorage",
            name=name,
            location="Copenhagen",
            data_organization=layout,
            data_protocols=[{"protocol": protocol, "path": path, "is_public": False}],
            **shared,
        )
