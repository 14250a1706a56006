"""The pages that ask for a second factor: to finish a sign-in, and to confirm an identity."""

from __future__ import annotations

from typing import Any

from allauth.account.views import BaseReauthenticateView
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.decorators.cache import never_cache

from brainstem.apps.users import email_codes
from brainstem.apps.users.allauth_internals import login_stage_of, login_stage_required

from .factors import Factor, factors_of
from .proof import Proof
from .steps import FIRST_FACTOR, ChallengeStage

AGAIN = "Your sign-in has ended. Sign in again."


@login_stage_required(stage=ChallengeStage.key, redirect_urlname="account_login")  # type: ignore[untyped-decorator]
def challenge(request: HttpRequest, factor: str = "") -> HttpResponse:
    """The second step of a sign-in: the default method, with links to the others."""
    stage: ChallengeStage = login_stage_of(request)
    user, factors = stage.login.user, factors_of(stage.login.user)
    if stage.is_stale() or not factors:
        messages.error(request, AGAIN)
        ended: HttpResponse = stage.abort()
        return ended
    proof = Proof(request, user, _chosen(factors, factor), email_codes.TO_SIGN_IN)
    if proof.wants_code:
        proof.send_code()
        return redirect(request.path)
    form = proof.form()
    if form.is_valid():
        proof.accept(form, again=False)
        done: HttpResponse = stage.exit()
        return done
    others = [(other.label, _address("two_factor_challenge", other)) for other in factors if other is not proof.factor]
    return render(request, "mfa/authenticate.html", {"others": others} | proof.context(form))


@method_decorator([login_required, never_cache], name="dispatch")
class ReauthenticateView(BaseReauthenticateView):
    """Confirms the identity of a signed-in person with a second factor."""

    template_name = "mfa/reauthenticate.html"

    @cached_property
    def proof(self) -> Proof:
        """The requested factor."""
        factor = _chosen(factors_of(self.request.user), self.kwargs.get("factor", ""))
        return Proof(self.request, self.request.user, factor, email_codes.TO_CONFIRM)

    def get_form(self, form_class: object = None) -> forms.Form:  # noqa: ARG002
        """The form of the factor."""
        return self.proof.form()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send a code, or check one."""
        if self.proof.wants_code:
            self.proof.send_code()
            return redirect(self.passthrough_next_url(request.path))
        return super().post(request, *args, **kwargs)  # type: ignore[no-any-return]

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Continue where the person was."""
        self.proof.accept(form, again=True)
        return super().form_valid(form)  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """What the template shows."""
        shown: dict[str, Any] = super().get_context_data(**kwargs)
        proof, others = self.proof.context(shown["form"]), shown["reauthentication_alternatives"]
        if "blocked" in proof:
            others = [other for other in others if other["id"] == FIRST_FACTOR]
        return shown | proof | {"others": [(other["description"], other["url"]) for other in others]}


def _chosen(factors: list[Factor], key: str) -> Factor:
    """The factor that the URL names, or the default one."""
    found = next((factor for factor in factors if key in ("", factor.key)), None)
    if found is None:
        raise Http404
    return found


def _address(name: str, factor: Factor) -> str:
    return reverse(name, args=[factor.key])
