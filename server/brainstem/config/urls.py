"""Addresses of the server."""

from django.urls import include, path, re_path

from brainstem.api.index import home

from .health import healthz

handler404 = "brainstem.api.index.not_found"
handler500 = "brainstem.api.index.broken"

urlpatterns = [
    path("", home),
    re_path(r"^healthz/?$", healthz, name="healthz"),
    path("api/", include("brainstem.api.urls")),
]
