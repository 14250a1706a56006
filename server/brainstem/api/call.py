"""The common types of the API: a request, its response, and the handler of an action."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import Spec

from .responses import JSON
from .shapes import Schema, one_of


@dataclass(frozen=True)
class Call:
    """One parsed request."""

    request: HttpRequest
    spec: Spec
    viewer: Viewer
    record_id: Any = None

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.viewer.actor

    @property
    def portal(self) -> str:
        """Name of the portal."""
        return self.viewer.portal

    @property
    def method(self) -> str:
        """The method; GET for HEAD too, whose body the server drops."""
        return "GET" if self.request.method == "HEAD" else str(self.request.method)


class Answer(HttpResponse):
    """JSON that shows the records ``ids`` of ``spec``: to get it again, the caller must still see them."""

    def __init__(
        self, texts: Iterable[str], *, spec: Spec, ids: Iterable[object], status: int = 200, **headers: str
    ) -> None:
        super().__init__(status=status, content_type=JSON, headers=headers)
        for text in texts:
            self.write(text.encode())
        self.spec = spec
        self.ids = list(ids)


@dataclass(frozen=True)
class Operation:
    """One method of an action, as OpenAPI describes it.

    Parameters
    ----------
    method : str
        In lower case: "get", "post" or "patch".
    answer
        The shape of the response, given the model of the call.
    body
        The shape of the body, given the model of the call; None if there is no body.
    suffix : str
        Ending of the operation's name, if an action has several.
    parameters
        What the query string may hold, given the model of the call.
    """

    method: str
    about: str = "The record."
    answer: Callable[[Spec], Schema] = one_of
    status: str = "200"
    body: Callable[[Spec], Schema] | None = None
    needs_body: bool = True
    suffix: str = ""
    parameters: Callable[[Spec], list[Schema]] | None = None


@dataclass(frozen=True)
class Handler:
    """The handler of an action of single records, and its description."""

    answer: Callable[[Call, str], HttpResponse]
    operations: tuple[Operation, ...]

    @property
    def reads(self) -> bool:
        """Whether it is read-only."""
        return all(one.method == "get" for one in self.operations)
