"""Which types are offered for a relation: our table against the data contract's."""

import pytest

from brainstem.core.model.registry import specs
from brainstem.core.query.choices import EVERY_TYPE, offered_types, relations
from brainstem.core.types.schemas import schemas

from . import documented


@pytest.fixture(scope="module")
def contract():
    return documented.read("relations")


def rows(contract):
    """((group, type, field), types) of every relation that the contract gives, open ones too."""
    for group, types in contract["relations"].items():
        for name, row in types.items():
            yield from (((group, name, field), row[field]) for field in row)
    for group, row in contract["all_types"].items():
        yield from (((group, EVERY_TYPE, field), row[field]) for field in row)


def test_every_relation_of_the_contract_is_in_the_table_and_no_other(contract, facts):
    wanted = dict(rows(contract))
    ours = {
        (group, name, field): types
        for group, names in relations().items()
        for name, row in names.items()
        for field, types in row.items()
    }
    assert ours == wanted
    facts["relations"] += sum(len(types or [None]) for types in wanted.values())


def test_what_the_contract_leaves_open_puts_no_restriction(contract, facts):
    for group, names in contract["unlisted_types"].items():
        for name in names:
            assert name not in relations().get(group, {})
            facts["unlisted types"] += 1
    for (group, name, field), types in rows(contract):
        assert name == EVERY_TYPE or offered_types(group, name, field) == tuple(types or ())


def test_rows_and_what_they_offer_are_types():
    known = {group: set(types) for group, types in schemas().items()}
    for group, names in relations().items():
        spec = next(one for one in specs().values() if one.model.__name__ == group)
        for name, row in names.items():
            assert name in known[group] | {EVERY_TYPE}
            for field, types in row.items():
                relation = spec.relations.get(field)
                target = specs()[relation.target].model.__name__ if relation else "Coordinates"
                assert set(types or ()) <= known[target], (group, name, field)
