"""The shape of ``details``: an object, or rows where a model keeps a list. What is in them is not looked at yet."""

from __future__ import annotations

from .fields import DetailsField
from .rules import Draft


def details_have_their_shape(draft: Draft) -> None:
    """Refuse a list where an object belongs and the other way round; an empty one of either kind means nothing."""
    record = draft.record
    for column in record._meta.concrete_fields:
        if not isinstance(column, DetailsField) or not draft.changed(column.name):
            continue
        value, nothing = getattr(record, column.name), column.get_default()
        if value in ({}, [], None):
            setattr(record, column.name, nothing)
        elif isinstance(nothing, dict) and not isinstance(value, dict):
            draft.error(column.name, "Expected an object, not a list.")
        elif isinstance(nothing, list) and not (isinstance(value, list) and all(isinstance(r, dict) for r in value)):
            draft.error(column.name, "Expected a list of objects, one for each row.")
