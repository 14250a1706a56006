"""Changing and removing roles: what the form of the table says, as the maps that the writer of the API reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect

from brainstem.api.call import Call
from brainstem.api.writing import written
from brainstem.core.access.refusals import locked
from brainstem.core.errors import Conflict, Forbidden, Invalid
from brainstem.core.model.ids import RecordId
from brainstem.core.model.trees import Role
from brainstem.core.sharing.holders import GROUP, Holder, holders_of
from brainstem.core.write import saving
from brainstem.web.notices import tell

from ..where import Where
from .levels import FLAGS, OWNERS_ONLY, parse_level, with_article

LEVEL, WAS, REMOVE = "level-", "was-", "remove"
_KEYS = frozenset({"_do", REMOVE, "csrfmiddlewaretoken"})


class Moved(Conflict):
    """Somebody else changed roles since the page was opened; ``problems`` says what, by holder."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("Somebody else changed these people meanwhile. Look at what is there now, and save again.")
        self.problems = problems


@dataclass(frozen=True)
class Move:
    """One change: the new level, None to remove."""

    holder: Holder
    level: Role | None

    @property
    def takes_owner(self) -> bool:
        """Whether only owners may do this."""
        return max(self.holder.level or Role.MEMBER, self.level or Role.MEMBER) >= Role.MANAGER

    @property
    def text(self) -> str:
        """What a notice says of it."""
        if self.level is None:
            return f"{self.holder.name} was removed."
        return f"{self.holder.name} is {with_article(self.level)} now."


def read_moves(where: Where, sent: Mapping[str, str], holders: list[Holder]) -> list[Move]:
    """What the form changes.

    Raises
    ------
    Moved
        If somebody else changed a role that the form changes.
    Invalid
        If it names what is not there.
    """
    known = {one.key: one for one in holders if one.level is not None}
    moves, problems = [], {}
    for key in _named(sent):
        was, holder = sent.get(f"{WAS}{key}", ""), known.get(key)
        level = None if sent.get(REMOVE) == key else parse_level(sent.get(LEVEL + key, was), where.spec, field="level")
        if level is not None and level.name.lower() == was:
            continue  # untouched
        if holder is None or holder.level is None:
            if not was:
                raise Invalid.at("level", "Nobody here has this name. Load the page again.")
            problems[key] = "Was removed meanwhile."
        elif holder.level.name.lower() != was:
            problems[key] = f"Became {with_article(holder.level)} meanwhile."
        else:
            moves.append(Move(holder, level))
    if problems:
        raise Moved(problems)
    return moves


def _named(sent: Mapping[str, str]) -> list[str]:
    """The holders that a form names.

    Raises
    ------
    Invalid
        If it has any other key.
    """
    unknown = [name for name in sent if name not in _KEYS and not name.startswith((LEVEL, WAS))]
    if unknown:
        raise Invalid.at(unknown[0][:50], "This form has no such field.")
    named = dict.fromkeys(name.removeprefix(LEVEL) for name in sent if name.startswith(LEVEL))
    return [*named, *([sent[REMOVE]] if sent.get(REMOVE) and sent[REMOVE] not in named else [])]


def save(where: Where, pk: RecordId, sent: Mapping[str, str], *, onward: str) -> HttpResponse:
    """Write what the form of the table says as one change of the record, with a notice that undoes it.

    Raises
    ------
    Moved
        If somebody else changed one of these roles meanwhile; nothing is written.
    """
    texts: list[str] = []

    def act() -> HttpResponse:
        record = locked(where.spec, pk, viewer=where.viewer)  # so that nobody else changes roles until they are written
        moves = read_moves(where, sent, holders_of(where.spec, record))
        texts[:] = [move.text for move in moves]
        if any(move.takes_owner for move in moves) and not _is_owner(where, pk):
            raise Forbidden(OWNERS_ONLY)  # in better words than the writer, which knows no page
        if moves:
            saving.change(where.spec, pk, _payload(moves), viewer=where.viewer)
        return HttpResponseRedirect(onward, status=303)

    return _told(where, written(Call(where.request, where.spec, where.viewer, pk), act), texts, onward=onward)


def leave(where: Where, pk: RecordId, *, onward: str) -> HttpResponse:
    """Give up the viewer's own role."""

    def act() -> HttpResponse:
        actor = where.viewer.actor
        saving.change(where.spec, pk, {"users": {actor.email: {"remove": True}}}, viewer=where.viewer)
        return HttpResponseRedirect(onward, status=303)

    response = written(Call(where.request, where.spec, where.viewer, pk), act)
    return _told(where, response, ["You left."], onward=onward)


def _is_owner(where: Where, pk: RecordId) -> bool:
    return bool(where.viewer.editable(where.spec, [pk], level=Role.OWNER))


def _payload(moves: list[Move]) -> dict[str, object]:
    held: dict[str, dict[str, object]] = {"users": {}, "groups": {}}
    for move in moves:
        flags = {"remove": True} if move.level is None else dict(FLAGS[move.level])
        is_group = move.holder.kind == GROUP
        held["groups" if is_group else "users"][move.holder.name if is_group else move.holder.email] = flags
    return {key: those for key, those in held.items() if those}


def _told(where: Where, response: HttpResponse, texts: list[str], *, onward: str) -> HttpResponse:
    if texts:
        tell(where.request, " ".join(texts), response, portal=where.portal, onward=onward)
    return response


__all__ = ["Move", "Moved", "leave", "read_moves", "save"]
