"""URLs of the API."""

from django.urls import re_path

from . import auth_views, device_views, drafts, schema_views
from .addresses import RESOURCE
from .index import index, unknown
from .openapi.served import schema
from .views import resource

urlpatterns = [
    re_path(r"^$", index, name="index"),
    *auth_views.urlpatterns,
    *device_views.urlpatterns,
    *schema_views.urlpatterns,
    *drafts.urlpatterns,
    re_path(r"^schema/?$", schema, name="schema"),
    re_path(f"^{RESOURCE}", resource, name="resource"),
    re_path(r"^(?P<path>.*)$", unknown),
]
