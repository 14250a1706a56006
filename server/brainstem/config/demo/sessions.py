"""One day of recording: data acquisitions, behavior, manipulations and their epochs."""

from __future__ import annotations

from typing import Any

from .build import Builder, quantity
from .catalogue import Ids

_EPOCHS = (
    ("sleep before", "00:00:00", "00:40:00"),
    ("track", "00:45:00", "01:15:00"),
    ("sleep after", "01:20:00", "02:00:00"),
)


def add_session(
    lab: Builder,
    own: Ids,
    project: str,
    subject: str,
    surgeries: Ids,
    *,
    name: str,
    day: str,
    stimulated: bool,
) -> str:
    """Id of a session of three epochs: sleep, running on the linear track, sleep."""
    session: str = lab.add(
        "stem.Session",
        name=name,
        projects=[project],
        date_time=f"{day}T10:00:00Z",
        datastorage=[own["Lab server"], own["Cold archive"]],
        name_used_in_storage=name,
        description="Sleep, linear track, sleep.",
        extra_fields={"experimenter": "Dana Diaz", "water_ml": 1.2},
        tags=["linear track", *(["optogenetics"] if stimulated else [])],
    )
    recordings = [_ephys(lab, own, session, surgeries, order) for order in range(len(_EPOCHS))]
    video = _video(lab, own, session)
    behavior = lab.add(
        "modules.Behavior",
        session=session,
        subjects=[subject],
        setup=own["Linear track"],
        behavioralassay=own["Linear track assay"],
        notes="42 laps.",
        order=0,
    )
    pulses = [_light(lab, own, session, surgeries)] if stimulated else [_injection(lab, session, surgeries)]
    for order, (title, start, end) in enumerate(_EPOCHS):
        running: dict[str, object] = {"behavior": [behavior], "manipulation": pulses} if title == "track" else {}
        files = [recordings[order], *([video] if title == "track" else [])]
        lab.add("stem.Epoch", session=session, name=title, start=start, end=end, dataacquisition=files, **running)
    return session


def _ephys(lab: Builder, own: Ids, session: str, surgeries: Ids, order: int) -> Any:
    details = {
        "fileName": f"amplifier_{order}.dat",
        "format": "dat",
        "type": "int16",
        "nChannels": 64,
        "sr": quantity(30, "kHz"),
        "lsb": quantity(0.195, "µV"),
    }
    return lab.add(
        "modules.DataAcquisition",
        type="ExtracellularEphys",
        session=session,
        procedures=[surgeries["probe"]],
        equipment=[own["Linear track recorder"]],
        details=details,
        order=order,
    )


def _video(lab: Builder, own: Ids, session: str) -> Any:
    details = {"fileName": "overhead.avi", "format": "avi", "frameRate": quantity(40, "Hz"), "nFrames": 72_000}
    return lab.add(
        "modules.DataAcquisition",
        type="VideoTracking",
        session=session,
        equipment=[own["Linear track camera"]],
        details=details,
        order=len(_EPOCHS),
    )


def _light(lab: Builder, own: Ids, session: str, surgeries: Ids) -> Any:
    pulse = {"power": quantity(5, "mW"), "duration": quantity(100, "ms"), "wavelength": quantity(473, "nm")}
    return lab.add(
        "modules.Manipulation",
        type="OptogeneticStimulation",
        session=session,
        procedures=[surgeries["fiber"]],
        equipment=[own["laser"]],
        details=[pulse],
        order=0,
    )


def _injection(lab: Builder, session: str, surgeries: Ids) -> Any:
    dose = {"liquidAgent": "saline", "volume": quantity(200, "µL")}
    return lab.add(
        "modules.Manipulation",
        type="PharmacologicalInjection",
        session=session,
        procedures=[surgeries["anesthesia"]],
        details=[dose],
        notes="Control injection before the track.",
        order=0,
    )
