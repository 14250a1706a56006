"""What subjects did in a session: which assay, in which setup.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .behavioralassay import Behavioralassay
from .session import Session
from .setup import Setup
from .subject import Subject
from .user import User

class Behavior(Record):
    """What subjects did in a session: which assay, in which setup.

    Attributes
    ----------
    id : str
        Identifier.
    session : str or Session
        Session in which the behavior took place.
    subjects : list of str or Subject
        Subjects that took part; at least one.
    setup : str or Setup
        Setup in which the behavior took place.
    behavioralassay : str or Behavioralassay
        Behavioral assay that the subjects performed.
    notes : str
        Notes on the behavior.
    order : int
        Position among the behaviors of the session, starting at 0.
    created_at : datetime
        When the record was created, UTC.
    updated_at : datetime
        When the record was last changed, UTC.
    created_by : int or User or None
        Id of the user who created the record.
    """

    id: str
    session: str | Session
    subjects: list[str | Subject]
    setup: str | Setup
    behavioralassay: str | Behavioralassay
    notes: str
    order: int
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class BehaviorCalls(Resource[Behavior, Many, One, Done], Generic[Many, One, Done]):
    """What subjects did in a session: which assay, in which setup."""
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
        behavioralassay: Any = ...,
        behavioralassay__in: Any = ...,
        behavioralassay__isnull: Any = ...,
        created_at: Any = ...,
        created_at__gt: Any = ...,
        created_at__gte: Any = ...,
        created_at__lt: Any = ...,
        created_at__lte: Any = ...,
        created_at__isnull: Any = ...,
        created_by: Any = ...,
        created_by__in: Any = ...,
        created_by__isnull: Any = ...,
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
        session: Any = ...,
        session__in: Any = ...,
        session__isnull: Any = ...,
        setup: Any = ...,
        setup__in: Any = ...,
        setup__isnull: Any = ...,
        subjects: Any = ...,
        subjects__in: Any = ...,
        subjects__isnull: Any = ...,
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
        session: str | Session,
        subjects: Sequence[str | Subject],
        setup: str | Setup,
        behavioralassay: str | Behavioralassay,
        notes: str = ...,
        order: int = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        session: str | Session = ...,
        subjects: Sequence[str | Subject] = ...,
        setup: str | Setup = ...,
        behavioralassay: str | Behavioralassay = ...,
        notes: str = ...,
        order: int = ...,
        portal: Name = ...,
    ) -> One: ...
