"""The server's addresses and, before the last one, which takes all that is left, the peer's."""

from django.urls import path, re_path

from brainstem.config import urls

from .drf_peer import SessionDetail, SessionList

*_ours, _nowhere = urls.urlpatterns

handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500

urlpatterns = [
    *_ours,
    path("peer/session/", SessionList.as_view()),
    re_path(r"^peer/session/(?P<pk>[0-9a-f-]{36})/$", SessionDetail.as_view()),
    _nowhere,
]
