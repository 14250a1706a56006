"""Writing saved views: one's own, and those of the projects and groups that one manages."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Conflict, Forbidden, Invalid, Missing
from brainstem.core.model.registry import Spec, group_spec, memberships, project_spec
from brainstem.core.model.trees import Role
from brainstem.core.models import ObjectRole

from .list_models import SavedView

LONGEST_NAME = 80
LONGEST_QUERY = 4000
MOST_OWN, MOST_SHARED = 200, 50  # of one person; of one project or group
OWN = "own"
_LETTERS = "bcdfghjkmnpqrstvwxz23456789"  # so that no word appears by chance
_AT_END = 6


@dataclass(frozen=True)
class Holder:
    """Who a view belongs to: a person, or a project or group that shares it. ``key`` names it in forms."""

    key: str
    name: str
    columns: Mapping[str, object]

    @property
    def is_shared(self) -> bool:
        """Whether others see the view."""
        return self.key != OWN


def holders(viewer: Viewer) -> list[Holder]:
    """The person, and the projects and groups with which they may share; two statements."""
    led = {"user": viewer.actor.user_id, "level__gte": Role.MANAGER}
    ids = ObjectRole.objects.filter(**led).values("object_id")
    projects = project_spec().model._default_manager.filter(pk__in=ids).order_by("name").values_list("pk", "name")
    groups = memberships().filter(**led).order_by("group__name").values_list("group_id", "group__name")
    found = [Holder(OWN, "", {"owner_id": viewer.actor.user_id})]
    found += [Holder(f"project:{pk}", name, {"project_id": pk}) for pk, name in projects]
    return found + [Holder(f"group:{pk}", name, {"group_id": pk}) for pk, name in groups]


def holder_of(key: str, viewer: Viewer) -> Holder:
    """The holder that a form names.

    Raises
    ------
    Missing
        If the person does not see it.
    Forbidden
        If they do not manage it.
    """
    if key in ("", OWN):
        return Holder(OWN, "", {"owner_id": viewer.actor.user_id})
    kind, _, text = key.partition(":")
    spec: Spec | None = {"project": project_spec(), "group": group_spec()}.get(kind)
    try:
        pk = spec.parse_id(text, below=2**31) if spec else None
    except ValueError:
        pk = None
    if spec is None or pk is None or not viewer.seen(spec, [pk]):
        raise Missing
    if not viewer.editable(spec, [pk], level=Role.MANAGER):
        raise Forbidden(f"Only managers and owners of a {kind} share views with it.")
    return Holder(key, "", {f"{kind}_id": pk})


def parse_name(text: str) -> str:
    """The name of a view.

    Raises
    ------
    Invalid
        If it has none, or too long a one.
    """
    name = " ".join(text.replace("\x00", " ").split())
    if not name:
        raise Invalid.at("name", "Give the view a name.")
    if len(name) > LONGEST_NAME:
        raise Invalid.at("name", f"The name has {len(name)} characters; at most {LONGEST_NAME} are kept.")
    return name


def create(name: str, *, model: str, query: str, holder: Holder) -> SavedView:
    """A new view.

    Raises
    ------
    Invalid
        If the name or the address of the list is too long.
    Conflict
        If the holder has a view of this name, or too many.
    """
    name, query = parse_name(name), _parse_query(query)
    most = MOST_SHARED if holder.is_shared else MOST_OWN
    if SavedView.objects.filter(**holder.columns).count() >= most:
        raise Conflict(f"There are {most} views already, and no more are kept. Delete one that is no longer needed.")
    end = "".join(secrets.choice(_LETTERS) for _ in range(_AT_END))
    slug = f"{slugify(name)[:50].strip('-') or 'view'}-{end}"
    return _write(SavedView(slug=slug, model=model, name=name, query=query, **holder.columns))


def rename(slug: str, name: str) -> SavedView:
    """Give a view another name; its address stays.

    Raises
    ------
    Invalid, Conflict
        As for a new one.
    """
    view = _of(slug)
    view.name = parse_name(name)
    return _write(view)


def rewrite(slug: str, query: str) -> SavedView:
    """Save another list under the name of a view.

    Raises
    ------
    Invalid
        If its address is too long.
    """
    view = _of(slug)
    view.query = _parse_query(query)
    return _write(view)


def delete(slug: str) -> None:
    """Delete a view, for everybody who sees it."""
    SavedView.objects.filter(slug=slug).delete()


def _of(slug: str) -> SavedView:
    view = SavedView.objects.filter(slug=slug).first()
    if view is None:
        raise Missing
    return view


def _parse_query(text: str) -> str:
    if len(text) > LONGEST_QUERY:
        most = f"at most {LONGEST_QUERY:,} are kept"
        raise Invalid.whole(f"The filter and columns of this list take {len(text):,} characters; {most}.")
    return text


def _write(view: SavedView) -> SavedView:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise Conflict(f"There is a view {view.name!r} of this list already. Choose another name.") from error
    return view


__all__ = [
    "LONGEST_NAME",
    "OWN",
    "Holder",
    "create",
    "delete",
    "holder_of",
    "holders",
    "parse_name",
    "rename",
    "rewrite",
]
