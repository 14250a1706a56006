"""Walks along the links of the description: records are added, read, changed, replaced and deleted, in any order."""

from __future__ import annotations

import random

import hypothesis
import pytest
from django.db import transaction

from brainstem.core.model.registry import specs

from . import described
from .size import IS_LONG, SIZE

WALKED = ("personal_attributes.License", "stem.Subject")
ADDED = sorted(label for label, spec in specs().items() if "add" in spec.resource.verbs)
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def walked(label: str) -> str:
    """The addresses of a model that link to each other."""
    spec = specs()[label]
    return rf"^/api/(private|super)/{spec.app}/{spec.segment}/(\{{id\}}/)?$"


@pytest.mark.parametrize("who", ["owner", "administrator"])
@pytest.mark.parametrize("label", ADDED if IS_LONG else WALKED)
def test_what_follows_an_added_record_is_described_too(demo_lab, tokens, label, who):
    asked, chance = [], random.Random(SIZE.seed)

    class Machine(described.description().include(path_regex=walked(label)).as_state_machine()):
        def before_call(self, case):
            demo_lab.relate(case, chance)

        def get_call_kwargs(self, case):
            return {"headers": described.headers(tokens[who]) | {"Idempotency-Key": f"walk-{len(asked)}"}}

        def validate_response(self, response, case, **_):
            asked.append((case.method, response.status_code))
            case.validate_response(response, checks=described.CHECKS)

    def something_was_added() -> bool:
        return ("POST", 201) in asked

    with transaction.atomic():
        walk = hypothesis.settings(max_examples=SIZE.walks, stateful_step_count=6, **described.QUIET)
        # Most walks end in refusals: a few more where none has added a record yet.
        for seed in range(SIZE.seed, SIZE.seed + 20):
            hypothesis.seed(seed)(Machine).run(settings=walk)
            if something_was_added():
                break
        transaction.set_rollback(True)
    assert {method for method, _ in asked} >= {"POST", "GET"}
    assert IS_LONG or something_was_added()
