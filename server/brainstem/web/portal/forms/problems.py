"""The errors of a write, put beside the controls that they are about.

The writer names fields and, inside a message, the path of a value: ``details: volume.value: -1 is less than ...``. What
belongs to no control is kept for the summary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from brainstem.core.errors import NON_FIELD

from ..words import label_of
from .fields import Field

_PLACE = re.compile(r"^(?P<place>[\w.\[\]]+): (?P<rest>.+)$", re.DOTALL)
_MISSING = re.compile(r'^"(?P<key>[^"]+)" is a required property')
_REQUIRED = "This field is required"
_INDEX = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True)
class Problem:
    """One line of the summary: the control that it leads to, if there is one."""

    id: str
    label: str
    message: str


def place(fields: Iterable[Field], errors: Mapping[str, Iterable[str]]) -> list[Problem]:
    """Put each message beside its control; the lines of the summary, in the order of the page."""
    controls = {one.name: one for field in fields for one in field.walk()}
    general: list[Problem] = []
    for name, messages in errors.items():
        for message in messages:
            found, text = _found(controls, name, message)
            if found is None:
                label = "" if name == NON_FIELD else label_of(name.rpartition(".")[2])
                general.append(Problem("", label, text))
            elif text not in found.errors:
                found.errors.append(text)
    return general + [Problem(one.id, _label(one), text) for one in controls.values() for text in one.errors]


def _label(control: Field) -> str:
    row = re.search(r"\.(\d+)\.", control.name)
    label = control.label or label_of(control.name.rpartition(".")[2])
    return f"{label}, row {int(row[1]) + 1}" if row else label


def _found(controls: Mapping[str, Field], name: str, message: str) -> tuple[Field | None, str]:
    path, text = name, message
    while match := _PLACE.match(text):
        longer = f"{path}.{_dotted(match['place'])}"
        if _nearest(controls, longer, least=path) is None:
            break
        path, text = longer, match["rest"]
    if missing := _MISSING.match(text):
        inner = controls.get(f"{path}.{missing['key']}")
        if inner is not None:
            return inner, f"{_REQUIRED}."
    found = _nearest(controls, path, least="")
    if found is not None and text.startswith(_REQUIRED):
        return found, f"{_REQUIRED}."  # what could stand there is in the control
    # Without its control, the message has to say itself what it is about.
    return (found, text) if found is not None else (None, message)


def _nearest(controls: Mapping[str, Field], path: str, *, least: str) -> Field | None:
    """The control of this name, or of one that it lies in; longer than ``least``."""
    while path and path != least:
        if path in controls:
            return controls[path]
        path = path.rpartition(".")[0]
    return None


def _dotted(place: str) -> str:
    return _INDEX.sub(r".\1", place).strip(".")
