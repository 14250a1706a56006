"""The page of the caller's tokens: create, list and revoke them.

The text of a token is only in the response to the form, and is not stored in any session, URL or message.
"""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from brainstem.apps.users import tokens as all_tokens
from brainstem.core.access.caller import caller_of
from brainstem.core.model.registry import project_spec
from brainstem.core.models import ObjectRole
from brainstem.web.acting import acting, looking
from brainstem.web.fresh import refuse_stale

from .forms import TokenForm
from .shown import rows_of

SENT_TWICE = (
    "This form was sent twice, and created one token. If you did not copy it, revoke it and create another: "
    "a token is shown only once."
)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The caller's tokens, and a form for a new one."""
    projects = _projects(request)
    form = TokenForm(request.POST if request.method == "POST" else None, projects=projects)
    if not form.is_bound or not form.is_valid():
        return _page(request, form, projects)
    if not form.read_only:
        refuse_stale(request)
    issued = _make(request, form)
    if issued is None:
        messages.warning(request, SENT_TWICE)
        return redirect("account_tokens")
    return _page(request, TokenForm(projects=projects), projects, issued=issued)


@login_required
@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Revoke one of the caller's tokens, or all from one sign-in."""
    chosen = all_tokens.live_tokens(request.user).filter(pk=token_id)
    name = next((str(token) for token in chosen), None)
    if name is None:
        raise Http404
    all_tokens.revoke(all_tokens.whole_families(chosen), **caller_of(request.META))
    messages.success(request, f"Revoked: {name}.")
    return redirect("account_tokens")


@login_required
@require_POST
def revoke_all(request: HttpRequest) -> HttpResponse:
    """Revoke all of the caller's tokens."""
    chosen = all_tokens.live_tokens(request.user)
    count = chosen.count()
    all_tokens.revoke(all_tokens.of_person(request.user), **caller_of(request.META))
    messages.success(request, "Your token was revoked." if count == 1 else f"{count} tokens were revoked.")
    return redirect("account_tokens")


def _make(request: HttpRequest, form: TokenForm) -> all_tokens.Issued | None:
    """The new token; None if this form has already created one."""
    try:
        with transaction.atomic():
            return all_tokens.create_personal(
                request.user,
                name=form.cleaned_data["name"],
                read_only=form.read_only,
                project_id=form.project_id,
                days=form.cleaned_data["days"],
                form_key=form.cleaned_data["form_key"],
                **caller_of(request.META),
            )
    except IntegrityError:
        return None


def _page(request: HttpRequest, form: TokenForm, projects: list[tuple[uuid.UUID, str]], **more: object) -> HttpResponse:
    rows = rows_of(request.user, dict(projects))
    return render(request, "brainstem/tokens/index.html", {"form": form, "rows": rows, **more})


def _projects(request: HttpRequest) -> list[tuple[uuid.UUID, str]]:
    """Projects in which the caller has a role, by name."""
    actor, spec = acting(request), project_spec()
    held = ObjectRole.objects.filter(user_id=actor.user_id or 0).values_list("object_id", flat=True)
    rows = looking(request).rows(spec).filter(pk__in=held)
    return list(rows.order_by("name", "pk").values_list("pk", "name"))
