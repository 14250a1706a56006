"""A period of data collection, with its behaviors, data acquisitions, manipulations and epochs.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .behavior import Behavior
from .dataacquisition import DataAcquisition
from .datastorage import Datastorage
from .epoch import Epoch
from .manipulation import Manipulation
from .project import Project
from .user import User

class Session(Record):
    """A period of data collection, with its behaviors, data acquisitions, manipulations and epochs.

    Attributes
    ----------
    id : str
        Identifier.
    name : str
        Name of the session, unique on this server.
    description : str
        What was done in the session.
    projects : list of str or Project
        Projects that the session belongs to; at least one.
    date_time : datetime or None
        When the session started, UTC.
    epochs : list of str or Epoch
        Epochs of the record.
    datastorage : list of str or Datastorage
        Data storages that hold the session's data, in order of preference.
    extra_fields : Any
        Additional values by name: text or numbers.
    download_links : Any
        Public repositories that hold the data, each with Repository and URL.
    dataacquisition : list of str or DataAcquisition
        Data acquisitions of the record.
    behaviors : list of str or Behavior
        Behaviors of the record.
    manipulations : list of str or Manipulation
        Manipulations of the record.
    name_used_in_storage : str
        Name of the session's folder in data storages.
    tags : list of str
        Words to find the record by.
    links : Any
        Relative URLs of lists of related records.
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
    projects: list[str | Project]
    date_time: datetime | None
    epochs: list[str | Epoch]
    datastorage: list[str | Datastorage]
    extra_fields: Any
    download_links: Any
    dataacquisition: list[str | DataAcquisition]
    behaviors: list[str | Behavior]
    manipulations: list[str | Manipulation]
    name_used_in_storage: str
    tags: list[str]
    links: Any
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class SessionCalls(Resource[Session, Many, One, Done], Generic[Many, One, Done]):
    """A period of data collection, with its behaviors, data acquisitions, manipulations and epochs."""
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
        behaviors: Any = ...,
        behaviors__in: Any = ...,
        behaviors__isnull: Any = ...,
        created_at: Any = ...,
        created_at__gt: Any = ...,
        created_at__gte: Any = ...,
        created_at__lt: Any = ...,
        created_at__lte: Any = ...,
        created_at__isnull: Any = ...,
        created_by: Any = ...,
        created_by__in: Any = ...,
        created_by__isnull: Any = ...,
        dataacquisition: Any = ...,
        dataacquisition__in: Any = ...,
        dataacquisition__isnull: Any = ...,
        datastorage: Any = ...,
        datastorage__in: Any = ...,
        datastorage__isnull: Any = ...,
        date_time: Any = ...,
        date_time__gt: Any = ...,
        date_time__gte: Any = ...,
        date_time__lt: Any = ...,
        date_time__lte: Any = ...,
        date_time__isnull: Any = ...,
        description: Any = ...,
        description__icontains: Any = ...,
        description__startswith: Any = ...,
        description__in: Any = ...,
        description__isnull: Any = ...,
        epochs: Any = ...,
        epochs__in: Any = ...,
        epochs__isnull: Any = ...,
        id: Any = ...,
        id__in: Any = ...,
        id__isnull: Any = ...,
        manipulations: Any = ...,
        manipulations__in: Any = ...,
        manipulations__isnull: Any = ...,
        name: Any = ...,
        name__icontains: Any = ...,
        name__startswith: Any = ...,
        name__in: Any = ...,
        name__isnull: Any = ...,
        name_used_in_storage: Any = ...,
        name_used_in_storage__icontains: Any = ...,
        name_used_in_storage__startswith: Any = ...,
        name_used_in_storage__in: Any = ...,
        name_used_in_storage__isnull: Any = ...,
        projects: Any = ...,
        projects__in: Any = ...,
        projects__isnull: Any = ...,
        tags: Any = ...,
        tags__icontains: Any = ...,
        tags__startswith: Any = ...,
        tags__in: Any = ...,
        tags__isnull: Any = ...,
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
        projects: Sequence[str | Project],
        description: str = ...,
        date_time: datetime | str | None = ...,
        datastorage: Sequence[str | Datastorage] = ...,
        extra_fields: Any = ...,
        download_links: Any = ...,
        name_used_in_storage: str = ...,
        tags: Sequence[str] = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        name: str = ...,
        description: str = ...,
        projects: Sequence[str | Project] = ...,
        date_time: datetime | str | None = ...,
        datastorage: Sequence[str | Datastorage] = ...,
        extra_fields: Any = ...,
        download_links: Any = ...,
        name_used_in_storage: str = ...,
        tags: Sequence[str] = ...,
        portal: Name = ...,
    ) -> One: ...
