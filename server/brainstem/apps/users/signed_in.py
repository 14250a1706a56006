"""The person of a browser's request, with what pages need of them, in the statement that loads the account."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import TextField
from django.db.models.expressions import RawSQL

from brainstem.core.access.actor import Actor
from brainstem.core.access.scope import View, held
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import spec_of

from .list_models import COLUMNS, KeptList

_ACTIVE = {
    "sqlite": "(SELECT json_group_array(p.project_id) FROM {link} p WHERE p.user_id = {user}.id AND {seen})",
    "postgresql": "(SELECT json_agg(p.project_id)::text FROM {link} p WHERE p.user_id = {user}.id AND {seen})",
}
_LISTS = {
    "sqlite": "(SELECT json_group_object(k.model, json(k.content)) FROM {kept} k"
    " WHERE k.owner_id = {user}.id AND k.kind = %s)",
    "postgresql": "(SELECT json_object_agg(k.model, k.content)::text FROM {kept} k"
    " WHERE k.owner_id = {user}.id AND k.kind = %s)",
}


Kept = Mapping[str, Any]  # how somebody wants the columns of a list


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's, with the columns that people keep and their active projects."""

    def get_user(self, user_id: object) -> Any:
        """The account with this id, if it is active."""
        model: Any = get_user_model()
        seen = held("p.project_id", View(portal="private", signed_in=True))
        names = {
            "user": model._meta.db_table,
            "link": model.active_projects.through._meta.db_table,
            "kept": KeptList._meta.db_table,
            "seen": seen.text,
        }
        values = [user_id for _ in seen.slots]
        active = RawSQL(_ACTIVE[connection.vendor].format(**names), values, TextField())  # noqa: S611 - our own SQL
        lists = RawSQL(_LISTS[connection.vendor].format(**names), [COLUMNS], TextField())  # noqa: S611
        user = model._default_manager.annotate(kept_active=active, kept_lists=lists).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None


def active_projects(user: Any) -> list[str]:
    """Ids of the projects that a person works on, and still sees; empty for all."""
    if not user.is_authenticated:
        return []
    if not hasattr(user, "kept_active"):
        viewer = Viewer(Actor(user_id=user.pk, email=user.email, via="browser"), "private")
        pks = user.active_projects.values_list("pk", flat=True)
        return sorted(map(str, viewer.seen(spec_of(user.active_projects.model), pks)))
    return sorted(str(uuid.UUID(one)) for one in json.loads(user.kept_active or "[]"))


def kept_columns(user: Any, model: str) -> Kept:
    """The columns that a person wants in the lists of a model; empty for the usual ones."""
    if not user.is_authenticated:
        return {}
    if not hasattr(user, "kept_lists"):
        found = KeptList.objects.filter(owner=user, model=model, kind=COLUMNS).first()
        return found.content if found is not None else {}
    kept: Kept = json.loads(user.kept_lists or "{}").get(model) or {}
    return kept


def keep_columns(user: Any, model: str, content: Kept | None) -> None:
    """Keep the columns of a model's lists; None forgets them."""
    if content is None:
        KeptList.objects.filter(owner=user, model=model, kind=COLUMNS).delete()
        return
    KeptList.objects.update_or_create(owner=user, model=model, kind=COLUMNS, name="", defaults={"content": content})


__all__ = ["Backend", "active_projects", "keep_columns", "kept_columns"]
