"""URLs of the forms."""

from __future__ import annotations

from django.urls import re_path

from . import views

_MODEL = r"^(?P<portal>private|public|super)/(?P<app>\w+)/(?P<model>\w+)/"

urlpatterns = [
    re_path(rf"{_MODEL}add/$", views.add, name="add"),
    re_path(rf"{_MODEL}(?P<record>[^/]+)/change/$", views.change, name="change"),
    re_path(rf"{_MODEL}(?P<record>[^/]+)/duplicate/$", views.duplicate, name="duplicate"),
]
