"""``load_<model>``: functions with named filters, made when they are first used."""

from __future__ import annotations

from inspect import Parameter, Signature
from types import MethodType
from typing import Any, Callable, NamedTuple

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

# Parameters of each loader before and after its own filters: annotation and default. Their order is that of released
# clients.
FIRST: dict[str, tuple[str, Any]] = {"portal": ("Name", "private"), "id": ("str | None", None)}
LAST: dict[str, tuple[str, Any]] = {
    "filters": ("dict[str, Any] | None", None),
    "sort": ("list[str] | None", None),
    "include": ("list[str] | None", None),
    "limit": ("int | None", None),
    "offset": ("int | None", None),
    "load_all": ("bool", False),
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
    signature = signature_of(rule)

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
    load.__doc__ = docstring_of(rule, models()[model]["plural"])
    load.__signature__ = signature  # type: ignore[attr-defined]
    return load


def docstring_of(rule: Rule, plural: str) -> str:
    """The documentation of ``load_<model>``."""
    included = f", by default with their {_listed(rule.include)}" if rule.include else ""
    lines = [f"Load {plural.replace('_', ' ')}{included}.", "", "Parameters", "----------"]
    for name, path in rule.parameters().items():
        lines += [f"{name} : str", f"    {_meaning(name, path)}"]
    return "\n".join(lines) + "\n"


def signature_of(rule: Rule) -> Signature:
    """The signature of ``load_<model>``."""
    named = {"self": ("", None), **FIRST, **dict.fromkeys(rule.parameters(), ("str | None", None)), **LAST}
    return Signature([_parameter(name, *about) for name, about in named.items()], return_annotation="Any")


def _parameter(name: str, annotation: str, default: Any) -> Parameter:
    if not annotation:
        return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD)
    return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=annotation)


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _meaning(name: str, path: str) -> str:
    if path.endswith(".icontains"):
        return "Part of the name, upper or lower case."
    if path.endswith(".id"):
        return f"Id of one of the {name}." if name.endswith("s") and name != "species" else f"Id of the {name}."
    return "One of the tags." if name == "tags" else f"The {name}, exactly as in the record."
