"""A paper, preprint or chapter that presents results of projects.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Generic

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .journal import Journal
from .user import User

class Publication(Record):
    """A paper, preprint or chapter that presents results of projects.

    Attributes
    ----------
    id : str
        Identifier.
    title : str
        Title as published.
    authors : str
        Names of the authors, in order.
    journal : str or Journal
        Journal or preprint server.
    abstract : str
        Abstract as published.
    doi : str
        Digital object identifier, such as 10.1126/science.1099745.
    publication_url : str
        URL of the publication.
    pdf_url : str
        URL of the PDF.
    publication_date : date
        Date on which it was published.
    volume : str
        Volume, issue and pages.
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
    title: str
    authors: str
    journal: str | Journal
    abstract: str
    doi: str
    publication_url: str
    pdf_url: str
    publication_date: date
    volume: str
    comments: str
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class PublicationCalls(Resource[Publication, Many, One, Done], Generic[Many, One, Done]):
    """A paper, preprint or chapter that presents results of projects."""
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
        abstract: Any = ...,
        abstract__icontains: Any = ...,
        abstract__startswith: Any = ...,
        abstract__in: Any = ...,
        abstract__isnull: Any = ...,
        authors: Any = ...,
        authors__icontains: Any = ...,
        authors__startswith: Any = ...,
        authors__in: Any = ...,
        authors__isnull: Any = ...,
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
        doi: Any = ...,
        doi__icontains: Any = ...,
        doi__startswith: Any = ...,
        doi__in: Any = ...,
        doi__isnull: Any = ...,
        id: Any = ...,
        id__in: Any = ...,
        id__isnull: Any = ...,
        journal: Any = ...,
        journal__in: Any = ...,
        journal__isnull: Any = ...,
        pdf_url: Any = ...,
        pdf_url__icontains: Any = ...,
        pdf_url__startswith: Any = ...,
        pdf_url__in: Any = ...,
        pdf_url__isnull: Any = ...,
        publication_date: Any = ...,
        publication_date__gt: Any = ...,
        publication_date__gte: Any = ...,
        publication_date__lt: Any = ...,
        publication_date__lte: Any = ...,
        publication_date__isnull: Any = ...,
        publication_url: Any = ...,
        publication_url__icontains: Any = ...,
        publication_url__startswith: Any = ...,
        publication_url__in: Any = ...,
        publication_url__isnull: Any = ...,
        title: Any = ...,
        title__icontains: Any = ...,
        title__startswith: Any = ...,
        title__in: Any = ...,
        title__isnull: Any = ...,
        updated_at: Any = ...,
        updated_at__gt: Any = ...,
        updated_at__gte: Any = ...,
        updated_at__lt: Any = ...,
        updated_at__lte: Any = ...,
        updated_at__isnull: Any = ...,
        volume: Any = ...,
        volume__icontains: Any = ...,
        volume__startswith: Any = ...,
        volume__in: Any = ...,
        volume__isnull: Any = ...,
        **where: Any,
    ) -> Many: ...
    def get(self, id: Any, *, include: str | Iterable[str] = ..., portal: Name = ...) -> One: ...
    def create(
        self,
        *,
        title: str,
        authors: str,
        journal: str | Journal,
        abstract: str,
        publication_date: date | str,
        doi: str = ...,
        publication_url: str = ...,
        pdf_url: str = ...,
        volume: str = ...,
        comments: str = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        title: str = ...,
        authors: str = ...,
        journal: str | Journal = ...,
        abstract: str = ...,
        doi: str = ...,
        publication_url: str = ...,
        pdf_url: str = ...,
        publication_date: date | str = ...,
        volume: str = ...,
        comments: str = ...,
        portal: Name = ...,
    ) -> One: ...
