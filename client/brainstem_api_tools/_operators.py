"""The operators that filters know. Written by client/tools/generate.py; do not edit."""

# ruff: noqa: E501

from __future__ import annotations

# Operator -> types of the fields that it can be asked of.
OPERATORS = {
    "eq": "boolean country date datetime duration email integer number positive_integer relation richtext string tags text tree url uuid",
    "ne": "boolean country date datetime duration email integer number positive_integer relation richtext string tags text tree url uuid",
    "in": "boolean country date datetime duration email integer number positive_integer relation richtext string tags text tree url uuid",
    "isnull": "boolean country date datetime duration email file image integer json number positive_integer relation richtext string tags text tree url uuid",
    "gt": "country date datetime duration email integer number positive_integer richtext string tags text url",
    "gte": "country date datetime duration email integer number positive_integer richtext string tags text url",
    "lt": "country date datetime duration email integer number positive_integer richtext string tags text url",
    "lte": "country date datetime duration email integer number positive_integer richtext string tags text url",
    "range": "country date datetime duration email integer number positive_integer richtext string tags text url",
    "contains": "country email richtext string tags text url",
    "icontains": "country email richtext string tags text url",
    "startswith": "country email richtext string tags text url",
    "istartswith": "country email richtext string tags text url",
    "endswith": "country email richtext string tags text url",
    "iendswith": "country email richtext string tags text url",
    "iexact": "country email richtext string tags text url",
    "year": "date datetime",
    "month": "date datetime",
    "day": "date datetime",
    "within": "tree",
}


def operators_of(kind: str) -> list[str]:
    """Operators that a type of field knows."""
    return sorted(name for name, kinds in OPERATORS.items() if kind in kinds.split())
