"""Whether a record already has the value that a cell asks for, however either of them is written."""

from __future__ import annotations

from ..bulk.rehearsal import alike
from ..model.registry import Spec
from ..text.lines import NAMES, composed
from ..text.markup import sanitise
from ..text.times import moment_of, span_of
from ..types.labels import group_of
from ..types.schemas import current
from .json_values import Json
from .steps import Ref

_TO_THE_MINUTE = len("2026-01-31T12:00")


def has_already(spec: Spec, key: str, old: Json, new: Json, *, type_name: str = "") -> bool:
    """Whether a value asks for what the record has; when in doubt it does not, and writing it decides."""
    if key in spec.relations:
        relation = spec.relations[key]
        return _same_ids(old, new, ordered=bool(relation.order), many=relation.many)
    if key == "tags":
        return sorted(map(str, old or ())) == sorted(map(str, new))
    column = spec.columns.get(key)
    kind = column.wire_type if column else ""
    if old in (None, "") or new in (None, ""):
        return old in (None, "") and new in (None, "")
    if kind == "datetime":
        return _same_moment(old, new)
    if kind == "duration":
        return span_of(old) == span_of(new)
    # Cells have no blanks around them, and a table that is sent back as it was exported changes nothing.
    if kind == "richtext" and isinstance(new, str):
        return str(old).strip() in (new.strip(), _sanitised(new).strip())
    if group := group_of(spec, key) if kind == "json" else "":
        schema = current(group, type_name)
        return alike(old, schema.normalised(new) if schema else new)
    if isinstance(new, str) and isinstance(old, str):
        return old.strip() == (composed(new.strip()) if key in NAMES else new.strip())
    return alike(old, new)


def _same_ids(old: Json, new: Json, *, ordered: bool, many: bool) -> bool:
    if isinstance(new, Ref) or (isinstance(new, list) and any(isinstance(one, Ref) for one in new)):
        return False
    if not many:
        return str(old or "") == str(new or "")
    held, wanted = [str(one) for one in old or ()], [str(one) for one in new or ()]
    return held == wanted if ordered else set(held) == set(wanted)


def _same_moment(old: Json, new: Json) -> bool:
    before, after = moment_of(str(old)), moment_of(str(new))
    if before is None or after is None:
        return False
    # Lists, and spreadsheets, show times to the minute.
    return before == after or (not after.second and before.replace(second=0, microsecond=0) == after)


def _sanitised(text: str) -> str:
    try:
        return sanitise(text)
    except ValueError:
        return text


__all__ = ["has_already"]
