"""Ids of records that exist, put where made-up requests have ids: random ones would only ever lead to 404."""

from __future__ import annotations

import random
import uuid
from typing import Any

from schemathesis import Case

from brainstem.core.model.registry import Spec, routes, specs
from brainstem.core.models import Event

LISTED = 30


class Known:
    """The records of the lab, by model, and the events of its history."""

    def __init__(self) -> None:
        self.ids = {label: self._ids(spec) for label, spec in specs().items()}
        self.events = [str(event) for event in Event.objects.order_by("-pk").values_list("pk", flat=True)[:LISTED]]

    def put_into(self, case: Case, chance: random.Random) -> None:
        """Replace what could be ids, but leave one in eight; what is not an id, on purpose or not, stays.

        Likewise, one request in eight keeps the version that it depends on, which no record has.
        """
        if chance.randrange(8):
            case.headers.pop("If-Match", None)
        self.relate(case, chance)
        spec = spec_of(case.operation.path)
        wanted = {"id": self.ids[spec.label] if spec else [], "event": self.events}
        for name, value in case.path_parameters.items():
            if _could_be_one_of(wanted.get(name), value) and chance.randrange(8):
                case.path_parameters[name] = chance.choice(wanted[name])

    def relate(self, case: Case, chance: random.Random) -> None:
        """Have the body of a request refer to records that exist."""
        spec = spec_of(case.operation.path)
        if spec is not None and isinstance(case.body, dict | list):
            body = self._replaced(case.body, spec, chance)
            case.body = _plain(body) if case.media_type == "application/json" else body

    def _replaced(self, value: Any, spec: Spec, chance: random.Random) -> Any:
        if isinstance(value, list):
            return [self._replaced(one, spec, chance) for one in value]
        if not isinstance(value, dict):
            return value
        return {key: self._related(key, one, spec, chance) for key, one in value.items()}

    def _related(self, key: str, value: Any, spec: Spec, chance: random.Random) -> Any:
        relation = spec.relations.get(key)
        ids = self.ids[spec.label if relation is None else relation.target]
        if relation is None and key not in ("id", "delete"):
            return self._replaced(value, spec, chance)
        if isinstance(value, list):
            return [chance.choice(ids) if _could_be_one_of(ids, one) else one for one in value]
        return chance.choice(ids) if _could_be_one_of(ids, value) and chance.randrange(8) else value

    @staticmethod
    def _ids(spec: Spec) -> list[Any]:
        found = spec.model._base_manager.order_by("pk").values_list("pk", flat=True)[:LISTED]
        return [one if isinstance(one, int) else str(one) for one in found]


def spec_of(path: str) -> Spec | None:
    """The model of an address, such as ``/api/private/stem/project/{id}/``."""
    _, _, _, *rest = path.split("/")
    return routes().get((rest[0], rest[1])) if len(rest) > 1 else None


def _plain(value: Any) -> Any:
    """What is sent as JSON: the content of a file is an empty text there, but would be checked as no text at all."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, str) else value


def _could_be_one_of(ids: list[Any] | None, value: object) -> bool:
    """Whether a value has the form of these ids: a number where a UUID is due is wrong on purpose."""
    if not ids:
        return False
    if isinstance(ids[0], int):
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    try:
        return isinstance(value, str) and bool(uuid.UUID(value))
    except ValueError:
        return False
