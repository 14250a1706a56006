"""URLs of account pages that allauth lacks or has differently."""

from __future__ import annotations

from allauth.socialaccount.providers import registry
from django.urls import path

from . import confirming, email, invitations, leaving, notices, openid, profile, security, sessions, social

registry.load()
openid.install()

urlpatterns = [
    path("profile/", profile.profile, name="account_profile"),
    path("picture/", profile.upload, name="account_picture_upload"),
    path("picture/<int:user_id>/", profile.picture, name="account_picture"),
    path("email/", email.email, name="account_email"),
    path("email/again/", email.again, name="account_email_again"),
    path("email/stop/", email.stop, name="account_email_stop"),
    path("email/confirm/<str:key>/", email.agree, name="account_email_agree"),
    path("confirm-email/<str:key>/", confirming.Confirm.as_view(), name="account_confirm_email"),
    path("invite/", invitations.invite, name="account_invite"),
    path("invited/<str:key>/", invitations.follow, name="account_invited"),
    path("notices/", notices.notices, name="account_notices"),
    path("notices/close/", notices.close, name="announcement-close"),
    path("export/", leaving.export, name="account_export"),
    path("deactivate/", leaving.close, name="account_close"),
    path("connections/orcid/login/", social.to_orcid, name="orcid_login"),
    path("connections/orcid/login/callback/", social.from_orcid, name="orcid_callback"),
    path("connections/oidc/<str:provider_id>/login/", social.to_provider, name="openid_connect_login"),
    path("connections/oidc/<str:provider_id>/login/callback/", social.from_provider, name="openid_connect_callback"),
    path("security/", security.security, name="account_security"),
    path("sessions/", sessions.sessions, name="usersessions_list"),
]
