"""Requests that schemathesis makes up from the description: writes, each under a key of its own, and what follows them."""

from __future__ import annotations

import itertools
from functools import cache

import hypothesis
import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
QUICK = {"deadline": None, "database": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}
WRITES = (
    "private_stem_project_add",
    "private_stem_subject_bulk",
    "private_stem_project_invite",
    "private_personal_attributes_license_add",
    "super_taxonomies_species_add",
)
CHAINS = r"^/api/private/(stem/project|personal_attributes/setup)/(\{id\}/)?$"
_numbers = itertools.count(1)


@cache
def _described():
    return schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application())


@pytest.fixture
def described(db):
    """The description, read once, of the server as WSGI; the end of a request leaves the test's connection open."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    yield _described()
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


def headers(who) -> dict[str, str]:
    """Who asks, and a key that no other request has: else an answer would be that of another one."""
    return {"Authorization": f"Bearer {who.token}", "Idempotency-Key": f"made-up-{next(_numbers)}"}


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITES)
def test_made_up_writes_find_no_server_error_and_no_answer_that_is_not_described(lab, admin, described, name):
    (operation,) = (one.ok() for one in described.include(operation_id=name).get_all_operations())

    @settings(max_examples=8, phases=[Phase.generate], **QUICK)
    @given(case=operation.as_strategy())
    def tried(case) -> None:
        case.validate_response(case.call(headers=headers(admin)), checks=CHECKS)

    tried()


@pytest.mark.slow
def test_what_follows_an_added_record_is_described_too(alice, described):
    """Adds records, and by the links of the answer reads, changes, replaces and deletes them, in any order."""
    followed = []

    class Machine(described.include(path_regex=CHAINS).as_state_machine()):
        def get_call_kwargs(self, case):
            return {"headers": headers(alice)}

        def validate_response(self, response, case, **_):
            followed.append((case.method, response.status_code))
            case.validate_response(response, checks=CHECKS)

    def changed() -> bool:
        return bool({status for method, status in followed if method in ("PATCH", "PUT", "DELETE")} & {200, 204})

    # Most walks end in refusals: a few more where none has changed a record yet.
    for seed in range(20):
        walk = settings(max_examples=8, stateful_step_count=6, phases=[Phase.generate], **QUICK)
        hypothesis.seed(seed)(Machine).run(settings=walk)
        if changed():
            break
    assert {("POST", 201), ("GET", 200)} <= set(followed), set(followed)
    assert changed()
