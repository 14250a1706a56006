"""Addresses of the pages about tokens and the programs that ask for them."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [path("private/users/tokens/", views.tokens, name="account_tokens")]
