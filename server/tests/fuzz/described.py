"""Requests that schemathesis makes up from the description, and what must hold of every answer."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import hypothesis
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from .known import spec_of
from .size import SIZE

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
REFUSED = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "429", "503"]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
QUIET = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck), "phases": [Phase.generate]}


@cache
def description() -> Any:
    """The description, read once, of the server as WSGI."""
    found = schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application())
    found.config.checks.negative_data_rejection.expected_statuses = REFUSED
    return found


@cache
def operations() -> list[Any]:
    """Every operation of the API."""
    return [one.ok() for one in description().get_all_operations()]


def kind_of(operation: Any) -> str:
    """What an operation does, whatever its model: ``GET private {id}/history/``."""
    spec = spec_of(operation.path)
    if spec is None:
        return str(operation.label)
    names = {*spec.relations, *spec.columns} - {"id"}
    rest = operation.path.split(f"/{spec.segment}/", 1)[1]
    parts = ["{part}" if part in names else part for part in rest.split("/")]
    return f"{operation.method} {operation.path.split('/')[2]} {'/'.join(parts)}"


def sample() -> list[Any]:
    """One operation of each kind, of a model that the seed chooses."""
    chance, kinds = random.Random(SIZE.seed), {}
    for operation in operations():
        kinds.setdefault(kind_of(operation), []).append(operation)
    return [chance.choice(kinds[kind]) for kind in sorted(kinds)]


def cases(operation: Any) -> Iterator[Case]:
    """Requests for an operation: some that cover its schema, and random ones, right and wrong."""
    config = description().config.generation_for(operation=operation, phase="coverage")
    covering = description().iter_coverage_cases(
        operation=operation, generation_modes=list(MODES), generation_config=config
    )
    found = list(covering)
    yield from random.Random(SIZE.seed).sample(found, min(SIZE.covering, len(found)))
    for mode in MODES:
        yield from _random(operation, mode)


def _random(operation: Any, mode: GenerationMode) -> list[Case]:
    found: list[Case] = []

    @hypothesis.seed(SIZE.seed)
    @settings(max_examples=SIZE.random // 2, **QUIET)
    @given(case=operation.as_strategy(generation_mode=mode))
    def collected(case: Case) -> None:
        found.append(case)

    try:
        collected()
    except (hypothesis.errors.Unsatisfiable, hypothesis.errors.InvalidArgument):
        return []  # nothing is wrong in a request without parameters
    return found


def headers(token: str | None) -> dict[str, str]:
    """Who asks."""
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def shortened(failure: BaseException) -> str:
    """A failure without the random parts of its text, so that the same one is told once."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "#", str(failure))[:600]
