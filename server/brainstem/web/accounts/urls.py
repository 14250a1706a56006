"""Addresses of the pages about one's own account that allauth does not have, or has otherwise."""

from __future__ import annotations

from django.urls import path

from . import email, security, sessions, views

urlpatterns = [
    path("profile/", views.profile, name="account_profile"),
    path("email/", email.email, name="account_email"),
    path("email/again/", email.again, name="account_email_again"),
    path("email/stop/", email.stop, name="account_email_stop"),
    path("email/confirm/<str:key>/", email.agree, name="account_email_agree"),
    path("security/", security.security, name="account_security"),
    path("sessions/", sessions.sessions, name="usersessions_list"),
]
