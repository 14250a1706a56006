"""Signing in with an account of another server: whom it may sign in, and which of its data are used.

Accounts here are never found by an address from another server: people with an account sign in to it and connect.
"""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from requests import RequestException

from brainstem.apps.users.models import User
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Invalid
from brainstem.core.model.registry import spec_of
from brainstem.core.write import saving
from brainstem.web.acting import acting

from . import openid, others


class Adapter(DefaultSocialAccountAdapter):
    """Trusts another server about the identity of a person, and little else."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "no_password": "Set a password first: without this connection you could no longer sign in.",
        "connected_other": "This account is already connected to another account here.",
    }

    def can_authenticate_by_email(self, login: object, email: str) -> bool:  # noqa: ARG002
        """Never: the address may have had another owner when that server checked it."""
        return False

    def get_requests_session(self) -> others.Session:
        """The session for requests to other servers, with limits on time and size."""
        return others.Session()

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:  # noqa: ARG002
        """Only a literal true confirms an address; some servers send texts."""
        for address in sociallogin.email_addresses:
            address.verified = address.verified is True


def remember_orcid(*, request: HttpRequest, user: User | None = None, sociallogin: Any = None, **_: object) -> None:
    """Save a verified ORCID in a person's profile."""
    if sociallogin is None or sociallogin.account.provider != "orcid":
        return
    person = user or sociallogin.user
    try:
        orcid_id = {"orcid_id": sociallogin.account.uid}
        saving.change(spec_of(User), person.pk, orcid_id, viewer=Viewer(acting(request, person), "private"))
    except Invalid:
        # A text from another server must not keep people from signing in.
        return


# --- the way there ---------------------------------------------------------------------------------------------------


def to_orcid(request: HttpRequest) -> HttpResponse:
    """Redirect to ORCID."""
    return _by_page(request, _asked(OAuth2LoginView, openid.Orcid(request)), "ORCID")


def from_orcid(request: HttpRequest) -> HttpResponse:
    """Return from ORCID."""
    return _asked(OAuth2CallbackView, openid.Orcid(request))


def to_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Redirect to the OpenID Connect provider."""
    answer = _asked(OAuth2LoginView, openid.OpenId(request, provider_id))
    if _leads_away(answer):
        answer.headers["Location"] = openid.with_nonce(request, answer.headers["Location"])
    return _by_page(request, answer, "")


def from_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Return from the provider."""
    return _asked(OAuth2CallbackView, openid.OpenId(request, provider_id))


def _asked(view: Any, adapter: Any) -> HttpResponse:
    """The response of a view of allauth; an error page if the other server's responses are unusable."""
    try:
        answer: HttpResponse = view.adapter_view(adapter)(adapter.request)
    except SocialApp.DoesNotExist as error:
        raise Http404("This way of signing in is not set up here.") from error
    except (OAuth2Error, RequestException) as error:
        page: HttpResponse = render_authentication_error(adapter.request, adapter.get_provider(), exception=error)
        return page
    return answer


def _leads_away(answer: HttpResponse) -> bool:
    return answer.headers.get("Location", "").startswith(("https://", "http://"))


def _by_page(request: HttpRequest, answer: HttpResponse, name: str) -> HttpResponse:
    """Lead to another server with a page instead of a redirect.

    Our content security policy allows forms to be sent to this server only, and browsers apply it to the redirects that
    follow, including those of the provider to people's universities, which cannot be listed.
    """
    if request.method != "POST" or not _leads_away(answer):
        return answer
    away = answer.headers["Location"]
    return render(request, "socialaccount/login_redirect.html", {"provider": name, "redirect_to": away})
