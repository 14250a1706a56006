"""A batch of a consumable in an inventory, such as a vial of a virus or one silicon probe.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Generic, Literal

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .consumable import Consumable
from .inventory import Inventory
from .user import User

class ConsumableStock(Record):
    """A batch of a consumable in an inventory, such as a vial of a virus or one silicon probe.

    Attributes
    ----------
    id : str
        Identifier.
    type : str
        Type of ConsumableStock: a code from the type schemas.
    status : str
        Whether it can be used.
    notes : str
        Notes on the batch.
    inventory : str or Inventory
        Inventory that keeps the batch.
    acquisition_date : date or None
        Date on which the batch was obtained.
    expiration_date : date or None
        Last day on which the batch may be used.
    storage_location : str
        Shelf, rack or box in the inventory.
    storage_conditions : str or None
        Temperature and other conditions of storage.
    intended_use : str or None
        What the batch is meant for.
    cost : str or None
        Price with its currency.
    consumable : str or Consumable or None
        Product that the batch is of.
    details : Any
        Values as defined by the type.
    type_schema_version : str
        Version of the type schema of the details.
    created_at : datetime
        When the record was created, UTC.
    updated_at : datetime
        When the record was last changed, UTC.
    created_by : int or User or None
        Id of the user who created the record.
    """

    id: str
    type: Literal[
        "ChemicalReagent",
        "ConsumableDevice",
        "ImmunoReagent",
        "ImplantMaterial",
        "OpticFiber",
        "OpticalComponent",
        "PharmacologicalAgent",
        "PhysiologicalSolution",
        "SiliconProbe",
        "SingleWireElectrode",
        "SurgicalDisposable",
        "TracerDye",
        "VirusSolution",
    ]
    status: Literal["AVAILABLE", "RESERVED", "DEPLETED"]
    notes: str
    inventory: str | Inventory
    acquisition_date: date | None
    expiration_date: date | None
    storage_location: str
    storage_conditions: str | None
    intended_use: str | None
    cost: str | None
    consumable: str | Consumable | None
    details: Any
    type_schema_version: str
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class ConsumableStockCalls(Resource[ConsumableStock, Many, One, Done], Generic[Many, One, Done]):
    """A batch of a consumable in an inventory, such as a vial of a virus or one silicon probe."""
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
        acquisition_date: Any = ...,
        acquisition_date__gt: Any = ...,
        acquisition_date__gte: Any = ...,
        acquisition_date__lt: Any = ...,
        acquisition_date__lte: Any = ...,
        acquisition_date__isnull: Any = ...,
        consumable: Any = ...,
        consumable__in: Any = ...,
        consumable__isnull: Any = ...,
        cost: Any = ...,
        cost__icontains: Any = ...,
        cost__startswith: Any = ...,
        cost__in: Any = ...,
        cost__isnull: Any = ...,
        created_at: Any = ...,
        created_at__gt: Any = ...,
        created_at__gte: Any = ...,
        created_at__lt: Any = ...,
        created_at__lte: Any = ...,
        created_at__isnull: Any = ...,
        created_by: Any = ...,
        created_by__in: Any = ...,
        created_by__isnull: Any = ...,
        expiration_date: Any = ...,
        expiration_date__gt: Any = ...,
        expiration_date__gte: Any = ...,
        expiration_date__lt: Any = ...,
        expiration_date__lte: Any = ...,
        expiration_date__isnull: Any = ...,
        id: Any = ...,
        id__in: Any = ...,
        id__isnull: Any = ...,
        intended_use: Any = ...,
        intended_use__icontains: Any = ...,
        intended_use__startswith: Any = ...,
        intended_use__in: Any = ...,
        intended_use__isnull: Any = ...,
        inventory: Any = ...,
        inventory__in: Any = ...,
        inventory__isnull: Any = ...,
        notes: Any = ...,
        notes__icontains: Any = ...,
        notes__startswith: Any = ...,
        notes__in: Any = ...,
        notes__isnull: Any = ...,
        status: Any = ...,
        status__icontains: Any = ...,
        status__startswith: Any = ...,
        status__in: Any = ...,
        status__isnull: Any = ...,
        storage_conditions: Any = ...,
        storage_conditions__icontains: Any = ...,
        storage_conditions__startswith: Any = ...,
        storage_conditions__in: Any = ...,
        storage_conditions__isnull: Any = ...,
        storage_location: Any = ...,
        storage_location__icontains: Any = ...,
        storage_location__startswith: Any = ...,
        storage_location__in: Any = ...,
        storage_location__isnull: Any = ...,
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
            "ChemicalReagent",
            "ConsumableDevice",
            "ImmunoReagent",
            "ImplantMaterial",
            "OpticFiber",
            "OpticalComponent",
            "PharmacologicalAgent",
            "PhysiologicalSolution",
            "SiliconProbe",
            "SingleWireElectrode",
            "SurgicalDisposable",
            "TracerDye",
            "VirusSolution",
        ],
        inventory: str | Inventory,
        status: Literal["AVAILABLE", "RESERVED", "DEPLETED"] = ...,
        notes: str = ...,
        acquisition_date: date | str | None = ...,
        expiration_date: date | str | None = ...,
        storage_location: str = ...,
        storage_conditions: str | None = ...,
        intended_use: str | None = ...,
        cost: str | None = ...,
        consumable: str | Consumable | None = ...,
        details: Any = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        type: Literal[
            "ChemicalReagent",
            "ConsumableDevice",
            "ImmunoReagent",
            "ImplantMaterial",
            "OpticFiber",
            "OpticalComponent",
            "PharmacologicalAgent",
            "PhysiologicalSolution",
            "SiliconProbe",
            "SingleWireElectrode",
            "SurgicalDisposable",
            "TracerDye",
            "VirusSolution",
        ] = ...,
        status: Literal["AVAILABLE", "RESERVED", "DEPLETED"] = ...,
        notes: str = ...,
        inventory: str | Inventory = ...,
        acquisition_date: date | str | None = ...,
        expiration_date: date | str | None = ...,
        storage_location: str = ...,
        storage_conditions: str | None = ...,
        intended_use: str | None = ...,
        cost: str | None = ...,
        consumable: str | Consumable | None = ...,
        details: Any = ...,
        portal: Name = ...,
    ) -> One: ...
