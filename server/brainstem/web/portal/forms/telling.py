"""What the page after a form says: what was saved, with a button that undoes it."""

from __future__ import annotations

from django.contrib import messages

from brainstem.core.model.registry import Spec, spec_of
from brainstem.web.notices import tell

from ..rows import called
from ..where import path_of
from ..words import model_name, models_name
from .doors import Door
from .saving import Written


def tell_written(door: Door, written: Written, *, is_new: bool, field: str = "") -> None:
    """Say what was written, if only one ``field``, which; undoing an addition leads to the list, else to the record."""
    for remark in written.remarks:
        messages.warning(door.request, remark)
    if not written.changed:
        messages.info(door.request, "Nothing was changed.")
        return
    spec = spec_of(written.record)
    if spec.tree.keeps_proposals:
        messages.success(door.request, "Your proposal was sent. Administrators decide on it.")
        return
    onward = door.list_url if is_new else f"{path_of(door.portal, spec)}{written.record.pk}/"
    text = _added(door, spec, written) if is_new else _saved(door, spec, written, field)
    tell(door.request, text, written.event, portal=door.portal, onward=onward)


def _saved(door: Door, spec: Spec, written: Written, field: str) -> str:
    name = _name(door, spec, written)
    return f"Saved: {field} of {name}." if field else f"{name} was saved."


def _added(door: Door, spec: Spec, written: Written) -> str:
    if written.number == 1:
        return f"{_name(door, spec, written)} was added."
    return f"{written.number} {models_name(spec).lower()} were added. The first is {_name(door, spec, written)}."


def _name(door: Door, spec: Spec, written: Written) -> str:
    return called(spec, written.record.pk, door.viewer) or f"The {model_name(spec)}"


__all__ = ["tell_written"]
