"""A recording in a session, one for each file, such as extracellular electrophysiology or calcium imaging.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, Literal

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .equipment import Equipment
from .procedure import Procedure
from .session import Session
from .user import User

class DataAcquisition(Record):
    """A recording in a session, one for each file, such as extracellular electrophysiology or calcium imaging.

    Attributes
    ----------
    id : str
        Identifier.
    type : str
        Type of DataAcquisition: a code from the type schemas.
    notes : str
        Notes on the recording.
    session : str or Session
        Session in which the data were recorded.
    procedures : list of str or Procedure
        Procedures that made the recording possible, such as the implantation of the probe.
    equipment : list of str or Equipment
        Equipment that recorded the data.
    details : Any
        Values as defined by the type.
    type_schema_version : str
        Version of the type schema of the details.
    image : str
        Picture of the recording, such as the field of view.
    order : int
        Position among the data acquisitions of the session, starting at 0.
    created_at : datetime
        When the record was created, UTC.
    updated_at : datetime
        When the record was last changed, UTC.
    created_by : int or User or None
        Id of the user who created the record.
    """

    id: str
    type: Literal[
        "Audio",
        "BehavioralTracking",
        "ComputedTomography",
        "ConfocalMicroscopy",
        "Electroencephalography",
        "Electroneurogram",
        "ExtracellularEphys",
        "FiberPhotometry",
        "FunctionalMagneticResonanceImaging",
        "FunctionalUltrasoundImaging",
        "GeneralTimeSeries",
        "IntracellularEphys",
        "LightFieldMicroscopy",
        "MagneticResonanceImaging",
        "Magnetoencephalography",
        "Miniscope",
        "OpticalCoherenceTomography",
        "PositronEmissionTomography",
        "SinglePhotonEmissionComputedTomography",
        "SinglePhotonMicroscopy",
        "ThreePhotonMicroscopy",
        "TwoPhotonMicroscopy",
        "VideoTracking",
    ]
    notes: str
    session: str | Session
    procedures: list[str | Procedure]
    equipment: list[str | Equipment]
    details: Any
    type_schema_version: str
    image: str
    order: int
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class DataAcquisitionCalls(Resource[DataAcquisition, Many, One, Done], Generic[Many, One, Done]):
    """A recording in a session, one for each file, such as extracellular electrophysiology or calcium imaging."""
    def list(
        self,
        *,
        portal: Name = ...,
        sort: str | Iterable[str] = ...,
        include: str | Iterable[str] = ...,
        search: str = ...,
        limit: int | None = ...,
        filters: Mapping[str, Any] | None = ...,
        include_version: bool = ...,
        created_at: Any = ...,
        created_at__gt: Any = ...,
        created_at__gte: Any = ...,
        created_at__lt: Any = ...,
        created_at__lte: Any = ...,
        created_at__isnull: Any = ...,
        created_by: Any = ...,
        created_by__in: Any = ...,
        created_by__isnull: Any = ...,
        equipment: Any = ...,
        equipment__in: Any = ...,
        equipment__isnull: Any = ...,
        id: Any = ...,
        id__in: Any = ...,
        id__isnull: Any = ...,
        notes: Any = ...,
        notes__icontains: Any = ...,
        notes__startswith: Any = ...,
        notes__in: Any = ...,
        notes__isnull: Any = ...,
        order: Any = ...,
        order__gt: Any = ...,
        order__gte: Any = ...,
        order__lt: Any = ...,
        order__lte: Any = ...,
        order__isnull: Any = ...,
        procedures: Any = ...,
        procedures__in: Any = ...,
        procedures__isnull: Any = ...,
        session: Any = ...,
        session__in: Any = ...,
        session__isnull: Any = ...,
        type: Any = ...,
        type__icontains: Any = ...,
        type__startswith: Any = ...,
        type__in: Any = ...,
        type__isnull: Any = ...,
        type_schema_version: Any = ...,
        type_schema_version__icontains: Any = ...,
        type_schema_version__startswith: Any = ...,
        type_schema_version__in: Any = ...,
        type_schema_version__isnull: Any = ...,
        updated_at: Any = ...,
        updated_at__gt: Any = ...,
        updated_at__gte: Any = ...,
        updated_at__lt: Any = ...,
        updated_at__lte: Any = ...,
        updated_at__isnull: Any = ...,
        **where: Any,
    ) -> Many: ...
    def get(self, id: Any, *, include: str | Iterable[str] = ..., portal: Name = ...) -> One: ...
    def create(
        self,
        *,
        type: Literal[
            "Audio",
            "BehavioralTracking",
            "ComputedTomography",
            "ConfocalMicroscopy",
            "Electroencephalography",
            "Electroneurogram",
            "ExtracellularEphys",
            "FiberPhotometry",
            "FunctionalMagneticResonanceImaging",
            "FunctionalUltrasoundImaging",
            "GeneralTimeSeries",
            "IntracellularEphys",
            "LightFieldMicroscopy",
            "MagneticResonanceImaging",
            "Magnetoencephalography",
            "Miniscope",
            "OpticalCoherenceTomography",
            "PositronEmissionTomography",
            "SinglePhotonEmissionComputedTomography",
            "SinglePhotonMicroscopy",
            "ThreePhotonMicroscopy",
            "TwoPhotonMicroscopy",
            "VideoTracking",
        ],
        session: str | Session,
        notes: str = ...,
        procedures: Sequence[str | Procedure] = ...,
        equipment: Sequence[str | Equipment] = ...,
        details: Any = ...,
        image: str = ...,
        order: int = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        type: Literal[
            "Audio",
            "BehavioralTracking",
            "ComputedTomography",
            "ConfocalMicroscopy",
            "Electroencephalography",
            "Electroneurogram",
            "ExtracellularEphys",
            "FiberPhotometry",
            "FunctionalMagneticResonanceImaging",
            "FunctionalUltrasoundImaging",
            "GeneralTimeSeries",
            "IntracellularEphys",
            "LightFieldMicroscopy",
            "MagneticResonanceImaging",
            "Magnetoencephalography",
            "Miniscope",
            "OpticalCoherenceTomography",
            "PositronEmissionTomography",
            "SinglePhotonEmissionComputedTomography",
            "SinglePhotonMicroscopy",
            "ThreePhotonMicroscopy",
            "TwoPhotonMicroscopy",
            "VideoTracking",
        ] = ...,
        notes: str = ...,
        session: str | Session = ...,
        procedures: Sequence[str | Procedure] = ...,
        equipment: Sequence[str | Equipment] = ...,
        details: Any = ...,
        image: str = ...,
        order: int = ...,
        portal: Name = ...,
    ) -> One: ...
