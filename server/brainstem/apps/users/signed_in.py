"""The person of a browser's request, with what pages need of them, in the statement that loads the account."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import TextField
from django.db.models.expressions import RawSQL
from django.utils import timezone

from brainstem.core.access.scope import View, group_held, held
from brainstem.core.model.registry import group_spec, project_spec
from brainstem.core.model.trees import Role
from brainstem.core.review import awaiting
from brainstem.core.sql.fragment import Slot

from .account_models import StrangerInvitation
from .list_models import ANNOUNCED, COLUMNS, INBOX_DONE, KeptList, SavedView
from .notice_models import Announcement, News

_ACTIVE = {
    "sqlite": "(SELECT json_group_array(p.project_id) FROM {link} p WHERE p.user_id = {user}.id AND {seen})",
    "postgresql": "(SELECT json_agg(p.project_id)::text FROM {link} p WHERE p.user_id = {user}.id AND {seen})",
}
_KEPT = {
    "sqlite": "(SELECT json_group_array(json_array(k.model, k.kind, json(k.content))) FROM {kept} k"
    " WHERE k.owner_id = {user}.id)",
    "postgresql": "(SELECT json_agg(json_build_array(k.model, k.kind, k.content))::text FROM {kept} k"
    " WHERE k.owner_id = {user}.id)",
}
_VIEW = (
    "v.slug, v.model, v.name, v.query, v.project_id, v.group_id, COALESCE(p.name, g.name, ''),"
    " CASE WHEN v.owner_id = {user}.id OR {leads_project} OR {leads_group} THEN 1 ELSE 0 END"
)
_HOLDERS = (
    "{views} v LEFT JOIN {project} p ON p.id = v.project_id LEFT JOIN {group} g ON g.id = v.group_id"
    " WHERE v.owner_id = {user}.id OR {in_project} OR {in_group}"
)
_VIEWS = {
    "sqlite": f"(SELECT json_group_array(json_array({_VIEW})) FROM {_HOLDERS})",
    "postgresql": f"(SELECT json_agg(json_build_array({_VIEW}))::text FROM {_HOLDERS})",
}
# What waits that is no record: news, and for administrators people who are invited and have no account.
_MORE = {
    "sqlite": "(SELECT json_group_array(json_array(n.kind, '', n.id, '')) FROM ({rows} LIMIT 200) n)",
    "postgresql": "(SELECT json_agg(json_build_array(n.kind, '', n.id, ''))::text FROM ({rows} LIMIT 200) n)",
}
_MORE_ROWS = (
    "SELECT 'news' AS kind, CAST(w.id AS TEXT) AS id FROM {news} w WHERE w.person_id = {user}.id UNION ALL"
    " SELECT 'stranger', CAST(s.id AS TEXT) FROM {strangers} s WHERE NOT s.is_approved AND s.ends_at > %s"
    " AND {user}.is_superuser"
)
_ANNOUNCED_FROM = "FROM {announcements} o WHERE o.starts_at <= %s AND o.ends_at > %s"
_ANNOUNCED = {
    "sqlite": f"(SELECT json_group_array(json_array(o.id, o.text, o.link)) {_ANNOUNCED_FROM})",
    "postgresql": f"(SELECT json_agg(json_build_array(o.id, o.text, o.link))::text {_ANNOUNCED_FROM})",
}
_PRIVATE = View(portal="private", signed_in=True)


PARTS = ("kept_active", "kept_lists", "kept_views", "kept_waiting", "kept_more", "kept_announced")
Person = AbstractBaseUser | AnonymousUser  # who asks
Kept = Mapping[str, Any]  # how somebody wants the columns of a list


@dataclass(frozen=True)
class Saved:
    """A saved view that a person sees.

    Attributes
    ----------
    holder : str
        Name of the project or group that shares it; empty for one's own.
    kind : str
        "own", "project" or "group".
    may_change : bool
        Whether the person may change and delete it: their own, and those of what they manage.
    """

    slug: str
    model: str
    name: str
    query: str
    kind: str = "own"
    holder: str = ""
    may_change: bool = False


@dataclass(frozen=True)
class Awaiting:
    """Something that waits for a person: an offer, a proposal, a plan to review, or a record that soon ends.

    Attributes
    ----------
    kind : str
        "offer", "returned", "waiting", "plan" or "ends"; see :mod:`brainstem.core.review.awaiting`. Without a
        record: "news", and "stranger" for people whom an administrator has to let in.
    model : str
        Label of the model of the record with this ``id``.
    day : str
        The last day of what ends, as on the wire; else empty.
    """

    kind: str
    model: str
    id: str
    day: str = ""

    @property
    def key(self) -> str:
        """What is kept of a reminder that was folded away: with another last day, it is a new one."""
        return f"{self.model}/{self.id}/{self.day}"


@dataclass(frozen=True)
class Announced:
    """An announcement, as pages show it."""

    id: int
    text: str
    link: str = ""


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's, with what people keep, the views that they see, their active projects, and what waits for them."""

    def get_user(self, user_id: object) -> Any:
        """The account with this id, if it is active."""
        user = _with_all_kept(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


def _with_all_kept(user_id: object) -> Any:
    """An account with everything that is kept for it; one statement, None without the account."""
    model: Any = get_user_model()
    seen = held("p.project_id", _PRIVATE)
    parts = {
        "in_project": held("v.project_id", _PRIVATE),
        "leads_project": held("v.project_id", _PRIVATE, Role.MANAGER),
        "in_group": group_held("v.group_id", Role.MEMBER),
        "leads_group": group_held("v.group_id", Role.MANAGER),
    }
    names = {
        "user": model._meta.db_table,
        "link": model.active_projects.through._meta.db_table,
        "project": project_spec().table,
        "group": group_spec().table,
        "kept": KeptList._meta.db_table,
        "views": SavedView._meta.db_table,
        "news": News._meta.db_table,
        "strangers": StrangerInvitation._meta.db_table,
        "announcements": Announcement._meta.db_table,
        "seen": seen.text,
    } | {name: one.text for name, one in parts.items()}

    bound = awaiting.slots(user_id)
    waits = awaiting.awaiting(connection.vendor)

    def filled(text: str, slots: tuple[Slot, ...]) -> RawSQL:
        return RawSQL(text, [bound[place[0]] for place in slots], TextField())  # noqa: S611 - ours

    def moments(text: str, number: int) -> RawSQL:
        return RawSQL(text, [bound["now"]] * number, TextField())  # noqa: S611 - ours

    def told(template: Mapping[str, str], slots: tuple[Slot, ...] = ()) -> RawSQL:
        return filled(template[connection.vendor].format(**names), slots)

    asked = {
        "kept_active": told(_ACTIVE, seen.slots),
        "kept_lists": told(_KEPT),
        # The order of the slots does not matter: all of them are the person.
        "kept_views": told(_VIEWS, tuple(place for one in parts.values() for place in one.slots)),
        "kept_waiting": filled(waits.text, waits.slots),
        "kept_more": moments(_MORE[connection.vendor].format(rows=_MORE_ROWS.format(**names)), 1),
        "kept_announced": moments(_ANNOUNCED[connection.vendor].format(**names), 2),
    }
    return model._default_manager.annotate(**asked).filter(pk=user_id).first()


def _told(user: Person, name: str) -> list[Any]:
    """A part of what is kept; of an account that came another way, it is asked for."""
    if not hasattr(user, name):
        loaded = _with_all_kept(user.pk)
        for one in PARTS:
            setattr(user, one, getattr(loaded, one, None))
    return list(json.loads(getattr(user, name) or "[]"))


def active_projects(user: Person) -> list[str]:
    """Ids of the projects that a person works on, and still sees; empty for all."""
    return sorted(str(uuid.UUID(one)) for one in _told(user, "kept_active")) if user.is_authenticated else []


def kept(user: Person, kind: str, model: str = "") -> Any:
    """What a person keeps of a kind, for a model or for all of them; None if nothing."""
    if not user.is_authenticated:
        return None
    return next((content for of, one, content in _told(user, "kept_lists") if (of, one) == (model, kind)), None)


def keep(user: Person, kind: str, content: object, model: str = "") -> None:
    """Keep something of a kind in the place of what was kept; None forgets it."""
    if content is None:
        KeptList.objects.filter(owner=user.pk, model=model, kind=kind).delete()
        return
    KeptList.objects.bulk_create(
        [KeptList(owner_id=user.pk or 0, model=model, kind=kind, content=content, updated_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["owner", "model", "kind", "name"],
        update_fields=["content", "updated_at"],
    )


def kept_columns(user: Person, model: str) -> Kept:
    """The columns that a person wants in the lists of a model; empty for the usual ones."""
    found: Kept = kept(user, COLUMNS, model) or {}
    return found


def keep_columns(user: Person, model: str, content: Kept | None) -> None:
    """Keep the columns of a model's lists; None forgets them."""
    keep(user, COLUMNS, content, model)


def saved_views(user: Person, model: str = "") -> list[Saved]:
    """The views that a person sees, their own first, each by name; those of one model if it is given."""
    if not user.is_authenticated:
        return []
    found = [
        Saved(
            slug,
            of,
            name,
            query,
            "project" if project is not None else "group" if group is not None else "own",
            holder,
            bool(may_change),
        )
        for slug, of, name, query, project, group, holder, may_change in _told(user, "kept_views")
        if model in ("", of)
    ]
    return sorted(found, key=lambda one: (one.kind != "own", one.holder.lower(), one.name.lower(), one.slug))


def inbox(user: Person) -> tuple[list[Awaiting], list[Awaiting]]:
    """What waits for a person, and the reminders that they folded away; none for visitors."""
    if not user.is_authenticated:
        return [], []
    rows = [*_told(user, "kept_waiting"), *_told(user, "kept_more")]
    found = [Awaiting(kind, model, str(pk), str(day)) for kind, model, pk, day in rows]
    folded = set(kept(user, INBOX_DONE) or ())
    return [one for one in found if one.key not in folded], [one for one in found if one.key in folded]


def announcements(user: Person) -> list[Announced]:
    """What administrators announce at present, newest first, without what the person has closed; none for visitors."""
    if not user.is_authenticated:
        return []
    found = [Announced(int(pk), str(text), str(link)) for pk, text, link in _told(user, "kept_announced")]
    closed = set(kept(user, ANNOUNCED) or ())
    return sorted((one for one in found if one.id not in closed), key=lambda one: -one.id)


def close_announcement(user: Person, number: int) -> None:
    """Show an announcement to this person no more; those that are over are forgotten."""
    shown = {int(pk) for pk, _, _ in _told(user, "kept_announced")}
    closed = {*(kept(user, ANNOUNCED) or ()), number} & shown
    keep(user, ANNOUNCED, sorted(closed) or None)


def fold(user: Person, one: Awaiting, *, away: bool) -> None:
    """Fold a reminder away, or take it out again; those that no longer wait are forgotten."""
    _, folded = inbox(user)
    keys = {each.key for each in folded} - {one.key}
    keep(user, INBOX_DONE, sorted(keys | {one.key} if away else keys) or None)


__all__ = [
    "Announced",
    "Awaiting",
    "Backend",
    "Person",
    "Saved",
    "active_projects",
    "announcements",
    "close_announcement",
    "fold",
    "inbox",
    "keep",
    "keep_columns",
    "kept",
    "kept_columns",
    "saved_views",
]
