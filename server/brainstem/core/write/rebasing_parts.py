"""Merging a payload key by key: how the values of each kind of key are put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..access.viewer import Viewer
from ..history.others import linked_at
from ..history.recording import State
from ..history.wire import state_key
from ..model.fields import DetailsField, StructureField
from ..model.registry import Relation, Spec, group_spec, specs
from ..model.values import Bad
from ..sharing import grants
from ..text.addresses import plain_address
from . import merging, merging_texts
from .merging import Clash, Merge
from .payload import ids_in
from .states import wanted

# What may have several lines; texts of one line are one piece.
_TEXTS = frozenset({"string", "text", "richtext"})


@dataclass
class Meeting:
    """A payload, and the states of its record that it meets: the one that was read, and the present one."""

    spec: Spec
    record: Any
    viewer: Viewer
    payload: dict[str, Any]
    base: State
    theirs: State
    clashes: dict[str, Clash] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)  # keys whose values cannot be read, and so are not merged

    def values(self, name: str) -> tuple[Any, Any]:
        """The value of a key in both states."""
        at = state_key(self.spec, name)
        return self.base.get(at), self.theirs.get(at)

    def mine(self, name: str) -> Any:
        """The value of a key in the payload, in the form that it has in states."""
        return wanted(self.spec, name, self.payload[name], record=self.record, payload=self.payload)

    def clash(self, name: str, merged: Merge) -> None:
        """Note the clashes in a merged value."""
        self.clashes |= {f"{name}.{place}" if place else name: clash for place, clash in merged.clashes.items()}

    def settle(self, name: str, value: object, theirs: object, *, sent: bool = False) -> None:
        """Put a merged value into the payload, or leave the key out if the record already has it.

        ``sent`` leaves the value in the form in which it was sent.
        """
        if merging.same(value, theirs):
            del self.payload[name]
        elif not sent:
            self.payload[name] = value

    def seen(self, relation: Relation, ids: Iterable[str]) -> list[str]:
        """Those of the ids that the writer sees, in order."""
        target, listed = specs()[relation.target], list(ids)
        if target.tree.is_people:
            return listed
        known = {str(one) for one in self.viewer.seen(target, [target.parse_id(one) for one in listed])}
        return [one for one in listed if one in known]


def meet(meeting: Meeting, name: str) -> None:
    """Merge one key; a value that cannot be read stays as it is, and is refused when the payload is read."""
    spec = meeting.spec
    try:
        if name in spec.computed:
            _meet_roles(meeting, name)
        elif name in spec.relations:
            _meet_relation(meeting, spec.relations[name])
        elif name == "tags" and spec.has_tags:
            _meet_tags(meeting)
        elif spec.columns[name].wire_type in ("image", "file"):
            _meet_removal(meeting, name)
        else:
            _meet_column(meeting, name)
    except Bad:
        meeting.unread.add(name)


# -- columns and tags -------------------------------------------------------------------------------------------------


def _meet_column(meeting: Meeting, name: str) -> None:
    mine, (base, theirs) = meeting.mine(name), meeting.values(name)
    keyed = _goes_by_key(meeting, name) and all(isinstance(one, dict) for one in (base, theirs, mine))
    merged = (merging.by_key if keyed else _of_one_value(meeting.spec, name))(base, theirs, mine)
    meeting.clash(name, merged)
    meeting.settle(name, merged.value, theirs, sent=not keyed and merging.same(merged.value, mine))


def _of_one_value(spec: Spec, name: str) -> Callable[[Any, Any, Any], Merge]:
    """Texts are merged paragraph by paragraph, everything else as a whole."""
    column = spec.columns[name]
    return merging_texts.text if column.wire_type in _TEXTS and not column.field.choices else merging.whole


def _goes_by_key(meeting: Meeting, name: str) -> bool:
    """Whether a column holds values by name; details only as long as nobody changes what they are about."""
    column = meeting.spec.columns[name].field
    if isinstance(column, StructureField):
        return column.structure == "extra_fields"
    if not isinstance(column, DetailsField):
        return False
    selector = column.selector
    mine = meeting.payload.get(selector, meeting.base.get(selector))
    return bool(meeting.base.get(selector) == meeting.theirs.get(selector) == mine)


def _meet_tags(meeting: Meeting) -> None:
    mine, (base, theirs) = meeting.mine("tags"), meeting.values("tags")
    meeting.settle("tags", sorted(merging.elements(base or [], theirs or [], mine)), theirs or [])


def _meet_removal(meeting: Meeting, name: str) -> None:
    """In JSON a file can only be removed; anything else that is sent for it has no effect."""
    base, theirs = (one or "" for one in meeting.values(name))
    if meeting.payload[name] in (None, ""):
        merged = merging.whole(base, theirs, "")
        meeting.clash(name, merged)
        meeting.settle(name, merged.value, theirs, sent=True)


def meet_files(meeting: Meeting, files: Mapping[str, object]) -> None:
    """Uploads replace a file unless others have replaced it, too."""
    for name in files:
        base, theirs = (one or "" for one in meeting.values(name))
        if base != theirs:
            meeting.clashes[name] = Clash(base, theirs, str(getattr(files[name], "name", "")))


# -- relations --------------------------------------------------------------------------------------------------------


def _meet_relation(meeting: Meeting, relation: Relation) -> None:
    if not relation.owned:
        return
    name = relation.name
    mine, (base, theirs) = meeting.mine(name), meeting.values(name)
    if relation.many:
        _meet_links(meeting, relation, mine, base or [], theirs or [])
        return
    # What the writer does not see is null to them.
    shown = meeting.seen(relation, {str(one) for one in (base, theirs) if one is not None})
    base, theirs = (one if str(one) in shown else None for one in (base, theirs))
    merged = merging.whole(base, theirs, mine)
    meeting.clash(name, merged)
    meeting.settle(name, merged.value, theirs, sent=True)


def _meet_links(meeting: Meeting, relation: Relation, mine: list[str], base: list[str], theirs: list[str]) -> None:
    # Links that the writer does not see are not theirs to remove; whoever reads the payload keeps them.
    shown = meeting.seen(relation, theirs)
    if relation.order:
        read = [one for one in base if one in {*shown, *mine}]
        merged = merging.ordered(read, shown, mine)
    else:
        merged = Merge(merging.elements(base, shown, mine))
    meeting.clash(relation.name, merged)
    meeting.settle(relation.name, merged.value, shown)


def meet_others(meeting: Meeting, name: str, version: int, *, unchanged: Callable[[], bool]) -> None:
    """Merge a list that other records keep.

    It may have changed after the version came to be and before the writer read it. So what others have added or removed
    since the version, and the payload has otherwise, clashes: unless the writer has read exactly what there is now.
    """
    relation, value = meeting.spec.relations[name], meeting.payload.get(name)
    if relation.kind != "link" or not isinstance(value, list | None):
        return
    moved = linked_at(relation, meeting.record.pk, version)
    if not moved or unchanged():
        return
    mine = list(dict.fromkeys(str(one) for one in ids_in(relation, value or [])))
    now = [str(one) for one in getattr(meeting.record, name).order_by("pk").values_list("pk", flat=True)]
    was = [one for one in dict.fromkeys([*now, *moved]) if moved.get(one, True)]
    here = set(meeting.seen(relation, now))
    if any(was_there != (one in here) and (one in mine) != (one in here) for one, was_there in moved.items()):
        meeting.clashes[name] = Clash(sorted(meeting.seen(relation, was)), sorted(here), sorted(mine))


# -- roles ------------------------------------------------------------------------------------------------------------


def _meet_roles(meeting: Meeting, name: str) -> None:
    """Merge who holds which role: a map names only those whose roles are to change, a list all groups."""
    if name == "authenticated_groups":
        _meet_groups(meeting)
        return
    value = meeting.payload[name]
    if name not in meeting.theirs or not isinstance(value, dict):
        return
    base, theirs = meeting.values(name)
    holder = plain_address if name == "users" else str
    levels = {who: grants.level_named(flags, meeting.spec) for who, flags in value.items() if isinstance(flags, dict)}
    asked = {holder(who): level for who, level in levels.items()}
    mine = {who: level for who, level in {**base, **asked}.items() if level is not None}
    merged = merging.by_key(base, theirs, mine)
    meeting.clash(name, merged)
    settled = {who for who in levels if merged.value.get(holder(who)) == theirs.get(holder(who))}
    meeting.payload[name] = {who: flags for who, flags in value.items() if who not in settled}


def _meet_groups(meeting: Meeting) -> None:
    value = meeting.payload["authenticated_groups"]
    if not isinstance(value, list):
        return
    states = [state.get("groups", {}) for state in (meeting.base, meeting.theirs)]
    groups = group_spec().model._default_manager.filter(name__in={*states[0], *states[1]})
    ids = dict(groups.values_list("name", "pk"))
    base, theirs = ([ids[one] for one in state if one in ids] for state in states)
    sent = [one.get("id") if isinstance(one, dict) else one for one in value]
    if all(isinstance(one, int) for one in sent):
        meeting.payload["authenticated_groups"] = merging.elements(base, theirs, sent)


__all__ = ["Meeting", "meet", "meet_files", "meet_others"]
