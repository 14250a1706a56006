"""URLs of the pages."""

from __future__ import annotations

from django.urls import include, path

from . import addresses
from .look import choose
from .search.views import search

urlpatterns = [
    path("search/", search, name="search"),
    path("robots.txt", addresses.robots),
    path("favicon.ico", addresses.favicon),
    path(".well-known/change-password", addresses.change_password),
    path(".well-known/security.txt", addresses.security_txt),
    path("", include("brainstem.web.tokens.urls")),
    path("", include("brainstem.web.devices.urls")),
    path("account/", include("brainstem.web.accounts.urls")),
    path("account/", include("allauth.account.urls")),
    path("account/connections/", include("allauth.socialaccount.urls")),
    path("account/connections/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("account/two_factor/", include("brainstem.web.two_factor.urls")),
    path("look/", choose, name="look"),
    path("", include("brainstem.web.portal.forms.urls")),
    path("", include("brainstem.web.portal.urls")),
]
