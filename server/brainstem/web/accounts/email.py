"""Changing one's email address: requested with the password, confirmed from both addresses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from brainstem.apps.users import email_change
from brainstem.core.access.caller import caller_of
from brainstem.core.errors import Invalid
from brainstem.core.mail.message import compose
from brainstem.core.mail.sending import deliver
from brainstem.web.acting import acting
from brainstem.web.mail import SORRY

from .adapter import absolute
from .guards import not_too_often, proved_to_change


class AddressForm(forms.Form):
    """The new address."""

    email = forms.EmailField(
        label="New address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


@login_required
@not_too_often
@proved_to_change
def email(request: HttpRequest) -> HttpResponse:
    """The address, and any pending change; a POST requests a change."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            change = email_change.ask(request.user, form.cleaned_data["email"])
        except Invalid as error:
            add_errors(form, error)
        else:
            _send_links(request, change)
            return redirect("account_email")
    return render(request, "account/email.html", {"form": form, "change": email_change.under_way(request.user)})


@login_required
@require_POST
@not_too_often
def again(request: HttpRequest) -> HttpResponse:
    """Send the links of a pending change again."""
    change = email_change.under_way(request.user)
    if change is not None:
        _send_links(request, change)
    return redirect("account_email")


@login_required
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Cancel a pending change."""
    email_change.stop(request.user)
    messages.success(request, "Your address has not been changed. The links that were sent no longer work.")
    return redirect("account_email")


@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: HttpRequest, key: str) -> HttpResponse:
    """The page of a link: shows the change; a POST approves or cancels it.

    Does not require a sign-in, since the email may be read in another browser. Email scanners follow links, so nothing
    happens before a button is pressed.
    """
    found = email_change.find(key)
    if found is None:
        return _over(request, key)
    change, side = found
    about: dict[str, object] = {"new": change.new, "change": change, "side": side}
    if request.method == "POST":
        try:
            about["outcome"] = _answer(request, change, side)
        except Invalid as error:
            return _over(request, key, error)
    return render(request, "account/email_agree.html", about)


def add_errors(form: forms.Form, error: Invalid) -> None:
    """Show errors next to the fields of a form."""
    for name, texts in error.errors.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)


def _answer(request: HttpRequest, change: Any, side: str) -> str:
    if "stop" in request.POST:
        email_change.stop(change.user)
        return "stopped"
    actor = acting(request, change.user)
    done = email_change.agree(change, side, actor=actor, **caller_of(request.META))
    return "done" if done else "half"


def _over(request: HttpRequest, key: str, error: Invalid | None = None) -> HttpResponse:
    """The page of a link that is used up or no longer works."""
    new = email_change.done_by(key)
    if error and not new:
        messages.error(request, " ".join(text for texts in error.errors.values() for text in texts))
    about = {"outcome": "done" if new else "gone", "new": new}
    return render(request, "account/email_agree.html", about, status=200 if new else 404)


def _send_links(request: HttpRequest, change: object) -> None:
    sent = [_send_link(change, side) for side in email_change.SIDES if not getattr(change, f"{side}_agreed")]
    if all(sent):
        messages.success(request, "The links have been sent. Follow the one in each email.")
    else:
        messages.error(request, SORRY)


def _send_link(change: Any, side: str) -> bool:
    link = absolute(reverse("account_email_agree", args=[email_change.key_of(change, side)]))
    context = {"old": change.old, "new": change.new, "link": link, "days": email_change.LASTS.days}
    return deliver(compose(f"account/email_change_{side}", context).to(getattr(change, side)))
