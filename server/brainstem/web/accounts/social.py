"""Signing in with an account of another server: whom it may sign in, and what it tells.

An account here is never found by an address that another server tells: who has one signs in to it and connects.
"""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.openid_connect import views as openid
from allauth.socialaccount.providers.orcid import views as orcid
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from brainstem.apps.users.models import User
from brainstem.core import write
from brainstem.core.errors import Invalid
from brainstem.core.registry import spec_of
from brainstem.web.acting import acting


class Adapter(DefaultSocialAccountAdapter):
    """Believes of another server who somebody is, and little else."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "no_password": "Set a password first: without this connection you could not sign in any more.",
        "connected_other": "This account is connected to somebody else here.",
    }

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:  # noqa: ARG002
        """Never: an address may have had another owner when that server looked."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:  # noqa: ARG002
        """Only a plain true vouches for an address; some servers send texts."""
        for address in sociallogin.email_addresses:
            address.verified = address.verified is True


def remember_orcid(*, request: HttpRequest, user: Any = None, sociallogin: Any = None, **_: Any) -> None:
    """Write the ORCID that somebody proved to be theirs into their profile."""
    if sociallogin is None or sociallogin.account.provider != "orcid":
        return
    person = user or sociallogin.user
    try:
        orcid_id = {"orcid_id": sociallogin.account.uid}
        write.change(spec_of(User), person.pk, orcid_id, actor=acting(request, person), portal="private")
    except Invalid:
        # Another server's text must not keep somebody from signing in.
        return


# --- the way there ---------------------------------------------------------------------------------------------------


def to_orcid(request: HttpRequest) -> HttpResponse:
    """On to ORCID."""
    return _by_page(request, _orcid(orcid.oauth2_login, request), "ORCID")


def from_orcid(request: HttpRequest) -> HttpResponse:
    """Back from ORCID."""
    return _orcid(orcid.oauth2_callback, request)


def to_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """On to the OpenID Connect provider."""
    return _by_page(request, openid.login(request, provider_id), "")


def _orcid(view: Any, request: HttpRequest) -> HttpResponse:
    try:
        answer: HttpResponse = view(request)
    except SocialApp.DoesNotExist as error:
        raise Http404("ORCID is not set up here.") from error
    return answer


def _by_page(request: HttpRequest, answer: HttpResponse, name: str) -> HttpResponse:
    """Lead to another server by a page instead of a redirect.

    Our policy lets forms be sent to this server only, and browsers hold redirects of a sent form to it: those of the
    provider too, which leads people on to their university, whose address nobody can list.
    """
    away = answer.headers.get("Location", "")
    if request.method != "POST" or not away.startswith(("https://", "http://")):
        return answer
    return render(request, "socialaccount/login_redirect.html", {"provider": name, "redirect_to": away})
