"""An intervention on a subject, such as a craniotomy, an implantation or a virus injection.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, Literal

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .brainregion import BrainRegion
from .consumablestock import ConsumableStock
from .equipment import Equipment
from .license import License
from .subject import Subject
from .user import User

class Procedure(Record):
    """An intervention on a subject, such as a craniotomy, an implantation or a virus injection.

    Attributes
    ----------
    id : str
        Identifier.
    type : str
        Type of Procedure: a code from the type schemas.
    notes : str
        Notes on the procedure.
    subject : str or Subject
        Subject that underwent the procedure.
    date_time : datetime or None
        When the procedure was done, UTC.
    consumablestock : str or ConsumableStock or None
        Batch that was implanted, injected or used up.
    equipment : list of str or Equipment
        Equipment used for the procedure.
    brain_region : str or BrainRegion or None
        Target brain region.
    licenses : list of str or License
        Licenses that permit the procedure.
    details : Any
        Values as defined by the type.
    type_schema_version : str
        Version of the type schema of the details.
    coordinates_system : str
        Coordinate system: a code from the type schemas.
    coordinates_details : Any
        Values in the coordinate system.
    coordinates_schema_version : str
        Version of the coordinate schema.
    created_at : datetime
        When the record was created, UTC.
    updated_at : datetime
        When the record was last changed, UTC.
    created_by : int or User or None
        Id of the user who created the record.
    """

    id: str
    type: Literal[
        "Anesthesia",
        "AuditoryStimulation",
        "BarbiturateInjection",
        "BehavioralTracking",
        "BloodPressureSensorImplant",
        "BrainExtraction",
        "BrainLesion",
        "BrainSlice",
        "BreathingSensorImplant",
        "BurrHole",
        "CatheterImplant",
        "CervicalDislocation",
        "Co2ChamberEuthanasia",
        "CranialWindow",
        "Craniectomy",
        "Craniotomy",
        "Cryosectioning",
        "Decapitation",
        "EcgImplant",
        "EegImplant",
        "EmgImplant",
        "GenericImplant",
        "GrinLensImplant",
        "HeadFixation",
        "Headcap",
        "Headpost",
        "InhalantOverdose",
        "Injection",
        "NerveCuffImplant",
        "OdorStimulation",
        "OpticFiberImplant",
        "PerfusionFixation",
        "PrismImplant",
        "ReferenceElectrodeImplant",
        "SiliconProbeImplant",
        "SingleWireElectrodeImplant",
        "TactileStimulation",
        "TemperatureSensorImplant",
        "TetrodeWireElectrodeImplant",
        "TissueClearing",
        "VibratomeSectioning",
        "VirusInjection",
        "VisualStimulation",
    ]
    notes: str
    subject: str | Subject
    date_time: datetime | None
    consumablestock: str | ConsumableStock | None
    equipment: list[str | Equipment]
    brain_region: str | BrainRegion | None
    licenses: list[str | License]
    details: Any
    type_schema_version: str
    coordinates_system: Literal[
        "CCF_XYZ_Absolute",
        "External_XYZ_Absolute",
        "Stereotaxic_BregmaAbsolute",
        "Stereotaxic_BregmaBrainSurface",
        "Stereotaxic_LambdaAbsolute",
        "Stereotaxic_LambdaBrainSurface",
    ]
    coordinates_details: Any
    coordinates_schema_version: str
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class ProcedureCalls(Resource[Procedure, Many, One, Done], Generic[Many, One, Done]):
    """An intervention on a subject, such as a craniotomy, an implantation or a virus injection."""
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
        brain_region: Any = ...,
        brain_region__in: Any = ...,
        brain_region__isnull: Any = ...,
        consumablestock: Any = ...,
        consumablestock__in: Any = ...,
        consumablestock__isnull: Any = ...,
        coordinates_schema_version: Any = ...,
        coordinates_schema_version__icontains: Any = ...,
        coordinates_schema_version__startswith: Any = ...,
        coordinates_schema_version__in: Any = ...,
        coordinates_schema_version__isnull: Any = ...,
        coordinates_system: Any = ...,
        coordinates_system__icontains: Any = ...,
        coordinates_system__startswith: Any = ...,
        coordinates_system__in: Any = ...,
        coordinates_system__isnull: Any = ...,
        created_at: Any = ...,
        created_at__gt: Any = ...,
        created_at__gte: Any = ...,
        created_at__lt: Any = ...,
        created_at__lte: Any = ...,
        created_at__isnull: Any = ...,
        created_by: Any = ...,
        created_by__in: Any = ...,
        created_by__isnull: Any = ...,
        date_time: Any = ...,
        date_time__gt: Any = ...,
        date_time__gte: Any = ...,
        date_time__lt: Any = ...,
        date_time__lte: Any = ...,
        date_time__isnull: Any = ...,
        equipment: Any = ...,
        equipment__in: Any = ...,
        equipment__isnull: Any = ...,
        id: Any = ...,
        id__in: Any = ...,
        id__isnull: Any = ...,
        licenses: Any = ...,
        licenses__in: Any = ...,
        licenses__isnull: Any = ...,
        notes: Any = ...,
        notes__icontains: Any = ...,
        notes__startswith: Any = ...,
        notes__in: Any = ...,
        notes__isnull: Any = ...,
        subject: Any = ...,
        subject__in: Any = ...,
        subject__isnull: Any = ...,
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
            "Anesthesia",
            "AuditoryStimulation",
            "BarbiturateInjection",
            "BehavioralTracking",
            "BloodPressureSensorImplant",
            "BrainExtraction",
            "BrainLesion",
            "BrainSlice",
            "BreathingSensorImplant",
            "BurrHole",
            "CatheterImplant",
            "CervicalDislocation",
            "Co2ChamberEuthanasia",
            "CranialWindow",
            "Craniectomy",
            "Craniotomy",
            "Cryosectioning",
            "Decapitation",
            "EcgImplant",
            "EegImplant",
            "EmgImplant",
            "GenericImplant",
            "GrinLensImplant",
            "HeadFixation",
            "Headcap",
            "Headpost",
            "InhalantOverdose",
            "Injection",
            "NerveCuffImplant",
            "OdorStimulation",
            "OpticFiberImplant",
            "PerfusionFixation",
            "PrismImplant",
            "ReferenceElectrodeImplant",
            "SiliconProbeImplant",
            "SingleWireElectrodeImplant",
            "TactileStimulation",
            "TemperatureSensorImplant",
            "TetrodeWireElectrodeImplant",
            "TissueClearing",
            "VibratomeSectioning",
            "VirusInjection",
            "VisualStimulation",
        ],
        subject: str | Subject,
        notes: str = ...,
        date_time: datetime | str | None = ...,
        consumablestock: str | ConsumableStock | None = ...,
        equipment: Sequence[str | Equipment] = ...,
        brain_region: str | BrainRegion | None = ...,
        licenses: Sequence[str | License] = ...,
        details: Any = ...,
        coordinates_system: Literal[
            "CCF_XYZ_Absolute",
            "External_XYZ_Absolute",
            "Stereotaxic_BregmaAbsolute",
            "Stereotaxic_BregmaBrainSurface",
            "Stereotaxic_LambdaAbsolute",
            "Stereotaxic_LambdaBrainSurface",
        ] = ...,
        coordinates_details: Any = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        type: Literal[
            "Anesthesia",
            "AuditoryStimulation",
            "BarbiturateInjection",
            "BehavioralTracking",
            "BloodPressureSensorImplant",
            "BrainExtraction",
            "BrainLesion",
            "BrainSlice",
            "BreathingSensorImplant",
            "BurrHole",
            "CatheterImplant",
            "CervicalDislocation",
            "Co2ChamberEuthanasia",
            "CranialWindow",
            "Craniectomy",
            "Craniotomy",
            "Cryosectioning",
            "Decapitation",
            "EcgImplant",
            "EegImplant",
            "EmgImplant",
            "GenericImplant",
            "GrinLensImplant",
            "HeadFixation",
            "Headcap",
            "Headpost",
            "InhalantOverdose",
            "Injection",
            "NerveCuffImplant",
            "OdorStimulation",
            "OpticFiberImplant",
            "PerfusionFixation",
            "PrismImplant",
            "ReferenceElectrodeImplant",
            "SiliconProbeImplant",
            "SingleWireElectrodeImplant",
            "TactileStimulation",
            "TemperatureSensorImplant",
            "TetrodeWireElectrodeImplant",
            "TissueClearing",
            "VibratomeSectioning",
            "VirusInjection",
            "VisualStimulation",
        ] = ...,
        notes: str = ...,
        subject: str | Subject = ...,
        date_time: datetime | str | None = ...,
        consumablestock: str | ConsumableStock | None = ...,
        equipment: Sequence[str | Equipment] = ...,
        brain_region: str | BrainRegion | None = ...,
        licenses: Sequence[str | License] = ...,
        details: Any = ...,
        coordinates_system: Literal[
            "CCF_XYZ_Absolute",
            "External_XYZ_Absolute",
            "Stereotaxic_BregmaAbsolute",
            "Stereotaxic_BregmaBrainSurface",
            "Stereotaxic_LambdaAbsolute",
            "Stereotaxic_LambdaBrainSurface",
        ] = ...,
        coordinates_details: Any = ...,
        portal: Name = ...,
    ) -> One: ...
