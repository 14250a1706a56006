"""URLs of the page on which programs are approved."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("account/authorize/", views.authorize, name="account_authorize"),
    path("account/authorize", views.authorize),
]
