"""Everything the server stores about one person, as a download for that person."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from brainstem.apps.users.models import User
from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, specs
from brainstem.core.model.trees import Role
from brainstem.core.models import ObjectRole

from . import drafts, events, imports, news
from .draft_models import Draft
from .list_models import KeptList, SavedView
from .models import Membership
from .token_models import Token

PROFILE = (
    "id", "email", "first_name", "last_name", "orcid_id", "google_scholar", "website", "atlas_preference", "time_zone",
    "date_format", "clock_format", "number_format", "mail_wishes", "date_joined", "last_login", "created_at",
    "updated_at", "is_superuser", "two_factor_enabled",
)  # fmt: skip
TOKEN = (
    "name", "kind", "key_id", "created_at", "created_address", "expires_at", "last_used_at", "last_used_address",
    "read_only", "project_id", "revoked_at",
)  # fmt: skip
METHOD = ("type", "created_at", "last_used_at")
LIST = ("model", "kind", "name", "content", "updated_at")
NEWS = ("at", "topic", "text", "address")
VIEW = ("model", "name", "slug", "query", "updated_at")
SESSION = ("ip", "user_agent", "created_at", "last_seen_at")


def archive(user: Any, *, actor: Actor) -> bytes:
    """A ZIP file with ``account.json``, the drafts and the portrait."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr("account.json", json.dumps(about(user, actor=actor), cls=DjangoJSONEncoder, indent=1))
        for draft in drafts.of(user.pk).defer(None):
            files.writestr(_file_of(draft), draft.content)
        if user.picture:
            with suppress(FileNotFoundError), user.picture.open("rb") as picture:
                files.writestr("picture.jpg", picture.read())
    return kept.getvalue()


def about(user: User, *, actor: Actor) -> dict[str, object]:
    """Everything but the portrait and the content of drafts; without secrets, and only records seen by the person."""
    return {
        "profile": {name: getattr(user, name) for name in PROFILE}
        | {"active_projects": [str(pk) for pk in user.active_projects.values_list("pk", flat=True)]},
        "email_addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "connections": list(SocialAccount.objects.filter(user=user).values("provider", "uid", "date_joined")),
        "two_factor_methods": list(Authenticator.objects.filter(user=user).values(*METHOD)),
        "tokens": list(Token.objects.filter(user=user).order_by("pk").values(*TOKEN)),
        "sessions": list(UserSession.objects.filter(user=user).values(*SESSION)),
        "security_log": list(events.of(user).values("at", "kind", "about", "address", "agent")),
        "groups": [
            {"id": row.group_id, "name": row.group.name, "role": Role(row.level).name.lower()}
            for row in Membership.objects.filter(user=user).select_related("group").order_by("group_id")
        ],
        "lists": list(KeptList.objects.filter(owner=user).order_by("pk").values(*LIST)),
        "news": list(news.of(user.pk).values(*NEWS)),
        "views": list(SavedView.objects.filter(owner=user).order_by("pk").values(*VIEW)),
        "drafts": [{"key": one.key, "updated_at": one.updated_at, "file": _file_of(one)} for one in drafts.of(user.pk)],
        "imports": [
            {"name": one.name, "kind": one.kind, "state": one.state, "updated_at": one.updated_at, "source": one.source}
            for one in imports.of(user.pk).defer(None)
        ],
        "roles": _roles(user, actor),
        "records": _records(user, actor),
    }


def _file_of(draft: Draft) -> str:
    # With a number, since keys may differ only in case, which files on some computers may not.
    return f"drafts/{draft.pk}_{draft.key}.json"


def _roles(user: User, actor: Actor) -> dict[str, list[dict[str, object]]]:
    """Roles on projects and personal attributes, by model."""
    levels = dict(ObjectRole.objects.filter(user=user).values_list("object_id", "level"))
    found: dict[str, list[dict[str, object]]] = {}
    for spec in specs().values():
        if spec.columns["id"].wire_type == "uuid":
            rows = [
                _named(record) | {"role": Role(levels[record.pk]).name.lower()}
                for record in _seen(spec, levels.keys(), actor)
            ]
            found |= {spec.label: rows} if rows else {}
    return found


def _records(user: User, actor: Actor) -> dict[str, list[dict[str, object]]]:
    """Records created by the person, by model."""
    found: dict[str, list[dict[str, object]]] = {}
    for spec in specs().values():
        made = spec.model._default_manager.filter(created_by=user).values_list("pk", flat=True)
        rows = [_named(record) for record in _seen(spec, list(made), actor)]
        found |= {spec.label: rows} if rows else {}
    return found


def _seen(spec: Spec, ids: Iterable[RecordId], actor: Actor) -> Any:
    seen = Viewer(actor, "private").seen(spec, ids)
    return spec.model._default_manager.filter(pk__in=seen).order_by("pk")


def _named(record: Model) -> dict[str, object]:
    return {"id": record.pk, "name": str(record)}
