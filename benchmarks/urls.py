"""The server's addresses and, beside them, the peer's."""

from django.urls import include, path, re_path

from .drf_peer import SessionDetail, SessionList

urlpatterns = [
    path("", include("brainstem.config.urls")),
    path("peer/session/", SessionList.as_view()),
    re_path(r"^peer/session/(?P<pk>[0-9a-f-]{36})/$", SessionDetail.as_view()),
]
