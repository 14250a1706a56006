"""Invitations to register: sent by administrators, and kept in the session of people who follow the link."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_safe

from brainstem.apps.users import events, invitations, strangers
from brainstem.apps.users.account_models import AccountInvitation, StrangerInvitation
from brainstem.apps.users.models import User
from brainstem.core.access.caller import caller_of
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Invalid
from brainstem.core.mail import quota
from brainstem.core.mail.message import compose, without_links
from brainstem.core.mail.sending import deliver
from brainstem.core.model.trees import Role
from brainstem.core.text.addresses import plain_address
from brainstem.web.acting import acting
from brainstem.web.mail import SORRY
from brainstem.web.notices import onward_of

IN_SESSION = "accepted_invitation"
MOST = 50


class InviteForm(forms.Form):
    """Email addresses of people to invite."""

    emails = forms.CharField(
        label="Email addresses",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text="One per line, or separated by commas.",
    )

    def clean_emails(self) -> list[str]:
        """The addresses, each once."""
        found = list(dict.fromkeys(self.cleaned_data["emails"].replace(",", " ").replace(";", " ").split()))
        if len(found) > MOST:
            raise forms.ValidationError(f"At most {MOST} at once.")
        return found


def accepted(request: HttpRequest | None) -> Any:
    """The invitation whose link this browser followed, if it is still valid."""
    pk = request.session.get(IN_SESSION) if request is not None else None
    return invitations.open_ones().filter(pk=pk).first() if pk else None


def used(*, request: HttpRequest, user: User, **_: object) -> None:
    """Mark the invitation as used after registration, which accepts what the address was invited to."""
    followed = accepted(request) is not None
    pk = request.session.pop(IN_SESSION, None)
    if followed:
        joined = strangers.settle(user, viewer=Viewer(acting(request, user), "private"), accept=True)
        for place in joined:
            messages.success(request, f"You have joined {place}.")
    if pk:
        invitations.use(pk)


def confirmed(*, request: HttpRequest, email_address: EmailAddress, **_: object) -> None:
    """Give an account whose address was just confirmed the invitations that waited for the address."""
    user = email_address.user
    if plain_address(email_address.email) == user.email:
        strangers.settle(user, viewer=Viewer(acting(request, user), "private"), accept=False)


def told_of(invitation: AccountInvitation) -> str:
    """What registering by an invitation leads into, as HTML; empty if into nothing."""
    places = [strangers.place_of(one) for one in strangers.open_ones().filter(email=invitation.email, is_approved=True)]
    named = [place for place in places if place]
    return escape(f"Registering accepts the invitation to {', and to '.join(named)}.") if named else ""


def send(invitation: AccountInvitation, stranger: StrangerInvitation | None = None) -> bool:
    """Email the link, with what it leads into; False if emails cannot be sent at present."""
    link = f"{settings.BRAINSTEM_URL}{reverse('account_invited', args=[invitations.key_of(invitation)])}"
    by = stranger.made_by if stranger is not None else invitation.invited_by
    context = {"email": invitation.email, "who": _name(by), "link": link, "days": invitations.LASTS.days}
    if stranger is not None:
        context |= {
            "host": without_links(strangers.place_of(stranger) or ""),
            "level": Role(stranger.level).name.lower(),
            "message": without_links(stranger.message),
        }
    return deliver(compose("account/invitation", context).to(invitation.email))


def _name(person: User | None) -> str:
    # Where anybody may register, anybody may write to strangers under a name of their choice.
    return without_links(person.full_name or person.email) if person else ""


def mail_stranger(stranger: StrangerInvitation) -> None:
    """Email the link that registers an address and leads into what it is invited to.

    Raises
    ------
    Invalid
        If emails cannot be sent, or the address had its share of them today.
    """
    if not quota.spend(quota.INVITATIONS_TO_REGISTER, stranger.email):
        most = quota.INVITATIONS_TO_REGISTER.most
        raise Invalid.at("addresses", f"{most} invitations were mailed to this address today. Its link still works.")
    if not send(strangers.way_in(stranger), stranger):
        raise Invalid.at("addresses", SORRY)


@require_safe
def follow(request: HttpRequest, key: str) -> HttpResponse:
    """The link's page: leads to the form, with the address filled in and confirmed."""
    invitation = invitations.find(key)
    if invitation is None:
        return render(request, "account/invitation_gone.html", status=404)
    if request.user.is_authenticated:
        messages.info(request, "You already have an account.")
        return redirect("home")
    request.session[IN_SESSION] = invitation.pk
    get_adapter(request).stash_verified_email(request, invitation.email)
    return redirect("account_signup")


@login_required
def invite(request: HttpRequest) -> HttpResponse:
    """Page for administrators: pending invitations, and a form for more."""
    if not request.user.is_superuser:
        raise Http404("Only administrators invite people.")
    if "withdraw" in request.POST:
        return _withdraw(request, request.POST["withdraw"])
    if "approve" in request.POST or "decline" in request.POST:
        return _decided(request)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        refused = [text for email in form.cleaned_data["emails"] if (text := _invite(request, email))]
        if not refused:
            return _onward(request)
        form.add_error("emails", refused)
    return render(request, "account/invite.html", {"form": form, "open": invitations.open_ones()} | _waiting())


def _invite(request: HttpRequest, email: str) -> str:
    """Invite one person; returns the error, if any."""
    if not quota.spend(quota.INVITATIONS_TO_REGISTER, plain_address(email)):
        most = quota.INVITATIONS_TO_REGISTER.most
        return f"{email}: {most} invitations were mailed to this address today. The link in the last one still works."
    try:
        invitation = invitations.invite(email, by=request.user)
    except Invalid as error:
        return error.errors["email"][0]
    if not send(invitation):
        return f"{email}: {SORRY}"
    _note(request, invitation.email)
    messages.success(request, f"{invitation.email} has been invited.")
    return ""


def _note(request: HttpRequest, email: str) -> None:
    events.record(request.user, events.Kind.PERSON_INVITED, **caller_of(request.META), about=email)


def _onward(request: HttpRequest) -> HttpResponse:
    """Back to the page that the form was on."""
    return redirect(onward_of(request, usual=reverse("account_invite")))


def _withdraw(request: HttpRequest, pk: str) -> HttpResponse:
    if pk.isdecimal():
        invitations.use(int(pk))
    messages.success(request, "The invitation has been withdrawn; its link no longer works.")
    return _onward(request)


def _waiting() -> dict[str, object]:
    """Invitations of strangers to projects and groups, for which somebody has to let the address register."""
    found = list(strangers.waiting())
    places = strangers.places_of(found)
    return {"waiting": [(one, places.get(one.pk, "")) for one in found]}


def _decided(request: HttpRequest) -> HttpResponse:
    """Let an address register, or not, as a manager of a project or group asked for."""
    approves = "approve" in request.POST
    pk = request.POST["approve" if approves else "decline"]
    found = strangers.waiting().filter(pk=int(pk)).first() if pk.isdecimal() else None
    if found is None:
        messages.error(request, "This was decided or withdrawn meanwhile.")
        return _onward(request)
    if not approves:
        strangers.decline(found, by=acting(request))
        messages.success(request, f"{found.email} was not let in. Whoever invited them is told.")
        return _onward(request)
    try:
        with transaction.atomic():
            strangers.approve(found)
            mail_stranger(found)
            _note(request, found.email)
    except Invalid as error:
        messages.error(request, f"{found.email}: {' '.join(error.errors['addresses'])}")
    else:
        messages.success(request, f"{found.email} has been invited.")
    return _onward(request)
