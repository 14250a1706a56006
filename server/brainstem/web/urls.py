"""URLs of the pages."""

from __future__ import annotations

from django.urls import include, path, re_path

from . import addresses, views
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
    path("", include("brainstem.web.portal.forms.urls")),
    re_path(r"^(?P<portal>private|public|super)/$", views.portal),
    re_path(r"^(?P<path>(?:private|public|super)/\w+/\w+(?:/[^/]+)?)/?$", views.to_api, name="record"),
]
