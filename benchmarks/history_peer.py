"""Writing sessions the way Django REST framework does by itself, and the same with django-simple-history.

Neither knows who may write what: the peers are given every advantage. Both write the same rows of the same tables as
the server, within one transaction for each request.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import path, re_path
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from rest_framework import serializers
from rest_framework.generics import CreateAPIView, RetrieveUpdateDestroyAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from brainstem.apps.stem.models.session import Session
from brainstem.config import urls
from brainstem.core.access.audience import audience_of
from brainstem.core.models import Tag

from .drf_peer import Bearer, SignedIn


class Words(serializers.SlugRelatedField[Tag]):
    """Tags by their words; new ones are added."""

    def to_internal_value(self, data: str) -> Tag:
        return Tag.objects.get_or_create(name=data)[0]


class SessionSerializer(serializers.ModelSerializer[Session]):
    """A session that can be written."""

    tags = Words(many=True, required=False, slug_field="name", queryset=Tag.objects.all())

    class Meta:
        model = Session
        fields = (
            "id", "name", "description", "projects", "date_time", "extra_fields", "name_used_in_storage", "tags",
            "created_at", "updated_at", "created_by",
        )  # fmt: skip
        read_only_fields = ("id", "created_at", "updated_at", "created_by")

    def create(self, validated_data: dict[str, Any]) -> Session:
        projects = [one.pk for one in validated_data["projects"]]
        return super().create(validated_data | {"audience_id": audience_of(projects)})


class Views:
    """What all views share."""

    queryset = Session.objects.all()
    serializer_class = SessionSerializer
    authentication_classes = (Bearer,)
    permission_classes = (SignedIn,)
    renderer_classes = (JSONRenderer,)


@method_decorator(conditional_page, name="get")
class SessionDetail(Views, RetrieveUpdateDestroyAPIView[Session]):
    """Shows, changes and deletes a session; the ETag is Django's, a digest of the answer."""

    @transaction.atomic
    def patch(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return super().patch(request, *args, **kwargs)

    @transaction.atomic
    def delete(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return super().delete(request, *args, **kwargs)


class SessionList(Views, CreateAPIView[Session]):
    """Adds a session."""

    @transaction.atomic
    def post(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return super().post(request, *args, **kwargs)


urlpatterns = [
    *urls.urlpatterns[:-1],
    path("peer/session/", SessionList.as_view()),
    re_path(r"^peer/session/(?P<pk>[0-9a-f-]{36})/$", SessionDetail.as_view()),
    urls.urlpatterns[-1],
]
