"""Where a URL of the API leads: portal, model, record and what is below it. Pure: needs only the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from brainstem.api.addresses import BESIDE, PORTALS, address_of
from brainstem.core.access.scope import PORTALS as SCOPES
from brainstem.core.model.registry import Spec, routes, specs, through_relation
from brainstem.web.shell import offered


@dataclass(frozen=True)
class Place:
    """A parsed URL; ``spec`` is None if it does not lead to a model."""

    path: str
    portal: str = ""
    spec: Spec | None = None
    record: str = ""
    below: str = ""

    @property
    def is_list(self) -> bool:
        """Whether it is a model's list."""
        return self.spec is not None and not self.record

    @property
    def is_record(self) -> bool:
        """Whether it is one record, not something below it."""
        return self.spec is not None and bool(self.record) and self.record not in BESIDE and not self.below

    @property
    def model_path(self) -> str:
        """URL of the model's list, under the current name of the model."""
        return f"/api/{self.portal}/{route_of(self.spec)}/" if self.spec else "/api/"

    @property
    def related(self) -> Spec | None:
        """The model whose records a relation below a record leads to."""
        relation = self.spec.relations.get(self.below) if self.spec and self.below else None
        return specs()[relation.target] if relation is not None and relation.many else None

    @property
    def shown(self) -> Spec | None:
        """The model whose records the response contains."""
        return self.related or (None if self.below or self.record in BESIDE else self.spec)


def place_of(path: str) -> Place:
    """Where a path leads."""
    address = address_of(path)
    spec = routes().get((address.app, address.model)) if address else None
    if address is None or spec is None:
        first = path.split("/")[2] if path.count("/") > 1 else ""
        return Place(path, portal=first if first in PORTALS else "")
    return Place(path, address.portal, spec, address.record_id, address.action)


def route_of(spec: Spec) -> str:
    """App and model as they appear in a URL: ``stem/session``."""
    return f"{spec.app}/{spec.segment}"


def targets_of(spec: Spec, portal: str) -> dict[str, str]:
    """Key of a record -> route of the model whose ids it holds, if the portal has that model."""
    found = {name: relation.target for name, relation in spec.relations.items() if name in spec.keys}
    for name, computed in spec.computed.items():
        if computed.kind == "through":
            found[name] = through_relation(spec, name)[-1].target
    return {name: route_of(specs()[label]) for name, label in found.items() if offered(specs()[label], portal)}


def links_of(place: Place, includes: list[str]) -> dict[str, dict[str, str]]:
    """The targets of the shown model, and of each model that is included, by route."""
    if place.shown is None:
        return {}
    found = {route_of(place.shown): targets_of(place.shown, place.portal)}
    for path in includes:
        at = route_of(place.shown)
        for name in path.removesuffix(".*").split("."):
            at = found[at].get(name.strip(), "")
            spec = routes().get(tuple(at.split("/", 1))) if at else None  # type: ignore[arg-type]
            if spec is None:
                break
            found.setdefault(at, targets_of(spec, place.portal))
    return found


@cache
def hidden_names(portal: str) -> Mapping[str, list[str]]:
    """Route -> names that cannot be used in a portal: withheld values, and models that it does not have."""
    found = {}
    for spec in specs().values():
        hidden = [name for name in spec.keys if SCOPES[portal].hides(spec, name)]
        related = {name: one.target for name, one in spec.relations.items() if name in spec.keys}
        hidden += [name for name, target in related.items() if not offered(specs()[target], portal)]
        if hidden:
            found[route_of(spec)] = sorted(set(hidden))
    return found
