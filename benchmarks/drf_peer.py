"""The first peer: the same answers by Django REST framework, with everything that tuning by hand gives it.

One statement a relation, only the columns that are shown, and the same scopes. Ids that the reader may not see are left
out by the prefetched querysets themselves.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, When
from django.http import Http404
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from brainstem.apps.modules.models.behavior import Behavior
from brainstem.apps.modules.models.data_acquisition import DataAcquisition
from brainstem.apps.modules.models.equipment import Equipment
from brainstem.apps.modules.models.manipulation import Manipulation
from brainstem.apps.modules.models.procedure import Procedure
from brainstem.apps.personal_attributes.models.data_storage import DataStorage
from brainstem.apps.stem.models.epoch import Epoch
from brainstem.apps.stem.models.project import Project
from brainstem.apps.stem.models.session import Session
from brainstem.apps.stem.models.subject import Subject
from brainstem.apps.users import tokens
from brainstem.core.models import AudienceProject, ObjectRole, Tag

LINKS = {name: f"{name}/" for name in Session.resource.links}


# -- scopes ----------------------------------------------------------------------------------------------------------


def in_audience(queryset: QuerySet[Any], user: int) -> QuerySet[Any]:
    """Rows of the project tree that a person sees."""
    # EXISTS: with IN, SQLite reads every audience for each prefetched relation.
    return queryset.filter(Exists(_audiences(user)))


def _audiences(user: int) -> QuerySet[AudienceProject]:
    mine = ObjectRole.objects.filter(user_id=user, object_id=OuterRef("project_id"))
    return AudienceProject.objects.filter(Exists(mine), audience_id=OuterRef("audience_id"))


def held(user: int, holder: str) -> Exists:
    """A role on the object that a column names."""
    return Exists(ObjectRole.objects.filter(user_id=user, object_id=OuterRef(holder)))


def usable(queryset: QuerySet[Any], user: int, parent: str = "") -> QuerySet[Any]:
    """Personal attributes, or what is below them, that a person may refer to."""
    prefix = f"{parent}__" if parent else ""
    return queryset.filter(Q(held(user, f"{parent}_id" if parent else "id")) | Q(**{f"{prefix}is_public": True}))


# -- querysets -------------------------------------------------------------------------------------------------------


def ids(name: str, queryset: QuerySet[Any], *columns: str, order: tuple[str, ...] = ("id",)) -> Prefetch[Any]:
    """A relation of which only ids are shown."""
    return Prefetch(name, queryset.only("id", *columns).order_by(*order))


def sessions(user: int, *, included: bool) -> QuerySet[Session]:
    """Sessions that a person sees, with everything that is shown of them; a fixed number of statements."""
    found = in_audience(Session.objects.all(), user).defer("audience").order_by("id")
    placed = ("order", "id")
    shared: list[Any] = [
        ids("projects", Project.objects.filter(held(user, "id"))),
        Prefetch("tags", Tag.objects.order_by("name")),
        Prefetch(
            "datastorage",
            usable(DataStorage.objects.all(), user).only("id").order_by("sessiondatastorages__order", "id"),
        ),
    ]
    if not included:
        plain = ((DataAcquisition, "dataacquisition", placed), (Behavior, "behaviors", placed),
                 (Manipulation, "manipulations", placed), (Epoch, "epochs", ("id",)))  # fmt: skip
        return found.prefetch_related(
            *shared, *(ids(name, model.objects.all(), "session", order=order) for model, name, order in plain)
        )
    return found.prefetch_related(*shared, *_records(user))


def _records(user: int) -> list[Prefetch[Any]]:
    procedures = ids("procedures", in_audience(Procedure.objects.all(), user))
    equipment = ids("equipment", usable(Equipment.objects.all(), user, "setup"))
    shown = {
        name: Case(When(Q(held(user, f"{column}_id")) | Q(**{f"{column}__is_public": True}), then=F(f"{column}_id")))
        for name, column in (("shown_setup", "setup"), ("shown_assay", "behavioralassay"))
    }
    behaviors = Behavior.objects.annotate(**shown).order_by("order", "id")
    inner = [
        ids(name, in_audience(model.objects.all(), user))
        for model, name in (
            (Behavior, "behavior"),
            (DataAcquisition, "dataacquisition"),
            (Manipulation, "manipulation"),
        )
    ]
    with_both = (procedures, equipment)
    return [
        Prefetch("dataacquisition", DataAcquisition.objects.order_by("order", "id").prefetch_related(*with_both)),
        Prefetch("manipulations", Manipulation.objects.order_by("order", "id").prefetch_related(*with_both)),
        Prefetch("behaviors", behaviors.prefetch_related(ids("subjects", in_audience(Subject.objects.all(), user)))),
        Prefetch("epochs", Epoch.objects.order_by("id").prefetch_related(*inner)),
    ]


# -- serializers -----------------------------------------------------------------------------------------------------

TAIL = ("created_at", "updated_at", "created_by")
MODULE = ("id", "session", "notes", "order", *TAIL)


class DataAcquisitionSerializer(serializers.ModelSerializer[DataAcquisition]):
    """A data acquisition."""

    class Meta:
        model = DataAcquisition
        fields = (*MODULE, "type", "procedures", "equipment", "details", "type_schema_version", "image")
        read_only_fields = fields


class ManipulationSerializer(serializers.ModelSerializer[Manipulation]):
    """A manipulation."""

    class Meta:
        model = Manipulation
        fields = (*MODULE, "type", "procedures", "equipment", "details", "type_schema_version")
        read_only_fields = fields


class BehaviorSerializer(serializers.ModelSerializer[Behavior]):
    """A behavior; its setup and assay are null where the reader may not see them."""

    setup = serializers.UUIDField(source="shown_setup")
    behavioralassay = serializers.UUIDField(source="shown_assay")

    class Meta:
        model = Behavior
        fields = (*MODULE, "subjects", "setup", "behavioralassay")
        read_only_fields = fields


class EpochSerializer(serializers.ModelSerializer[Epoch]):
    """An epoch."""

    start = serializers.DurationField()
    end = serializers.DurationField()

    class Meta:
        model = Epoch
        fields = ("id", "session", "name", "start", "end", "behavior", "dataacquisition", "manipulation", *TAIL)
        read_only_fields = fields


class SessionSerializer(serializers.ModelSerializer[Session]):
    """A session with the ids of what belongs to it."""

    tags = serializers.SlugRelatedField(many=True, read_only=True, slug_field="name")
    links = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = (
            "id", "name", "description", "projects", "date_time", "epochs", "datastorage", "extra_fields",
            "download_links", "dataacquisition", "behaviors", "manipulations", "name_used_in_storage", "tags", "links",
            *TAIL,
        )  # fmt: skip
        read_only_fields = fields

    def get_links(self, session: Session) -> dict[str, str]:  # noqa: ARG002
        return LINKS


class WholeSessionSerializer(SessionSerializer):
    """A session with what belongs to it."""

    dataacquisition = DataAcquisitionSerializer(many=True)
    behaviors = BehaviorSerializer(many=True)
    manipulations = ManipulationSerializer(many=True)
    epochs = EpochSerializer(many=True)


# -- views -----------------------------------------------------------------------------------------------------------


class Bearer(BaseAuthentication):
    """The server's own tokens."""

    def authenticate(self, request: Any) -> tuple[Any, str] | None:
        raw = request.META.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        actor = tokens.authenticate(raw, address=request.META.get("REMOTE_ADDR", ""))
        return None if actor is None else (actor, raw)


class SignedIn(BasePermission):
    """Anybody with a token."""

    def has_permission(self, request: Any, view: Any) -> bool:  # noqa: ARG002
        return bool(request.user and getattr(request.user, "user_id", None))


class Pages(LimitOffsetPagination):
    """Pages wrapped as the server wraps them."""

    default_limit = 20
    max_limit = 100

    def get_paginated_response(self, data: Any) -> Response:
        per_page, offset = self.limit or 20, self.offset or 0
        meta = {
            "page": offset // per_page + 1,
            "per_page": per_page,
            "total_results": self.count,
            "total_pages": max(1, -(-self.count // per_page)),
        }
        links = {"next": self.get_next_link(), "previous": self.get_previous_link()}
        return Response({"sessions": data, "count": self.count, **links, "meta": meta})

    def get_next_link(self) -> str | None:
        return self._at(self.offset + self.limit) if self.offset + self.limit < self.count else None

    def get_previous_link(self) -> str | None:
        return self._at(max(0, self.offset - self.limit)) if self.offset > 0 else None

    def _at(self, offset: int) -> str:
        parameters = self.request.GET.copy()
        parameters["offset"] = str(offset)
        return f"http://localhost:8000{self.request.path}?{urlencode(list(parameters.lists()), doseq=True)}"


class SessionViews:
    """What both views share."""

    authentication_classes = (Bearer,)
    permission_classes = (SignedIn,)
    renderer_classes = (JSONRenderer,)
    request: Any

    def included(self) -> bool:
        return "include[]" in self.request.GET

    def get_queryset(self) -> QuerySet[Session]:
        found = sessions(self.request.user.user_id, included=self.included())
        part = self.request.GET.get("filter{name.icontains}")
        return found.filter(name__icontains=part) if part else found

    def get_serializer_class(self) -> type[SessionSerializer]:
        return WholeSessionSerializer if self.included() else SessionSerializer


class SessionList(SessionViews, ListAPIView[Session]):
    """Pages of sessions."""

    pagination_class = Pages


class SessionDetail(SessionViews, RetrieveAPIView[Session]):
    """One session."""

    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        found = self.get_queryset().filter(pk=kwargs["pk"]).first()
        if found is None:
            raise Http404
        return Response({"session": self.get_serializer(found).data})
