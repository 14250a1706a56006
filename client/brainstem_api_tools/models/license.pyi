"""A license granted by an authority, for example for animal experiments, and its scope.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Generic, Literal

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .behavioralassay import Behavioralassay
from .procedure import Procedure
from .regulatoryauthority import Regulatoryauthority
from .subject import Subject
from .user import User

class License(Record):
    """A license granted by an authority, for example for animal experiments, and its scope.

    Attributes
    ----------
    id : str
        Identifier.
    name : str
        Title of the license.
    type : str
        What the license permits.
    status : str
        Whether the license is in force.
    description : str
        Scope and conditions of the license.
    country : str or None
        Country in which the license is valid, ISO 3166-1 alpha-2.
    regulatory_authority : str or Regulatoryauthority or None
        Authority that granted the license.
    license_number : str
        Number assigned by the authority.
    license_document : str
        Copy of the license, preferably a PDF.
    valid_from : date or None
        First day on which the license is valid.
    valid_until : date or None
        Last day on which the license is valid.
    license_holders : list of int or User
        People who hold the license.
    behavioralassays : list of str or Behavioralassay
        Behavioralassays of the record.
    subjects : list of str or Subject
        Subjects of the record.
    procedures : list of str or Procedure
        Procedures of the record.
    is_public : bool
        Whether everyone may read the record.
    authenticated_groups : Any
        Ids of groups whose members may edit the record.
    users : Any
        People with a role on the record, by email address.
    groups : Any
        Groups with a role on the record, by name.
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
        "animal_research_authorization",
        "human_research_authorization",
        "biosafety_gmo_authorization",
        "wildlife_fieldwork_permit",
        "controlled_substance_license",
        "chemical_use_authorization",
        "import_export_permit",
    ]
    status: Literal["draft", "pending", "active", "suspended", "expired", "revoked"]
    description: str
    country: str | None
    regulatory_authority: str | Regulatoryauthority | None
    license_number: str
    license_document: str
    valid_from: date | None
    valid_until: date | None
    license_holders: list[int | User]
    behavioralassays: list[str | Behavioralassay]
    subjects: list[str | Subject]
    procedures: list[str | Procedure]
    is_public: bool
    authenticated_groups: Any
    users: Any
    groups: Any
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class LicenseCalls(Resource[License, Many, One, Done], Generic[Many, One, Done]):
    """A license granted by an authority, for example for animal experiments, and its scope."""
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
        behavioralassays: Any = ...,
        behavioralassays__in: Any = ...,
        behavioralassays__isnull: Any = ...,
        country: Any = ...,
        country__icontains: Any = ...,
        country__startswith: Any = ...,
        country__in: Any = ...,
        country__isnull: Any = ...,
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
        is_public: Any = ...,
        is_public__in: Any = ...,
        is_public__isnull: Any = ...,
        license_holders: Any = ...,
        license_holders__in: Any = ...,
        license_holders__isnull: Any = ...,
        license_number: Any = ...,
        license_number__icontains: Any = ...,
        license_number__startswith: Any = ...,
        license_number__in: Any = ...,
        license_number__isnull: Any = ...,
        name: Any = ...,
        name__icontains: Any = ...,
        name__startswith: Any = ...,
        name__in: Any = ...,
        name__isnull: Any = ...,
        procedures: Any = ...,
        procedures__in: Any = ...,
        procedures__isnull: Any = ...,
        regulatory_authority: Any = ...,
        regulatory_authority__in: Any = ...,
        regulatory_authority__isnull: Any = ...,
        status: Any = ...,
        status__icontains: Any = ...,
        status__startswith: Any = ...,
        status__in: Any = ...,
        status__isnull: Any = ...,
        subjects: Any = ...,
        subjects__in: Any = ...,
        subjects__isnull: Any = ...,
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
        valid_from: Any = ...,
        valid_from__gt: Any = ...,
        valid_from__gte: Any = ...,
        valid_from__lt: Any = ...,
        valid_from__lte: Any = ...,
        valid_from__isnull: Any = ...,
        valid_until: Any = ...,
        valid_until__gt: Any = ...,
        valid_until__gte: Any = ...,
        valid_until__lt: Any = ...,
        valid_until__lte: Any = ...,
        valid_until__isnull: Any = ...,
        **where: Any,
    ) -> Many: ...
    def get(self, id: Any, *, include: str | Iterable[str] = ..., portal: Name = ...) -> One: ...
    def create(
        self,
        *,
        name: str,
        type: Literal[
            "animal_research_authorization",
            "human_research_authorization",
            "biosafety_gmo_authorization",
            "wildlife_fieldwork_permit",
            "controlled_substance_license",
            "chemical_use_authorization",
            "import_export_permit",
        ],
        status: Literal["draft", "pending", "active", "suspended", "expired", "revoked"] = ...,
        description: str = ...,
        country: str | None = ...,
        regulatory_authority: str | Regulatoryauthority | None = ...,
        license_number: str = ...,
        license_document: str = ...,
        valid_from: date | str | None = ...,
        valid_until: date | str | None = ...,
        license_holders: Sequence[int | User] = ...,
        behavioralassays: Sequence[str | Behavioralassay] = ...,
        subjects: Sequence[str | Subject] = ...,
        procedures: Sequence[str | Procedure] = ...,
        is_public: bool = ...,
        authenticated_groups: Any = ...,
        users: Any = ...,
        groups: Any = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        name: str = ...,
        type: Literal[
            "animal_research_authorization",
            "human_research_authorization",
            "biosafety_gmo_authorization",
            "wildlife_fieldwork_permit",
            "controlled_substance_license",
            "chemical_use_authorization",
            "import_export_permit",
        ] = ...,
        status: Literal["draft", "pending", "active", "suspended", "expired", "revoked"] = ...,
        description: str = ...,
        country: str | None = ...,
        regulatory_authority: str | Regulatoryauthority | None = ...,
        license_number: str = ...,
        license_document: str = ...,
        valid_from: date | str | None = ...,
        valid_until: date | str | None = ...,
        license_holders: Sequence[int | User] = ...,
        behavioralassays: Sequence[str | Behavioralassay] = ...,
        subjects: Sequence[str | Subject] = ...,
        procedures: Sequence[str | Procedure] = ...,
        is_public: bool = ...,
        authenticated_groups: Any = ...,
        users: Any = ...,
        groups: Any = ...,
        portal: Name = ...,
    ) -> One: ...
