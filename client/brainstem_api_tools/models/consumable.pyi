"""A product that gets used up, such as a virus construct, a dye or a silicon probe design.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Generic, Literal

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .supplier import Supplier
from .user import User

class Consumable(Record):
    """A product that gets used up, such as a virus construct, a dye or a silicon probe design.

    Attributes
    ----------
    id : str
        Identifier.
    name : str
        Name of the product.
    description : str
        What the product is used for.
    supplier : str or Supplier
        Company or institution that sells it.
    type : str
        Type of consumable: a code from the type schemas.
    details : Any
        Properties of consumables of this type.
    rrid : str
        Research Resource Identifier (RRID) of the product, starting with RRID:.
    rrid_url : Any
        URL of the RRID at the SciCrunch resolver.
    external_identifiers : Any
        Entries of the product in other databases.
    comments : str
        Notes for the curators of the catalogue.
    created_at : datetime
        When the record was created, UTC.
    updated_at : datetime
        When the record was last changed, UTC.
    created_by : int or User or None
        Id of the user who created the record.
    """

    id: str
    name: str
    description: str
    supplier: str | Supplier
    type: Literal[
        "ChemicalReagent",
        "ConsumableDevice",
        "ImmunoReagent",
        "ImplantMaterial",
        "OpticFiberDesign",
        "OpticalComponent",
        "PharmacologicalAgent",
        "PhysiologicalSolution",
        "SiliconProbeDesign",
        "SingleWireElectrode",
        "SurgicalDisposable",
        "TracerDye",
        "VirusConstruct",
    ]
    details: Any
    rrid: str
    rrid_url: Any
    external_identifiers: Any
    comments: str
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class ConsumableCalls(Resource[Consumable, Many, One, Done], Generic[Many, One, Done]):
    """A product that gets used up, such as a virus construct, a dye or a silicon probe design."""
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
        comments: Any = ...,
        comments__icontains: Any = ...,
        comments__startswith: Any = ...,
        comments__in: Any = ...,
        comments__isnull: Any = ...,
        created_at: Any = ...,
        created_at__gt: Any = ...,
        created_at__gte: Any = ...,
        created_at__lt: Any = ...,
        created_at__lte: Any = ...,
        created_at__isnull: Any = ...,
        created_by: Any = ...,
        created_by__in: Any = ...,
        created_by__isnull: Any = ...,
        description: Any = ...,
        description__icontains: Any = ...,
        description__startswith: Any = ...,
        description__in: Any = ...,
        description__isnull: Any = ...,
        id: Any = ...,
        id__in: Any = ...,
        id__isnull: Any = ...,
        name: Any = ...,
        name__icontains: Any = ...,
        name__startswith: Any = ...,
        name__in: Any = ...,
        name__isnull: Any = ...,
        rrid: Any = ...,
        rrid__icontains: Any = ...,
        rrid__startswith: Any = ...,
        rrid__in: Any = ...,
        rrid__isnull: Any = ...,
        supplier: Any = ...,
        supplier__in: Any = ...,
        supplier__isnull: Any = ...,
        type: Any = ...,
        type__icontains: Any = ...,
        type__startswith: Any = ...,
        type__in: Any = ...,
        type__isnull: Any = ...,
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
        supplier: str | Supplier,
        type: Literal[
            "ChemicalReagent",
            "ConsumableDevice",
            "ImmunoReagent",
            "ImplantMaterial",
            "OpticFiberDesign",
            "OpticalComponent",
            "PharmacologicalAgent",
            "PhysiologicalSolution",
            "SiliconProbeDesign",
            "SingleWireElectrode",
            "SurgicalDisposable",
            "TracerDye",
            "VirusConstruct",
        ],
        description: str = ...,
        details: Any = ...,
        rrid: str = ...,
        external_identifiers: Any = ...,
        comments: str = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        name: str = ...,
        description: str = ...,
        supplier: str | Supplier = ...,
        type: Literal[
            "ChemicalReagent",
            "ConsumableDevice",
            "ImmunoReagent",
            "ImplantMaterial",
            "OpticFiberDesign",
            "OpticalComponent",
            "PharmacologicalAgent",
            "PhysiologicalSolution",
            "SiliconProbeDesign",
            "SingleWireElectrode",
            "SurgicalDisposable",
            "TracerDye",
            "VirusConstruct",
        ] = ...,
        details: Any = ...,
        rrid: str = ...,
        external_identifiers: Any = ...,
        comments: str = ...,
        portal: Name = ...,
    ) -> One: ...
