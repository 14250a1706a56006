"""A piece of equipment in a setup, such as a camera, and its location in the setup.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Generic, Literal

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .consumable import Consumable
from .hardwaredevice import Hardwaredevice
from .setup import Setup
from .user import User

class Equipment(Record):
    """A piece of equipment in a setup, such as a camera, and its location in the setup.

    Attributes
    ----------
    id : str
        Identifier.
    name : str
        Name of the piece in its setup.
    type : str
        Type of Equipment: a code from the type schemas.
    notes : str
        Notes on the piece.
    setup : str or Setup
        Setup that the piece belongs to.
    date_time : datetime or None
        When the piece was installed, UTC.
    consumable : str or Consumable or None
        The product, if the piece is a consumable.
    hardwaredevice : str or Hardwaredevice or None
        The product, if the piece is a device.
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
    name: str
    type: Literal[
        "Amplifier",
        "AnesthesiaSystem",
        "AntiVibrationTable",
        "BehaviorRig",
        "BiosafetyCabinet",
        "Camera",
        "Computer",
        "DataAcquisitionSystem",
        "DrugDeliverySystem",
        "ElectroencephalographySystem",
        "ElectromyographyMachine",
        "ElectronicComponent",
        "EphysRig",
        "FiberPhotometrySystem",
        "FloatingAirPlatform",
        "ForcePlate",
        "FumeHood",
        "GlassMicropipettePuller",
        "HumidityController",
        "HumiditySensor",
        "InjectionSystem",
        "IontophoresisStimulator",
        "Laser",
        "LedDriver",
        "LightEmitter",
        "LightSensor",
        "MagneticResonanceImagingSystem",
        "MagnetoencephalographySystem",
        "Magnetometer",
        "Microcontroller",
        "Micromanipulator",
        "Microphone",
        "Microscope",
        "Miniscope",
        "Monitor",
        "MotionTrackingSystem",
        "NoiseIsolationChamber",
        "OnePhotonMicroscope",
        "OphysRig",
        "OpticalCoherenceTomography",
        "Oscilloscope",
        "PerfusionSystem",
        "Photodetector",
        "PressureSensor",
        "RunningWheel",
        "SignalProcessingUnit",
        "SingleBoardComputer",
        "SinglePhotonEmissionComputedTomography",
        "Speaker",
        "StereotaxicFrame",
        "StimulationDevice",
        "SurgicalPowerTool",
        "TemperatureSensor",
        "ThermalController",
        "ThreePhotonMicroscopy",
        "Treadmill",
        "TwoPhotonMicroscope",
        "UltrasoundImagingSystem",
    ]
    notes: str
    setup: str | Setup
    date_time: datetime | None
    consumable: str | Consumable | None
    hardwaredevice: str | Hardwaredevice | None
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

class EquipmentCalls(Resource[Equipment, Many, One, Done], Generic[Many, One, Done]):
    """A piece of equipment in a setup, such as a camera, and its location in the setup."""
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
        consumable: Any = ...,
        consumable__in: Any = ...,
        consumable__isnull: Any = ...,
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
        hardwaredevice: Any = ...,
        hardwaredevice__in: Any = ...,
        hardwaredevice__isnull: Any = ...,
        id: Any = ...,
        id__in: Any = ...,
        id__isnull: Any = ...,
        name: Any = ...,
        name__icontains: Any = ...,
        name__startswith: Any = ...,
        name__in: Any = ...,
        name__isnull: Any = ...,
        notes: Any = ...,
        notes__icontains: Any = ...,
        notes__startswith: Any = ...,
        notes__in: Any = ...,
        notes__isnull: Any = ...,
        setup: Any = ...,
        setup__in: Any = ...,
        setup__isnull: Any = ...,
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
        name: str,
        type: Literal[
            "Amplifier",
            "AnesthesiaSystem",
            "AntiVibrationTable",
            "BehaviorRig",
            "BiosafetyCabinet",
            "Camera",
            "Computer",
            "DataAcquisitionSystem",
            "DrugDeliverySystem",
            "ElectroencephalographySystem",
            "ElectromyographyMachine",
            "ElectronicComponent",
            "EphysRig",
            "FiberPhotometrySystem",
            "FloatingAirPlatform",
            "ForcePlate",
            "FumeHood",
            "GlassMicropipettePuller",
            "HumidityController",
            "HumiditySensor",
            "InjectionSystem",
            "IontophoresisStimulator",
            "Laser",
            "LedDriver",
            "LightEmitter",
            "LightSensor",
            "MagneticResonanceImagingSystem",
            "MagnetoencephalographySystem",
            "Magnetometer",
            "Microcontroller",
            "Micromanipulator",
            "Microphone",
            "Microscope",
            "Miniscope",
            "Monitor",
            "MotionTrackingSystem",
            "NoiseIsolationChamber",
            "OnePhotonMicroscope",
            "OphysRig",
            "OpticalCoherenceTomography",
            "Oscilloscope",
            "PerfusionSystem",
            "Photodetector",
            "PressureSensor",
            "RunningWheel",
            "SignalProcessingUnit",
            "SingleBoardComputer",
            "SinglePhotonEmissionComputedTomography",
            "Speaker",
            "StereotaxicFrame",
            "StimulationDevice",
            "SurgicalPowerTool",
            "TemperatureSensor",
            "ThermalController",
            "ThreePhotonMicroscopy",
            "Treadmill",
            "TwoPhotonMicroscope",
            "UltrasoundImagingSystem",
        ],
        setup: str | Setup,
        coordinates_system: Literal[
            "CCF_XYZ_Absolute",
            "External_XYZ_Absolute",
            "Stereotaxic_BregmaAbsolute",
            "Stereotaxic_BregmaBrainSurface",
            "Stereotaxic_LambdaAbsolute",
            "Stereotaxic_LambdaBrainSurface",
        ],
        notes: str = ...,
        date_time: datetime | str | None = ...,
        consumable: str | Consumable | None = ...,
        hardwaredevice: str | Hardwaredevice | None = ...,
        details: Any = ...,
        coordinates_details: Any = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        name: str = ...,
        type: Literal[
            "Amplifier",
            "AnesthesiaSystem",
            "AntiVibrationTable",
            "BehaviorRig",
            "BiosafetyCabinet",
            "Camera",
            "Computer",
            "DataAcquisitionSystem",
            "DrugDeliverySystem",
            "ElectroencephalographySystem",
            "ElectromyographyMachine",
            "ElectronicComponent",
            "EphysRig",
            "FiberPhotometrySystem",
            "FloatingAirPlatform",
            "ForcePlate",
            "FumeHood",
            "GlassMicropipettePuller",
            "HumidityController",
            "HumiditySensor",
            "InjectionSystem",
            "IontophoresisStimulator",
            "Laser",
            "LedDriver",
            "LightEmitter",
            "LightSensor",
            "MagneticResonanceImagingSystem",
            "MagnetoencephalographySystem",
            "Magnetometer",
            "Microcontroller",
            "Micromanipulator",
            "Microphone",
            "Microscope",
            "Miniscope",
            "Monitor",
            "MotionTrackingSystem",
            "NoiseIsolationChamber",
            "OnePhotonMicroscope",
            "OphysRig",
            "OpticalCoherenceTomography",
            "Oscilloscope",
            "PerfusionSystem",
            "Photodetector",
            "PressureSensor",
            "RunningWheel",
            "SignalProcessingUnit",
            "SingleBoardComputer",
            "SinglePhotonEmissionComputedTomography",
            "Speaker",
            "StereotaxicFrame",
            "StimulationDevice",
            "SurgicalPowerTool",
            "TemperatureSensor",
            "ThermalController",
            "ThreePhotonMicroscopy",
            "Treadmill",
            "TwoPhotonMicroscope",
            "UltrasoundImagingSystem",
        ] = ...,
        notes: str = ...,
        setup: str | Setup = ...,
        date_time: datetime | str | None = ...,
        consumable: str | Consumable | None = ...,
        hardwaredevice: str | Hardwaredevice | None = ...,
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
