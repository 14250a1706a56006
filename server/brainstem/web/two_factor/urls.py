"""URLs of two-factor authentication. allauth redirects to the names that start with ``mfa_``."""

from __future__ import annotations

from django.urls import path, re_path

from . import challenge, passkeys, views

urlpatterns = [
    path("", views.overview, name="mfa_index"),
    path("default/", views.choose_default, name="two_factor_default"),
    path("authenticate/", challenge.challenge, name="mfa_authenticate"),
    path("authenticate/<slug:factor>/", challenge.challenge, name="two_factor_challenge"),
    path("reauthenticate/", challenge.ReauthenticateView.as_view(), name="mfa_reauthenticate"),
    path("reauthenticate/<slug:factor>/", challenge.ReauthenticateView.as_view(), name="two_factor_reauthenticate"),
    path("app/add/", views.add_app, name="mfa_activate_totp"),
    path("email/add/", views.add_email, name="two_factor_add_email"),
    re_path(r"^(?P<method>app|email)/remove/$", views.remove_method, name="two_factor_remove"),
    path("passkeys/add/", views.add_passkey, name="mfa_add_webauthn"),
    path("passkeys/sign_in/", passkeys.SignInView.as_view(), name="mfa_login_webauthn"),
    path("passkeys/<int:pk>/", views.rename_passkey, name="two_factor_rename_passkey"),
    path("passkeys/<int:pk>/remove/", views.remove_passkey, name="two_factor_remove_passkey"),
    path("backup_codes/", views.new_codes, name="two_factor_backup_codes"),
]
