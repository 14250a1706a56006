"""A product that gets used up, such as a virus construct, a dye or a silicon probe design.

Written by client/tools/generate.py; do not edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Literal

from ..record import Record, field
from ..resource import Done, Many, One, Resource

if TYPE_CHECKING:
    from datetime import datetime

    from ..names import Name
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

    model = "consumable"
    app = "resources"
    singular = "consumable"
    plural = "consumables"
    aliases = ()

    id: str = field("uuid", read_only=True)
    name: str = field("string", required=True)
    description: str = field("text")
    supplier: str | Supplier = field("fk", related="supplier", required=True)
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
    ] = field(
        "string",
        required=True,
        choices=(
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
        ),
    )
    details: Any = field("json")
    rrid: str = field("string")
    rrid_url: Any = field("json", read_only=True)
    external_identifiers: Any = field("json")
    comments: str = field("text")
    created_at: datetime = field("datetime", read_only=True)
    updated_at: datetime = field("datetime", read_only=True)
    created_by: int | User | None = field("fk", related="user", read_only=True, nullable=True)


RECORD = Consumable


class ConsumableCalls(Resource[Consumable, Many, One, Done], Generic[Many, One, Done]):
    """A product that gets used up, such as a virus construct, a dye or a silicon probe design."""

    if TYPE_CHECKING:

        def list(
            self,
            *,
            portal: Name = ...,
            sort: str | Iterable[str] = ...,
            include: str | Iterable[str] = ...,
            search: str = ...,
            limit: int | None = ...,
            filters: Mapping[str, Any] | None = ...,
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
