"""Surgeries of one subject, and the logs on it and its implant."""

from __future__ import annotations

from typing import Any

from .build import Builder, quantity
from .catalogue import Ids

_CA1 = {
    "coordinates_system": "Stereotaxic_BregmaAbsolute",
    "coordinates_details": {
        "apCoordinate": quantity(-2.0, "mm"),
        "mlCoordinate": quantity(1.6, "mm"),
        "dvCoordinate": quantity(1.2, "mm"),
        "apAngle": quantity(0, "°"),
        "mlAngle": quantity(0, "°"),
    },
}
_NOWHERE = {"coordinates_system": "Stereotaxic_BregmaAbsolute", "coordinates_details": {}}


def add_surgeries(lab: Builder, catalogue: Ids, own: Ids, subject: str, *, optogenetics: bool) -> Ids:
    """Short name -> id of the procedures, in the order they were done."""
    common: dict[str, object] = {"subject": subject, "licenses": [own["license"]]}

    def add(kind: str, day: str, details: dict[str, Any], **more: object) -> Any:
        return lab.add("modules.Procedure", type=kind, date_time=f"{day}T09:00:00Z", details=details, **common, **more)

    ids: Ids = {}
    ids["anesthesia"] = add(
        "Anesthesia", "2025-04-14", {"anestheticAgent": "Isoflurane", "route": "Inhalation"}, **_NOWHERE
    )
    ids["craniotomy"] = add("Craniotomy", "2025-04-14", {"surgicalMethod": "drilled", "shape": "round"}, **_CA1)
    if optogenetics:
        details = {"injectionVolume": quantity(300, "nL"), "injectionRate": quantity(50, "nL/min")}
        region = {"brain_region": catalogue["CA1"], **_CA1}
        ids["virus"] = add("VirusInjection", "2025-04-14", details, consumablestock=own["virus stock"], **region)
        fiber = {"fiberId": "F200-03", "sterilizationMethod": "Alcohol"}
        ids["fiber"] = add("OpticFiberImplant", "2025-05-05", fiber, consumablestock=own["fibers"], **region)
    ids["probe"] = add(
        "SiliconProbeImplant",
        "2025-05-05",
        {"probeId": "BZ64-031", "sterilizationMethod": "Ethylene Oxide"},
        consumablestock=own["probes"],
        brain_region=catalogue["CA1"],
        notes="Lowered to the pyramidal layer over five days.",
        **_CA1,
    )
    headcap = {"constructionMethod": "3D-printed", "attachmentMethod": "dental cement", "shielding": "copper mesh"}
    ids["headcap"] = add("Headcap", "2025-05-05", headcap, **_NOWHERE)
    return ids


def add_care(lab: Builder, subject: str, probe: str, *, days: tuple[str, ...]) -> None:
    """Weights, housing and water restriction of the subject; depth of its probe."""
    weights = lab.add("modules.SubjectLog", subject=subject, type="Weighing", description="Before each session.")
    depths = lab.add("modules.ProcedureLog", procedure=probe, type="LinearDisplacement", description="Drive turns.")
    for number, day in enumerate(days):
        weight = {"weight": quantity(27.5 + 0.3 * number, "g")}
        lab.enter("modules.SubjectLog", weights, date_time=f"{day}T08:00:00Z", details=weight)
        depth = {"displacement": quantity(70.0, "µm")}
        lab.enter("modules.ProcedureLog", depths, date_time=f"{day}T08:30:00Z", details=depth, notes="Quarter turn.")
    span = {"start_date_time": "2025-04-20T12:00:00Z", "end_date_time": f"{days[-1]}T12:00:00Z"}
    housing = lab.add("modules.SubjectLog", subject=subject, type="Housing")
    cage = {"location": "Room 0.07", "cageType": "individually ventilated", "lightCycle": "12:12 reversed"}
    lab.enter("modules.SubjectLog", housing, details=cage, **span)
    water = lab.add("modules.SubjectLog", subject=subject, type="WaterDeprivation")
    lab.enter("modules.SubjectLog", water, details={"responsiblePerson": "Dana Diaz"}, **span)
