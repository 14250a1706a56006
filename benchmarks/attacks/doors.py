"""Attempts to get in, and what they do to those who belong there."""

from __future__ import annotations

from . import wire
from .base import LOCKED_OUT, REFUSED, Scale, Target, attack, shared_out
from .bodies import TOKEN
from .signing_in import Browser

WRONG = "wrong horse battery staple"


@attack("wrong passwords while the owner signs in", expected=REFUSED | {200, 302, 401, 403})
def wrong_passwords(target: Target, scale: Scale) -> list[int]:
    """Sixty wrong ones from one address; the owner signs in from theirs, and from a browser that was here before."""
    email, password = target.facts["reader_email"], target.facts["password"]
    known = Browser(target.port, scale.patience_seconds)
    rightful = [known.sign_in(email, password).status, _token(target, scale, password, source=wire.ANOTHER)]
    guesses = shared_out(range(60), lambda n: _token(target, scale, f"{WRONG} {n}"), hands=8)
    rightful.append(_token(target, scale, password, source=wire.ANOTHER))
    known.forget_session()
    rightful.append(known.sign_in(email, password).status)
    return guesses + [status if status in {200, 302} else LOCKED_OUT for status in rightful]


def _token(target: Target, scale: Scale, password: str, *, source: str = wire.HOME) -> int:
    form = {"username": target.facts["reader_email"], "password": password}
    return wire.send_json(
        target.port, "POST", TOKEN, form, seconds=scale.patience_seconds, source=source
    ).status  # fmt: skip
