"""Every operation of the API, asked by four people: no server error, and no answer that is not described."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from django.db import transaction
from schemathesis.core.failures import FailureGroup

from . import described
from .size import IS_LONG, SIZE

PARTS = 64 if IS_LONG else 1  # so that workers can share the long form
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def wrong_with(case, token, statuses) -> str:
    """What is wrong with the answer to a request, if anything; all that is written is taken back."""
    with transaction.atomic():
        try:
            answer = case.call(headers=described.headers(token))
            statuses[answer.status_code] += 1
            case.validate_response(answer, checks=described.CHECKS)
        except (Exception, FailureGroup) as failure:  # noqa: BLE001 - also those of the server
            return f"{case.operation.label}\n{failure}"
        finally:
            transaction.set_rollback(True)
    return ""


@pytest.mark.parametrize("part", range(PARTS))
def test_made_up_requests_are_answered_as_described(demo_lab, tokens, part):
    chosen = described.operations() if SIZE.every_operation else described.sample()
    found, statuses = {}, {who: Counter() for who in tokens}
    for operation in chosen[part::PARTS]:
        chance = random.Random(SIZE.seed)
        for case in described.cases(operation):
            demo_lab.put_into(case, chance)
            for who, token in tokens.items():
                if failure := wrong_with(case, token, statuses[who]):
                    found.setdefault(described.shortened(failure), f"{who}: {failure}")
    assert not found, "\n\n".join(found.values())
    if not IS_LONG:
        assert all(seen[200] and seen[400] and seen[404] for seen in statuses.values()), statuses
        assert all(statuses[who][201] for who in ("member", "owner", "administrator")), statuses
