"""Addresses of the portals; forms have theirs beside these."""

from __future__ import annotations

from django.urls import path, re_path

from .access import access
from .active_pages import active
from .choosing import choose_columns
from .deleting import delete
from .exports import export
from .keys import keys
from .leading import ALIASES, alias, by_id
from .listing import listing
from .record import record
from .selected import selected
from .start import start

PLACE = r"^(?P<portal>private|public|super)/(?P<app>\w+)/(?P<model>\w+)/"
# Words that stand where an identifier or a tab could: the addresses of forms, and of pages of their own.
ID = r"(?!(?:add|bulk|columns|deleted|grid|export|selected)/)(?P<record_id>[^/]+)/"
TAB = r"(?!(?:change|duplicate|history|manage)/)(?P<tab>\w+)/"

urlpatterns = [
    re_path(rf"^(?P<old>{'|'.join(ALIASES)})/?$", alias),
    path("r/<str:record_id>/", by_id, name="record-by-id"),
    re_path(r"^(?P<portal>private|public|super)/$", start, name="start"),
    re_path(PLACE + "$", listing, name="list"),
    path("keyboard/", keys, name="keys"),
    path("private/active/", active, name="active"),
    re_path(PLACE + "columns/$", choose_columns, name="columns"),
    re_path(PLACE + r"selected/(?P<act>\w+)/$", selected, name="selected"),
    re_path(PLACE + r"export/(?P<kind>\w+)/$", export, name="export"),
    re_path(PLACE + ID + "delete/$", delete, name="delete"),
    re_path(PLACE + ID + "access/$", access, name="access"),
    re_path(PLACE + ID + "$", record, name="record"),
    re_path(PLACE + ID + TAB + "$", record, name="tab"),
]
