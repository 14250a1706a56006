"""``load_<model>``: functions with named filters, made when they are first used."""

from __future__ import annotations

from types import MethodType
from typing import Any, Callable, NamedTuple

from . import documentation
from .contract import models


class Rule(NamedTuple):
    """What a loader filters by, apart from tags, and what it includes by default."""

    filters: tuple[str, ...]
    include: list[str] | None = None

    def parameters(self) -> dict[str, str]:
        """Parameter -> path of its filter."""
        return {path.partition(".")[0]: path for path in (*self.filters, "tags")}


# The loaders of released clients; the order of filters is that of their parameters.
RULES = {
    "project": Rule(
        ("name.icontains", "sessions.id", "subjects.id"), ["sessions", "subjects", "collections", "cohorts"]
    ),
    "subject": Rule(("name.icontains", "projects.id", "strain.id", "sex"), ["procedures", "subjectlogs"]),
    "session": Rule(
        ("name.icontains", "projects.id", "datastorage.id"), ["dataacquisition", "behaviors", "manipulations", "epochs"]
    ),
    "collection": Rule(("name.icontains",), ["sessions"]),
    "cohort": Rule(("name.icontains",), ["subjects"]),
    "behavior": Rule(("session.id",)),
    "dataacquisition": Rule(("session.id",)),
    "manipulation": Rule(("session.id",)),
    "procedure": Rule(("subject.id",)),
    "procedurelog": Rule(("procedure.id",)),
    "subjectlog": Rule(("subject.id",)),
    "equipment": Rule(("name.icontains", "setup.id")),
    "consumablestock": Rule(()),
    "behavioralassay": Rule(("name.icontains",)),
    "datastorage": Rule(("name.icontains",)),
    "setup": Rule(("name.icontains",)),
    "hardwaredevice": Rule(("name.icontains",)),
    "brainregion": Rule(("name.icontains",)),
    "species": Rule(("name.icontains",)),
    "strain": Rule(("name.icontains", "species.id")),
    "publication": Rule(("name.icontains",)),
    "laboratory": Rule(("name.icontains",)),
}


class Loader:
    """The loader of a model, as an attribute of a class: a function, or a method of a client."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.function: Callable[..., Any] | None = None

    def __get__(self, client: object, owner: object = None) -> Callable[..., Any]:
        self.function = self.function or function_of(self.model)
        return self.function if client is None else MethodType(self.function, client)


def function_of(model: str) -> Callable[..., Any]:
    """The function ``load_<model>``."""
    rule, name = RULES[model], f"load_{model}"
    signature = documentation.signature_of(rule)

    def load(*given: object, **named: object) -> Any:
        try:
            bound = signature.bind(*given, **named)
        except TypeError as error:
            raise TypeError(f"{name}() {error}") from None
        bound.apply_defaults()
        rest = bound.arguments
        own = {path: rest.pop(parameter) for parameter, path in rule.parameters().items()}
        asked = {path: value for path, value in own.items() if value is not None}
        client, filters, include = (rest.pop(parameter) for parameter in ("self", "filters", "include"))
        included = rule.include if include is None else include
        return client.load(model, filters={**(filters or {}), **asked} or None, include=included, **rest)

    load.__name__, load.__qualname__ = name, f"Loaders.{name}"
    load.__doc__ = documentation.of_loader(rule, models()[model]["plural"])
    load.__signature__ = signature  # type: ignore[attr-defined]
    return load
