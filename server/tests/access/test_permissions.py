"""The permission matrix: every portal, person, model and verb, asked and held against the contract.

A sample is asked over HTTP on a socket, all else in this process.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.db import transaction

from brainstem.core.model.registry import specs

from ..contract import documented
from ..over_socket import Direct, listening
from . import permissions_model
from .permissions_cells import cells
from .permissions_model import PORTALS, Model
from .permissions_mutations import MUTATIONS, forget_statements
from .permissions_world import build

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MODELS = """
    project subject session collection cohort breeding epoch sessiondatastorage behavior dataacquisition
    manipulation procedure procedurelog subjectlog equipment consumablestock behavioralassay datastorage inventory
    license setup protocol consumable consumableapproval hardwaredevice hardwaredeviceapproval supplier
    supplierapproval behavioralcategory behavioralcategoryapproval behavioralparadigm behavioralparadigmapproval
    brainregion regulatoryauthority regulatoryauthorityapproval setuptype setuptypeapproval species speciesapproval
    strain strainapproval journal journalapproval publication user group laboratory projectmembershipinvitation
    projectgroupmembershipinvitation groupmembershipinvitation groupmembershiprequest
""".split()  # noqa: SIM905 - a list would take fifty lines
OVER_SOCKET = MODELS[::10]


@pytest.fixture(scope="module")
def rules():
    """The contract as rules."""
    return Model(documented.read("permissions"), documented.read("models"))


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Built once, and gone with the transaction in which everything happens."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def wire(world):
    """A connection to the server."""
    with listening() as found:
        yield found


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("portal", PORTALS)
def test_everyone_may_do_exactly_what_the_contract_says(rules, world, wire, facts, portal, model):
    asked = list(cells(world, wire if model in OVER_SOCKET else Direct(), rules, portal, model))
    facts["cells of the permission matrix"] += len(asked)
    wrong = [str(cell) for cell in asked if cell.expected != cell.found]
    assert not wrong, "\n".join(wrong)


def test_every_model_is_asked_about(rules):
    assert set(MODELS) == set(rules.models) == {spec.segment for spec in specs().values()}


def test_the_model_of_permissions_imports_nothing_of_the_server():
    tree = ast.parse(Path(permissions_model.__file__).read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names == {"__future__", "dataclasses", "typing"}


# -- would it notice? --------------------------------------------------------------------------------------------------


@pytest.fixture
def anew():
    """Statements that were made before, or meanwhile, are forgotten."""
    forget_statements()
    yield
    forget_statements()


@pytest.mark.control
@pytest.mark.parametrize("name", MUTATIONS)
def test_the_matrix_notices_a_wrong_rule(rules, world, anew, monkeypatch, name):
    mutate, where = MUTATIONS[name]
    mutate(monkeypatch)
    for portal, model, person in where:
        asked = cells(world, Direct(), rules, portal, model, only=person)
        assert any(cell.expected != cell.found for cell in asked), f"nothing wrong with {portal} {model} for {person}"
