"""The rows of the page: who holds which level, how, since when, and what about it can be changed by the viewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from brainstem.core.model.registry import Spec, group_spec, specs, user_spec
from brainstem.core.model.trees import Role
from brainstem.core.sharing.holders import GROUP, Holder
from brainstem.web import formats

from .. import words
from ..cells import NONE, Cell, noted_cell
from ..where import Where, path_of
from .levels import OWNERS_ONLY, label_of, offered

LAST = "The last owner: make somebody else an owner first."


@dataclass(frozen=True)
class Choice:
    """An option of a select."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Row:
    """One person or group, as shown."""

    holder: Holder
    url: str
    level: str
    how: str
    since: Cell
    sees: str = ""
    choices: list[Choice] = field(default_factory=list)
    why_fixed: str = ""
    is_me: bool = False
    problem: str = ""

    @property
    def can_leave(self) -> bool:
        """Whether this is the viewer, who may give the role up."""
        return self.is_me and self.holder.level is not None and not self.holder.is_last_owner

    @property
    def can_change(self) -> bool:
        """Whether the viewer may change or remove the role."""
        return bool(self.choices) and not self.why_fixed


def rows_of(
    where: Where,
    holders: list[Holder],
    *,
    is_owner: bool,
    sent: Mapping[str, str],
    problems: Mapping[str, str],
    reach: Mapping[str, int],
) -> list[Row]:
    """The rows of the table; levels that were sent and refused stay chosen.

    ``reach`` is what a role here shows, counted once for all rows: it does not depend on the level.
    """
    number = sum(reach.values())
    return [
        replace(
            _row(where, one, is_owner=is_owner, sent=sent, problem=problems.get(one.key, "")),
            sees=f"{formats.count(number)} record{'' if number == 1 else 's'}" if _can_see(one) else "Nothing",
        )
        for one in holders
    ]


def _can_see(one: Holder) -> bool:
    """Whether anybody sees something by a role: not in a closed account, nor in a group without members."""
    return one.members > 0 if one.kind == GROUP else one.is_active


def _row(where: Where, one: Holder, *, is_owner: bool, sent: Mapping[str, str], problem: str) -> Row:
    spec = group_spec() if one.kind == GROUP else user_spec()
    chosen = sent.get(f"level-{one.key}") or (one.level.name.lower() if one.level else "")
    levels = offered(where.spec, is_owner=is_owner or _is_fixed(one, is_owner=is_owner))
    return Row(
        one,
        f"{path_of(where.portal, spec)}{one.id}/",
        label_of(one.highest),
        _how(one, where.spec),
        noted_cell(one.since.isoformat()) if one.since else NONE,
        "",
        [Choice(level.name.lower(), label_of(level), level.name.lower() == chosen) for level in levels]
        if one.level
        else [],
        LAST if one.is_last_owner else OWNERS_ONLY if _is_fixed(one, is_owner=is_owner) else "",
        one.kind != GROUP and one.id == where.viewer.actor.user_id,
        problem,
    )


def _is_fixed(one: Holder, *, is_owner: bool) -> bool:
    return one.level is not None and one.level >= Role.MANAGER and not is_owner


def _how(one: Holder, spec: Spec) -> str:
    """How the role is held: "Directly; contributor through Imaging"."""
    if one.kind == GROUP:
        return f"All {formats.count(one.members)} members" if one.members > 1 else f"{one.members} member"
    direct = ["Directly"] if one.level and not spec.tree.keeps_members else ["Member of the group"] if one.level else []
    through = [f"{label_of(way.level).lower()} through the group {way.name}" for way in one.through]
    return words.sentence("; ".join([*direct, *through]))


def told_reach(reach: Mapping[str, int]) -> str:
    """What everybody listed sees: "214 records: 40 subjects, 174 sessions"; empty for nothing."""
    parts = [(number, specs()[label]) for label, number in sorted(reach.items(), key=lambda one: (-one[1], one[0]))]
    named = [words.counted(spec, number) for number, spec in parts]
    total = sum(reach.values())
    return "" if not total else named[0] if len(named) == 1 else f"{formats.count(total)} records: {', '.join(named)}"


__all__ = ["Choice", "Row", "rows_of", "told_reach"]
