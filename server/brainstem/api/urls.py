"""URLs of the API."""

from django.urls import re_path

from . import auth_views, device_views, drafts, imports, schema_views
from .addresses import PORTAL, RESOURCE, RESTORE, UNDO
from .changes_feed import changes
from .history import event_history
from .index import index, unknown
from .openapi.served import schema
from .views import resource, restore, undo

urlpatterns = [
    re_path(r"^$", index, name="index"),
    *auth_views.urlpatterns,
    *device_views.urlpatterns,
    *schema_views.urlpatterns,
    *drafts.urlpatterns,
    *imports.urlpatterns,
    re_path(r"^schema/?$", schema, name="schema"),
    re_path(rf"^{PORTAL}/history/(?P<event>[^/]+)/?$", event_history, name="event_history"),
    re_path(rf"^{PORTAL}/changes/?$", changes, name="changes"),
    re_path(f"^{UNDO}", undo, name="undo"),
    re_path(f"^{RESTORE}", restore, name="restore"),
    re_path(f"^{RESOURCE}", resource, name="resource"),
    re_path(r"^(?P<path>.*)$", unknown),
]
