"""Addresses of the server."""

from django.urls import include, path, re_path

from .health import healthz

urlpatterns = [
    re_path(r"^healthz/?$", healthz, name="healthz"),
    path("api/", include("brainstem.api.urls")),
]
