"""What the server's annotations say: `Any`, which turns the type checker off, does not spread."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import brainstem

SOURCE = Path(brainstem.__file__).parent
# The number when this was last looked at: lower it when some go.
MOST = 894


def _anys(text: str) -> int:
    """The number of times that the source of a module says ``Any`` in an annotation, an alias or a base class."""
    return sum(isinstance(node, ast.Name) and node.id == "Any" for node in ast.walk(ast.parse(text)))


def test_the_server_does_not_say_any_more_often_than_it_did():
    found = Counter[str]()
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            folder = path.relative_to(SOURCE).parent
            found["/".join(folder.parts[:2])] += _anys(path.read_text(encoding="utf-8"))
    assert found.total() <= MOST, (
        f"{found.total()} times Any, {MOST} are allowed. Give the value its type: Record or Model for a record, RecordId"
        f" for an id, object for what is only passed on or asked with isinstance. By folder: {dict(found.most_common())}"
    )


def test_any_is_counted_where_it_says_something():
    assert (
        _anys("from typing import Any\n\nRow = dict[str, Any]  # Any\n\ndef f(one: Any, *more: 'int') -> Any: ...\n")
        == 3
    )
