"""Addresses of the pages about one's own account that allauth does not have, or has otherwise."""

from __future__ import annotations

from django.urls import path

from . import security, sessions, views

urlpatterns = [
    path("profile/", views.profile, name="account_profile"),
    path("security/", security.security, name="account_security"),
    path("sessions/", sessions.sessions, name="usersessions_list"),
]
