"""Our copy of the documented facts: the same as in the contract, where that is at hand, and nothing but facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from . import documented

NAMES = ("models", "permissions", "auth", "relations", "schemas", "descriptions", "older_payloads")
LONGEST = 75  # characters of a name or of a rule


def texts(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict | list):
        for one in found.values() if isinstance(found, dict) else found:
            yield from texts(one)


def test_these_are_the_files():
    assert {path.stem for path in documented.FOLDER.iterdir()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_holds_no_sentence(name):
    found = list(texts(documented.read(name)))
    assert len(found) > 10
    assert [text for text in found if len(text) > LONGEST or text.rstrip().endswith(".")] == []


@pytest.mark.parametrize("name", NAMES)
def test_our_copy_is_that_of_the_contract(name):
    folder = documented.contract_folder()
    if folder is None:
        pytest.skip("comparing the two copies needs the contract beside the repository (../shared/contract)")
    assert documented.read(name) == documented.taken(folder)[name]
