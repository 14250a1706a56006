"""Addresses of the portals; forms have theirs beside these."""

from __future__ import annotations

from django.urls import path, re_path

from .access import access
from .active_pages import active
from .administering.accounts import people, person
from .administering.announcing import announcements
from .administering.running import server
from .bulk.pages import bulk, bulk_change
from .card import card
from .choosing import choose_columns
from .deleted import deleted, restore, restore_chosen
from .deleting import delete
from .exports import export
from .grid.pages import grid
from .history.acts import restore_state, undo
from .history.events import event
from .history.lists import history_of_person, list_history
from .history.pages import record_history
from .importing.columns import columns
from .importing.plan import plan_page
from .importing.reviewing import share
from .importing.start import start as import_start
from .importing.template import template
from .inbox import inbox_page
from .keys import keys
from .leading import ALIASES, alias, by_id
from .listing import listing
from .managing.pages import manage
from .people.joining import join
from .pin_pages import pin_page
from .publishing import publish
from .record import record
from .review.pages import review
from .review.queue import approvals
from .selected import selected
from .start import start
from .view_pages import view_page

PORTAL = r"^(?P<portal>private|public|super)/"
PLACE = PORTAL + r"(?P<app>\w+)/(?P<model>\w+)/"
# Words that stand where an identifier or a tab could: the addresses of forms, and of pages of their own.
ID = r"(?!(?:add|bulk|columns|deleted|grid|export|history|selected|views)/)(?P<record_id>[^/]+)/"
TAB = r"(?!(?:change|duplicate|field|history|manage)/)(?P<tab>\w+)/"

urlpatterns = [
    re_path(rf"^(?P<old>{'|'.join(ALIASES)})/?$", alias),
    path("r/<str:record_id>/", by_id, name="record-by-id"),
    re_path(PORTAL + "$", start, name="start"),
    re_path(PORTAL + "history/$", history_of_person, name="history-of-person"),
    re_path(PORTAL + r"history/(?P<event_id>[^/]+)/$", event, name="event"),
    re_path(PORTAL + r"history/(?P<event_id>[^/]+)/undo/$", undo, name="undo"),
    # Before the lists, whose addresses look alike.
    path("super/people/", people, name="super-people"),
    path("super/people/<str:user_id>/", person, name="super-person"),
    path("super/announcements/", announcements, name="super-announcements"),
    path("super/server/", server, name="super-settings"),
    re_path(PLACE + "$", listing, name="list"),
    path("keyboard/", keys, name="keys"),
    path("private/active/", active, name="active"),
    path("private/approvals/", approvals, name="approvals"),
    path("private/import-tool/", import_start, name="import"),
    path("private/import-tool/template/<str:kind>/", template, name="import-template"),
    path("private/import-tool/<str:import_id>/", plan_page, name="import-plan"),
    path("private/import-tool/<str:import_id>/columns/", columns, name="import-columns"),
    path("private/import-tool/<str:import_id>/review/", share, name="import-review"),
    path("private/inbox/", inbox_page, name="inbox"),
    path("private/pins/", pin_page, name="pins"),
    re_path(PLACE + "columns/$", choose_columns, name="columns"),
    re_path(PLACE + "views/$", view_page, name="views"),
    re_path(PLACE + r"selected/(?P<act>\w+)/$", selected, name="selected"),
    re_path(PLACE + "bulk/$", bulk, name="bulk"),
    re_path(PLACE + r"bulk/(?P<change_id>[^/]+)/$", bulk_change, name="bulk-change"),
    re_path(PLACE + "grid/$", grid, name="grid"),
    re_path(PLACE + r"export/(?P<kind>\w+)/$", export, name="export"),
    re_path(PLACE + "deleted/$", deleted, name="deleted"),
    re_path(PLACE + "deleted/restore/$", restore_chosen, name="restore-chosen"),
    re_path(PLACE + r"deleted/(?P<record_id>[^/]+)/restore/$", restore, name="restore-deleted"),
    re_path(PLACE + "history/$", list_history, name="list-history"),
    re_path(PLACE + ID + "delete/$", delete, name="delete"),
    re_path(PLACE + ID + "access/$", access, name="access"),
    re_path(PLACE + ID + "card/$", card, name="card"),
    re_path(PLACE + ID + "history/$", record_history, name="history"),
    re_path(PLACE + ID + "history/revert/$", restore_state, name="revert"),
    re_path(PLACE + ID + "join/$", join, name="join"),
    re_path(PLACE + ID + "manage/$", manage, name="manage"),
    re_path(PLACE + ID + "publish/$", publish, name="publish"),
    re_path(PLACE + ID + "review/$", review, name="review"),
    re_path(PLACE + ID + "$", record, name="record"),
    re_path(PLACE + ID + TAB + "$", record, name="tab"),
]
