"""Invitations to register: sent by administrators, and kept in the session of people who follow the link."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from brainstem.apps.users import invitations
from brainstem.core.errors import Invalid
from brainstem.core.mail import quota
from brainstem.core.mail.message import compose
from brainstem.core.mail.sending import deliver
from brainstem.core.text.addresses import plain_address
from brainstem.web.mail import SORRY

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


def used(*, request: HttpRequest, **_: Any) -> None:
    """Mark the invitation as used after registration."""
    pk = request.session.pop(IN_SESSION, None)
    if pk:
        invitations.use(pk)


def send(invitation: Any) -> bool:
    """Email the link; False if emails cannot be sent at present."""
    link = f"{settings.BRAINSTEM_URL}{reverse('account_invited', args=[invitations.key_of(invitation)])}"
    who = invitation.invited_by.full_name or invitation.invited_by.email if invitation.invited_by else ""
    context = {"email": invitation.email, "who": who, "link": link, "days": invitations.LASTS.days}
    return deliver(compose("account/invitation", context).to(invitation.email))


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
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        refused = [text for email in form.cleaned_data["emails"] if (text := _invite(request, email))]
        if not refused:
            return redirect("account_invite")
        form.add_error("emails", refused)
    return render(request, "account/invite.html", {"form": form, "open": invitations.open_ones()})


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
    messages.success(request, f"{invitation.email} has been invited.")
    return ""


def _withdraw(request: HttpRequest, pk: str) -> HttpResponse:
    if pk.isdecimal():
        invitations.use(int(pk))
    messages.success(request, "The invitation has been withdrawn; its link no longer works.")
    return redirect("account_invite")
