"""URLs of the forms."""

from __future__ import annotations

from django.urls import re_path

from . import options, views

urlpatterns = [
    re_path(r"^(?P<portal>private|public|super)/(?P<app>\w+)/(?P<model>\w+)/tags/$", views.tags, name="tags"),
    re_path(
        r"^(?P<portal>private|public|super)/(?P<app>\w+)/(?P<model>\w+)/options/$", options.options, name="options"
    ),
    re_path(r"^(?P<portal>private|public|super)/(?P<app>\w+)/(?P<model>\w+)/add/$", views.add, name="add"),
    re_path(
        r"^(?P<portal>private|public|super)/(?P<app>\w+)/(?P<model>\w+)/(?P<record>[^/]+)/change/$",
        views.change,
        name="change",
    ),
    re_path(
        r"^(?P<portal>private|public|super)/(?P<app>\w+)/(?P<model>\w+)/(?P<record>[^/]+)/field/$",
        views.field,
        name="field",
    ),
    re_path(
        r"^(?P<portal>private|public|super)/(?P<app>\w+)/(?P<model>\w+)/(?P<record>[^/]+)/duplicate/$",
        views.duplicate,
        name="duplicate",
    ),
]
