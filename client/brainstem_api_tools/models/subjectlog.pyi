"""A log of one type on a subject, such as its weights or periods of water deprivation.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Generic, Literal

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .subject import Subject
from .user import User

class SubjectLog(Record):
    """A log of one type on a subject, such as its weights or periods of water deprivation.

    Attributes
    ----------
    id : str
        Identifier.
    type : str
        Type of log: a code from the type schemas; set once.
    description : str or None
        Purpose of the log.
    subject : str or Subject
        Subject that the log is about.
    user : int or User or None
        Person who created the log.
    entries : Any
        Entries in order of time; changed through the entry actions.
    created_at : datetime
        When the record was created, UTC.
    updated_at : datetime
        When the record was last changed, UTC.
    created_by : int or User or None
        Id of the user who created the record.
    """

    id: str
    type: Literal[
        "FoodConsumption",
        "FoodDeprivation",
        "GenericObservation",
        "Genotyping",
        "Habituation",
        "Handling",
        "HargreavesTest",
        "Housing",
        "TrainingSession",
        "VonFreyTest",
        "WaterConsumption",
        "WaterDeprivation",
        "Weighing",
        "Wellness",
    ]
    description: str | None
    subject: str | Subject
    user: int | User | None
    entries: Any
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class SubjectLogCalls(Resource[SubjectLog, Many, One, Done], Generic[Many, One, Done]):
    """A log of one type on a subject, such as its weights or periods of water deprivation."""
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
        description: Any = ...,
        description__icontains: Any = ...,
        description__startswith: Any = ...,
        description__in: Any = ...,
        description__isnull: Any = ...,
        id: Any = ...,
        id__in: Any = ...,
        id__isnull: Any = ...,
        subject: Any = ...,
        subject__in: Any = ...,
        subject__isnull: Any = ...,
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
        user: Any = ...,
        user__in: Any = ...,
        user__isnull: Any = ...,
        **where: Any,
    ) -> Many: ...
    def get(self, id: Any, *, include: str | Iterable[str] = ..., portal: Name = ...) -> One: ...
    def create(
        self,
        *,
        type: Literal[
            "FoodConsumption",
            "FoodDeprivation",
            "GenericObservation",
            "Genotyping",
            "Habituation",
            "Handling",
            "HargreavesTest",
            "Housing",
            "TrainingSession",
            "VonFreyTest",
            "WaterConsumption",
            "WaterDeprivation",
            "Weighing",
            "Wellness",
        ],
        subject: str | Subject,
        description: str | None = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        type: Literal[
            "FoodConsumption",
            "FoodDeprivation",
            "GenericObservation",
            "Genotyping",
            "Habituation",
            "Handling",
            "HargreavesTest",
            "Housing",
            "TrainingSession",
            "VonFreyTest",
            "WaterConsumption",
            "WaterDeprivation",
            "Weighing",
            "Wellness",
        ] = ...,
        description: str | None = ...,
        subject: str | Subject = ...,
        portal: Name = ...,
    ) -> One: ...
