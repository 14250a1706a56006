"""URLs of the pages about tokens."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("private/users/tokens/", views.tokens, name="account_tokens"),
    path("private/users/tokens", views.tokens),  # before the URL of a record, which would match too
    path("private/users/tokens/<int:token_id>/revoke/", views.revoke, name="account_token_revoke"),
    path("private/users/tokens/revoke/", views.revoke_all, name="account_tokens_revoke"),
]
