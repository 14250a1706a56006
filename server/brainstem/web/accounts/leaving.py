"""Exporting one's data, and closing one's account."""

from __future__ import annotations

from django import forms
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from brainstem.apps.users import accounts, events, own_data
from brainstem.core.access.caller import caller_of
from brainstem.core.errors import Invalid
from brainstem.web.acting import acting

from . import log
from .email import add_errors
from .guards import proved, proved_to_load


class CloseForm(forms.Form):
    """Asks for confirmation."""

    sure = forms.BooleanField(label="Yes, close my account")


@login_required
@proved_to_load
def export(request: HttpRequest) -> HttpResponse:
    """Explains what is exported; a POST returns it."""
    if request.method != "POST":
        return render(request, "account/export.html")
    log.write(request, request.user, events.Kind.DATA_EXPORTED)
    content = own_data.archive(request.user, actor=acting(request))
    headers = {"Content-Disposition": 'attachment; filename="brainstem-account.zip"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/zip", headers=headers)


@login_required
@proved
def close(request: HttpRequest) -> HttpResponse:
    """Explains what happens; a POST closes the account, its sessions and its tokens."""
    form = CloseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            accounts.leave(request.user.pk or 0, actor=acting(request), **caller_of(request.META))
        except Invalid as error:
            add_errors(form, error)
        else:
            logout(request)
            return redirect("account_inactive")
    left = accounts.left_without_owner(request.user.pk or 0, actor=acting(request))
    return render(request, "account/close.html", {"form": form, "left": left})
