"""A behavioral paradigm as run by one laboratory, in one type of setup.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .behavioralparadigm import BehavioralParadigm
from .license import License
from .setuptype import SetupType
from .user import User

class Behavioralassay(Record):
    """A behavioral paradigm as run by one laboratory, in one type of setup.

    Attributes
    ----------
    id : str
        Identifier.
    name : str
        Name of the assay in the laboratory.
    description : str
        How the paradigm is run in this laboratory.
    setup_type : str or SetupType
        Type of setup that the assay runs in.
    behavioral_paradigm : str or BehavioralParadigm
        Behavioral paradigm that the assay follows.
    licenses : list of str or License
        Licenses that cover the assay.
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
    description: str
    setup_type: str | SetupType
    behavioral_paradigm: str | BehavioralParadigm
    licenses: list[str | License]
    is_public: bool
    authenticated_groups: Any
    users: Any
    groups: Any
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class BehavioralassayCalls(Resource[Behavioralassay, Many, One, Done], Generic[Many, One, Done]):
    """A behavioral paradigm as run by one laboratory, in one type of setup."""
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
        behavioral_paradigm: Any = ...,
        behavioral_paradigm__in: Any = ...,
        behavioral_paradigm__isnull: Any = ...,
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
        licenses: Any = ...,
        licenses__in: Any = ...,
        licenses__isnull: Any = ...,
        name: Any = ...,
        name__icontains: Any = ...,
        name__startswith: Any = ...,
        name__in: Any = ...,
        name__isnull: Any = ...,
        setup_type: Any = ...,
        setup_type__in: Any = ...,
        setup_type__isnull: Any = ...,
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
        setup_type: str | SetupType,
        behavioral_paradigm: str | BehavioralParadigm,
        description: str = ...,
        licenses: Sequence[str | License] = ...,
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
        description: str = ...,
        setup_type: str | SetupType = ...,
        behavioral_paradigm: str | BehavioralParadigm = ...,
        licenses: Sequence[str | License] = ...,
        is_public: bool = ...,
        authenticated_groups: Any = ...,
        users: Any = ...,
        groups: Any = ...,
        portal: Name = ...,
    ) -> One: ...
