"""The page on which people approve or deny a program.

A program that can open a browser opens this page for its request; otherwise people enter the code that it shows. Either
way they see which program asks and from where, and the code to compare (RFC 8628, section 5.4).
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from brainstem.apps.users import devices
from brainstem.apps.users.device_models import DeviceRequest
from brainstem.core.access.caller import address_of, caller_of, network_of
from brainstem.core.errors import Throttled
from brainstem.web.fresh import refuse_stale
from brainstem.web.waiting import try_again

from .forms import CodeForm, DecisionForm, first_values, handle_of, read_handle

UNKNOWN = "No program is waiting with this code. Codes expire after 15 minutes; have the program show a new one."


@never_cache
@sensitive_post_parameters("user_code", "handle")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Ask for the code, show the program, or accept the decision."""
    if request.method == "POST":
        return _decide(request) if "decision" in request.POST else _look_up(request)
    session_id = request.GET.get("session", "")
    if not session_id:
        return _ask_code(request, CodeForm())
    asked = devices.by_session(session_id)
    if asked is None:
        return _tell(request, "expired")
    return _show(request, asked, handle_of(asked, user=request.user, session_id=session_id))


def _look_up(request: HttpRequest) -> HttpResponse:
    """The request whose code was entered."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _ask_code(request, form)
    code = form.cleaned_data["user_code"]
    try:
        asked = devices.by_code(code, user=request.user, address=address_of(request.META))
    except Throttled as error:
        form.add_error("user_code", f"{devices.TOO_MANY} {try_again(error.seconds)}")
        return _ask_code(request, form, status=429)
    if asked is None or devices.state_of(asked) == "expired":
        form.add_error("user_code", UNKNOWN)
        return _ask_code(request, form)
    return _show(request, asked, handle_of(asked, user=request.user, code=code))


def _decide(request: HttpRequest) -> HttpResponse:
    """Approve or deny the request that was shown."""
    found = read_handle(request.POST.get("handle", ""), user=request.user)
    if found is None:
        return _tell(request, "expired")
    asked = found[0]
    if request.POST["decision"] != "approve":
        done = devices.deny(asked, user=request.user, **caller_of(request.META))
        return _tell(request, "denied" if done else "", asked)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _show(request, asked, request.POST["handle"], form)
    if not form.read_only:
        refuse_stale(request)
    done = devices.approve(
        asked, user=request.user, name=form.cleaned_data["name"], read_only=form.read_only, **caller_of(request.META)
    )
    return _tell(request, "approved" if done else "", asked)


def _ask_code(request: HttpRequest, form: CodeForm, *, status: int = 200) -> HttpResponse:
    return render(request, "brainstem/devices/code.html", {"form": form}, status=status)


def _show(request: HttpRequest, asked: DeviceRequest, handle: str, form: DecisionForm | None = None) -> HttpResponse:
    """The program, and the two buttons."""
    if devices.state_of(asked) != "open":
        return _tell(request, "", asked)
    code = (read_handle(handle, user=request.user) or (None, ""))[1]
    here = network_of(address_of(request.META)) == network_of(asked.address)
    context = {
        "asked": asked,
        "code": code,
        "elsewhere": not here,
        "form": form or DecisionForm(initial=first_values(asked, handle)),
    }
    return render(request, "brainstem/devices/decide.html", context)


def _tell(request: HttpRequest, outcome: str, asked: DeviceRequest | None = None) -> HttpResponse:
    """The outcome of a request: just now, or (without an outcome) earlier."""
    if asked:
        asked.refresh_from_db()
    before = not outcome
    outcome = outcome or (devices.state_of(asked) if asked else "expired")
    context = {"asked": asked, "outcome": outcome, "before": before}
    return render(request, "brainstem/devices/done.html", context, status=410 if outcome == "expired" else 200)
