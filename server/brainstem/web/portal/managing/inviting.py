"""Inviting people by email address, several at once, and groups; adding them where nobody is invited.

Each address is a write of its own: those that are wrong stay in the form with the reason, the others are done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db.models import Model
from django.http import HttpResponse

from brainstem.api.call import Call
from brainstem.api.writing import written
from brainstem.apps.users import strangers
from brainstem.apps.users.account_models import StrangerInvitation
from brainstem.core.access.refusals import locked
from brainstem.core.errors import BrainstemError, Invalid, Missing
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, group_spec, user_spec
from brainstem.core.model.trees import Role
from brainstem.core.sharing import grants, membership
from brainstem.core.text.addresses import plain_address
from brainstem.core.text.numbers import whole_of
from brainstem.core.write import saving
from brainstem.web import formats
from brainstem.web.accounts.invitations import mail_stranger

from ..where import Where
from .levels import FLAGS, flags_of_offer, parse_level, with_article

MOST = 50
LONGEST = 20_000
LIVES = (7, 14, 30, 90)
USUAL_LIFE = 30
_KEYS = frozenset({"_do", "addresses", "group", "level", "message", "days", "csrfmiddlewaretoken"})


@dataclass
class Outcome:
    """What came of an invitation: what was done, and what was refused, by address or name."""

    done: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """The form, parsed: at which level, with which message, for how long."""

    level: Role
    message: str
    life: dt.timedelta


def invites(spec: Spec, guest: Spec) -> bool:
    """Whether such guests are invited and accept; elsewhere they are added at once."""
    return membership.invitation_kind(spec, guest) is not None


def takes_groups(spec: Spec) -> bool:
    """Whether groups can have a role."""
    return not spec.tree.keeps_members


def invite_people(where: Where, pk: RecordId, sent: Mapping[str, str]) -> Outcome:
    """Invite the addresses of a form, or add them.

    Raises
    ------
    Invalid
        If the form itself is wrong; nobody is invited then.
    """
    asked, addresses = _asked(where, sent), _addresses(sent.get("addresses", ""))
    return _each(addresses, lambda address: _person(where, pk, address, asked))


def invite_group(where: Where, pk: RecordId, sent: Mapping[str, str]) -> Outcome:
    """Invite the group of a form, or add it; raises as :func:`invite_people`."""
    asked, number = _asked(where, sent), whole_of(sent.get("group", ""), below=2**31)
    group = where.viewer.rows(group_spec()).filter(pk=number).first() if number is not None else None
    if group is None:
        raise Invalid.at("group", "Choose a group.")
    return _each([str(group)], lambda _: _group(where, pk, group, asked))


def _each(names: list[str], act: Callable[[str], str]) -> Outcome:
    outcome = Outcome()
    for name in names:
        try:
            outcome.done.append(act(name))
        except Missing:
            raise
        except Invalid as error:
            outcome.refused[name] = " ".join(text for texts in error.errors.values() for text in texts)
        except BrainstemError as error:
            outcome.refused[name] = error.message
    return outcome


# -- one of them -------------------------------------------------------------------------------------------------------


def _person(where: Where, pk: RecordId, address: str, asked: Asked) -> str:
    email = plain_address(address)
    found = grants.people_by_email([email]).get(email)
    if found is None:
        return _stranger(where, pk, email, address, asked)
    if kind := membership.invitation_kind(where.spec, user_spec()):
        return _invited(where, pk, {"email": email}, kind, address, asked)
    if not found.is_active:
        raise Invalid.at("addresses", "This account is deactivated.")
    return _added(where, pk, "users", email, found.pk, address, asked)


def _stranger(where: Where, pk: RecordId, email: str, address: str, asked: Asked) -> str:
    """Somebody without an account, who is invited to register and comes in by that."""
    told: list[StrangerInvitation] = []

    def ask() -> None:
        made = strangers.invite(
            where.spec, pk, email, asked.level, message=asked.message, life=asked.life, viewer=where.viewer
        )
        if made.is_approved:
            mail_stranger(made)
        told[:] = [made]

    _write(where, pk, ask)
    if told[0].is_approved:
        return f"{address} has no account yet and has been invited to register."
    return f"{address} has no account yet; the administrators have been asked to let them register."


def _group(where: Where, pk: RecordId, group: Model, asked: Asked) -> str:
    if kind := membership.invitation_kind(where.spec, group_spec()):
        return _invited(where, pk, {"group": group.pk}, kind, str(group), asked)
    return _added(where, pk, "groups", str(group), group.pk, str(group), asked)


def _invited(where: Where, pk: RecordId, guest: dict[str, object], kind: Spec, name: str, asked: Asked) -> str:
    body = guest | flags_of_offer(kind, asked.level) | {"message": asked.message}
    _write(where, pk, lambda: membership.invite(where.spec, pk, body, viewer=where.viewer, life=asked.life))
    return f"{name} has been invited."


def _added(where: Where, pk: RecordId, key: str, name: str, holder_id: int, shown: str, asked: Asked) -> str:
    def add() -> None:
        record = locked(where.spec, pk, viewer=where.viewer)
        held = (grants.held_users(where.spec, record) if key == "users" else grants.held_groups(record)).get(holder_id)
        if held is not None:
            raise Invalid.at(key, f"Is {with_article(held)} already. Change the level in the table.")
        saving.change(where.spec, pk, {key: {name: dict(FLAGS[asked.level])}}, viewer=where.viewer)

    _write(where, pk, add)
    return f"{shown} is {with_article(asked.level)} now."


def _write(where: Where, pk: RecordId, do: Callable[[], object]) -> None:
    def act() -> HttpResponse:
        do()
        return HttpResponse(status=204)

    written(Call(where.request, where.spec, where.viewer, pk), act)


# -- the form ----------------------------------------------------------------------------------------------------------


def _asked(where: Where, sent: Mapping[str, str]) -> Asked:
    if unknown := [name for name in sent if name not in _KEYS]:
        raise Invalid.at(unknown[0][:50], "This form has no such field.")
    parts: list[Callable[[], object]] = [
        lambda: parse_level(sent.get("level", "member"), where.spec, field="level"),
        lambda: sent.get("message", "").strip(),
        lambda: _life(sent.get("days", str(USUAL_LIFE))),
    ]
    return Asked(*Invalid.of_all(*parts))


def _life(text: str) -> dt.timedelta:
    number = whole_of(text, below=1000)
    if number not in LIVES:
        raise Invalid.at("days", f"Choose one of {', '.join(map(str, LIVES))} days.")
    return dt.timedelta(days=number)


def _addresses(text: str) -> list[str]:
    """The addresses of a text, each once, separated by commas, semicolons, spaces or lines."""
    if len(text) > LONGEST:
        raise Invalid.at("addresses", f"At most {formats.count(LONGEST)} characters.")
    found = list({plain_address(one): one for one in text.replace(",", " ").replace(";", " ").split()}.values())
    if not found:
        raise Invalid.at("addresses", "Type at least one email address.")
    if len(found) > MOST:
        raise Invalid.at("addresses", f"At most {MOST} at once.")
    return found


__all__ = ["LIVES", "MOST", "USUAL_LIFE", "Outcome", "invite_group", "invite_people", "invites", "takes_groups"]
