"""An import as somebody sees it: their own, or one that they were asked to review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from django.http import HttpRequest

from brainstem.apps.users import import_reviews, imports
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Missing
from brainstem.core.imports.kept import plan_of, sheets_of
from brainstem.core.imports.steps import Asked, Plan
from brainstem.core.model.registry import Spec
from brainstem.core.models import ImportReview, TableImport
from brainstem.core.tables.sheets import Sheet

from .kinds import spec_of_path

HOME = "/private/import-tool/"
UNNAMED = "Pasted table"
WORKING = ("planning", "committing")  # states in which a worker has it


@dataclass
class Opened:
    """An import and who looks; ``review`` is set for those who were asked to review it."""

    one: TableImport
    viewer: Viewer
    request: HttpRequest = field(repr=False)
    review: ImportReview | None = None

    @property
    def is_mine(self) -> bool:
        """Whether it is the viewer's own."""
        return self.review is None

    @property
    def url(self) -> str:
        """Address of its page."""
        return f"{HOME}{self.one.pk}/"

    @property
    def name(self) -> str:
        """What it is called."""
        return name_of(self.one)

    @property
    def seen(self) -> str:
        """Which state of it a page shows."""
        return self.one.updated_at.isoformat()

    @property
    def is_working(self) -> bool:
        """Whether it is being planned or written just now."""
        return self.one.state in WORKING

    @property
    def is_done(self) -> bool:
        """Whether it was written."""
        return self.one.state == TableImport.COMMITTED

    @property
    def may_correct(self) -> bool:
        """Whether the viewer can change it now."""
        return self.is_mine and not self.is_done and not self.is_working

    @cached_property
    def sheets(self) -> list[Sheet]:
        """Its tables."""
        return sheets_of(self.one.source)

    @cached_property
    def options(self) -> Mapping[str, Any]:
        """How its tables are read."""
        return dict(orjson.loads(self.one.asked))

    @cached_property
    def summary(self) -> Mapping[str, Any]:
        """What is told of it besides its rows; empty while it is planned for the first time."""
        return dict(orjson.loads(self.one.summary)) if self.one.summary else {}

    @cached_property
    def models(self) -> dict[int, Spec]:
        """Number of a sheet -> model of its rows, without the sheets that are left out."""
        if not self.one.plan or not self.summary:
            return {}
        numbers = [number for number, _ in orjson.loads(self.one.plan)]
        if len(numbers) != len(self.summary["sheets"]):  # a worker has not planned it yet
            return {}
        found = (spec_of_path(sheet["model"]) for sheet in self.summary["sheets"])
        return {number: spec for number, spec in zip(numbers, found, strict=True) if spec is not None}

    @cached_property
    def plan(self) -> Plan:
        """What its rows do; without rows while it is planned for the first time."""
        if not self.models:
            return Plan([])
        return plan_of(self.one.plan, self.sheets, self.models, Asked(columns=self.columns))

    @property
    def columns(self) -> Mapping[str, Mapping[str, str]]:
        """Name of a sheet -> head -> field, as chosen."""
        found: Mapping[str, Mapping[str, str]] = self.options.get("columns", {})
        return found


def name_of(one: TableImport) -> str:
    """What an import is called: as its file."""
    return one.name or UNNAMED


def opened(request: HttpRequest, viewer: Viewer, import_id: str) -> Opened:
    """The import of an address: one's own, or one that one was asked to review.

    Raises
    ------
    Missing
        If there is none, or it is somebody else's.
    """
    user_id = viewer.actor.user_id or 0
    try:
        return Opened(imports.find(user_id, import_id), viewer, request)
    except Missing:
        review = import_reviews.find(user_id, import_id)
        return Opened(review.table_import, viewer, request, review)


def own(request: HttpRequest, viewer: Viewer, import_id: str) -> Opened:
    """The same, if it is one's own.

    Raises
    ------
    Missing
        If it is not.
    """
    return Opened(imports.find(viewer.actor.user_id or 0, import_id), viewer, request)


__all__ = ["HOME", "UNNAMED", "Opened", "name_of", "opened", "own"]
