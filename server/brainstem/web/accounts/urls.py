"""Addresses of the pages about one's own account that allauth does not have."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("profile/", views.profile, name="account_profile"),
    path("security/", views.security, name="account_security"),
]
