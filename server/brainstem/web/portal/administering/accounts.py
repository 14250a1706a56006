"""The accounts of all people: finding, closing and opening them, resetting second factors, confirming addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from brainstem.apps.users import accounts, events, invitations
from brainstem.apps.users.models import User
from brainstem.apps.users.two_factor import methods_of
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Forbidden, Invalid, Missing
from brainstem.core.text.numbers import whole_of
from brainstem.web import formats
from brainstem.web.two_factor.mails import tell_of_reset

from ..cells import NONE, Cell, noted_cell
from ..chips import Link
from ..sending import refuse_unknown
from ..told import waiting
from .entering import for_administrators

PER = 50
LONGEST = 200
SHOWN_EVENTS = 10
CONFIRMED = Exists(EmailAddress.objects.filter(user=OuterRef("pk"), email__iexact=OuterRef("email"), verified=True))
# Name in the address -> label and condition.
STATES: Mapping[str, tuple[str, Q]] = {
    "": ("All", Q()),
    "active": ("Active", Q(is_active=True)),
    "deactivated": ("Deactivated", Q(is_active=False)),
    "administrators": ("Administrators", Q(is_superuser=True)),
    "unconfirmed": ("Unconfirmed address", Q(is_confirmed=False)),
    "single": ("Without a second factor", Q(is_active=True, two_factor_enabled=False)),
}


@dataclass(frozen=True)
class Account:
    """One account, as shown."""

    id: int
    name: str
    email: str
    url: str
    joined: Cell
    seen: Cell
    second_factor: bool
    confirmed: bool
    active: bool
    admin: bool

    @classmethod
    def of(cls, user: Any) -> Account:
        """An account of a query that tells whether its address is confirmed."""
        return cls(
            user.pk,
            user.full_name or user.email,
            user.email,
            f"{reverse('super-people')}{user.pk}/",
            noted_cell(user.date_joined.isoformat()),
            noted_cell(user.last_login.isoformat()) if user.last_login else NONE,
            user.two_factor_enabled,
            user.is_confirmed,
            user.is_active,
            user.is_superuser,
        )


# -- the list ----------------------------------------------------------------------------------------------------------


@for_administrators
def people(request: HttpRequest, viewer: Viewer) -> HttpResponse:  # noqa: ARG001 - all administrators see the same
    """Everybody with an account, people to let in, and the form that invites."""
    if request.method == "POST":
        raise Invalid.whole("Forms on this page are sent to other addresses.")
    asked, state = request.GET.get("search", "").strip()[:LONGEST], request.GET.get("state", "")
    if state not in STATES:
        raise Invalid.at("state", f"Expected one of {', '.join(name for name in STATES if name)}.")
    found = User.objects.annotate(is_confirmed=CONFIRMED)
    for word in asked.replace("\x00", "").split():
        named = Q(email__icontains=word) | Q(first_name__icontains=word) | Q(last_name__icontains=word)
        found = found.filter(named)
    numbers = found.aggregate(**{f"n_{name}": Count("pk", filter=condition) for name, (_, condition) in STATES.items()})
    page = whole_of(request.GET.get("page", "1"), below=2**31) or 1
    count = int(numbers[f"n_{state}"])
    rows = found.filter(STATES[state][1]).order_by("last_name", "first_name", "email")[(page - 1) * PER : page * PER]
    context = {
        "rows": [Account.of(user) for user in rows],
        "count": count,
        "asked": asked,
        "state": state,
        "states": [
            Link(label, _address(asked, name), name == state, formats.count(numbers[f"n_{name}"]))
            for name, (label, _) in STATES.items()
        ],
        "before": _address(asked, state, page - 1) if page > 1 else "",
        "after": _address(asked, state, page + 1) if page * PER < count else "",
        "strangers": waiting(),
        "open": list(invitations.open_ones().select_related("invited_by")[:PER]),
    }
    return render(request, "portal/super/people.html", context)


def _address(asked: str, state: str, page: int = 1) -> str:
    pairs = {"search": asked, "state": state, "page": page if page > 1 else ""}
    query = urlencode({name: value for name, value in pairs.items() if value})
    return f"{reverse('super-people')}{'?' if query else ''}{query}"


# -- one account -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """What can be done with an account: its name, the button, what it does, and what is said afterwards."""

    name: str
    label: str
    about: str
    done: str
    danger: bool = False


ACTS = {
    one.name: one
    for one in (
        Act(
            "deactivate",
            "Deactivate",
            "They are signed out everywhere and cannot sign in, and their tokens end. What they created stays, and so "
            "do their roles. You can activate the account again; tokens have to be made anew.",
            "{} is deactivated, and signed out everywhere.",
            danger=True,
        ),
        Act("activate", "Activate", "They can sign in again, with the same password.", "{} is active again."),
        Act(
            "reset",
            "Reset two-factor",
            "All second factors and backup codes are removed, all browsers signed out, and the person is told by "
            "email. Make sure in another way that it is really them who have asked.",
            "The second factors of {} were removed.",
            danger=True,
        ),
        Act(
            "confirm",
            "Confirm the address",
            "They can sign in without following the link in the email. Do this only if you know that the address is "
            "theirs.",
            "The email address of {} is confirmed.",
        ),
    )
}


@for_administrators
def person(request: HttpRequest, viewer: Viewer, user_id: str) -> HttpResponse:
    """One account, and what can be done with it; each asks before it is done."""
    number = whole_of(user_id, below=2**31)
    user = User.objects.annotate(is_confirmed=CONFIRMED).filter(pk=number).first() if number is not None else None
    if user is None:
        raise Missing
    if request.method == "POST":
        return _done(request, viewer, user)
    return _shown(request, viewer, user, asked=request.GET.get("do", ""))


def _done(request: HttpRequest, viewer: Viewer, user: User) -> HttpResponse:
    refuse_unknown(request.POST, ("_do",))
    act = ACTS.get(request.POST.get("_do", ""))
    if act is None:
        raise Invalid.at("_do", f"Expected one of {', '.join(ACTS)}.")
    try:
        if act.name == "deactivate":
            accounts.deactivate(user.pk, viewer=viewer)
        elif act.name == "activate":
            accounts.activate(user.pk, viewer=viewer)
        elif act.name == "confirm":
            accounts.confirm_address(user.pk, viewer=viewer)
        elif accounts.reset_two_factor(user.pk, viewer=viewer):
            tell_of_reset(user)
    except Invalid as error:
        return _shown(request, viewer, user, refused=" ".join(one for some in error.errors.values() for one in some))
    except Forbidden as error:
        return _shown(request, viewer, user, refused=error.message, status=403)
    messages.success(request, act.done.format(user.full_name or user.email))
    return HttpResponseRedirect(f"{reverse('super-people')}{user.pk}/", status=303)


def _shown(
    request: HttpRequest, viewer: Viewer, user: User, *, asked: str = "", refused: str = "", status: int = 422
) -> HttpResponse:
    shown, methods = Account.of(user), methods_of(user.pk)
    is_me = user.pk == viewer.actor.user_id
    offered = [] if is_me else ["deactivate" if shown.active else "activate"]
    offered += ["reset"] if methods and not is_me else []
    offered += [] if shown.confirmed else ["confirm"]
    orphans = accounts.left_without_owner(user.pk, actor=viewer.actor) if asked == "deactivate" and shown.active else []
    context = {
        "one": shown,
        "is_me": is_me,
        "methods": [
            {"app": "Authenticator app", "passkey": "Passkey", "email": "Code by email"}[one] for one in methods
        ],
        "acts": [ACTS[name] for name in offered],
        "act": ACTS[asked] if asked in offered else None,
        "orphans": [str(one) for one in orphans],
        "profile": f"/super/users/user/{user.pk}/",
        "events": [
            (one.get_kind_display(), one.about, noted_cell(one.at.isoformat()))
            for one in events.of(user)[:SHOWN_EVENTS]
        ],
        "refused": refused,
    }
    return render(request, "portal/super/person.html", context, status=status if refused else 200)


__all__ = ["people", "person"]
