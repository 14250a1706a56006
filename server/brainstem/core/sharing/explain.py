"""Who can see a record and why: the people, and the roles that give them access. For its managers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model

from ..access.refusals import record_seen
from ..access.viewer import PUBLIC, Viewer
from ..errors import Forbidden
from ..model.declare import Record
from ..model.ids import RecordId
from ..model.registry import Spec, above, attribute_roots, group_spec, memberships, offer_of, project_spec, specs
from ..model.trees import (
    Groups,
    InProjects,
    Joining,
    OfGroup,
    Proposals,
    Role,
    Root,
    Tree,
    Under,
    UnderAttribute,
)
from ..models import AudienceProject, GroupGrant, ObjectRole, UserGrant

_AUTHOR = "author"


@dataclass(frozen=True)
class Path:
    """One reason why a person can see a record: ``via`` what, with which role, on what, through which group."""

    user_id: int
    level: int
    via: str
    holder: tuple[str, object, str] | None = None
    group: tuple[int, str] | None = None

    @property
    def order(self) -> tuple[object, ...]:
        """Sort key: highest role first, then by what it is held on, direct roles before those through groups."""
        holder, group = self.holder or ("", "", ""), self.group or (0, "")
        return (-self.level, self.via, holder[2], str(holder[1]), group[1], group[0])

    def shown(self) -> dict[str, Any]:
        """The path as served."""
        found: dict[str, Any] = {"via": self.via, "role": Role(self.level).name.lower()}
        if self.holder:
            found[self.holder[0]] = {"id": self.holder[1], "name": self.holder[2]}
        if self.group:
            found["group"] = {"id": self.group[0], "name": self.group[1]}
        return found


def explain(spec: Spec, record_id: RecordId, *, viewer: Viewer) -> dict[str, object]:
    """Who can see a record and why; the number of queries does not depend on the number of people.

    Only projects that the actor can see are listed, and people who see the record only through others are left out.
    Public projects and attributes are always listed, since everyone can see them.

    Raises
    ------
    Missing
        If the actor cannot see the record.
    Forbidden
        If the actor can see it, but neither manages nor administers it.
    """
    record = _asked_for(spec, record_id, viewer)
    through = _public_through(spec, record)
    return {
        "public": bool(PUBLIC.seen(spec, [record.pk], hop=False)),
        "public_through": through,
        "everyone": spec.tree.for_everyone,
        "people": _people(_paths(spec, record, viewer)),
    }


def _asked_for(spec: Spec, record_id: RecordId, viewer: Viewer) -> Any:
    record = record_seen(spec, record_id, viewer=viewer)
    level, offer = spec.tree.ask_level, spec.tree.offer
    if offer is not None:
        allowed = viewer.speaks_for(spec, record.pk, offer.host)
    elif level is None:
        allowed = viewer.actor.project_id is None
    else:
        # Only a question: a read-only token may ask too.
        allowed = bool(viewer.only_asking.editable(spec, [record.pk], level=level))
    if not allowed:
        raise Forbidden(f"Only people who manage this {spec.singular_name} can see who has access to it.")
    return record


# -- paths ------------------------------------------------------------------------------------------------------------


def _paths(spec: Spec, record: Record, viewer: Viewer) -> list[Path]:
    ways = _WAYS.get(type(spec.tree))
    return ways(spec, record, viewer) if ways else []


def _of_root(spec: Spec, record: Record, viewer: Viewer) -> list[Path]:
    return _granted({record.pk: None}, own="direct")


def _of_projects(spec: Spec, record: Any, viewer: Viewer) -> list[Path]:
    projects = _projects_of(record.audience_id)
    seen = viewer.seen(project_spec(), projects, hop=False)
    return _granted({pk: ("project", pk, name) for pk, name in projects.items() if pk in seen}, own="project")


def _of_attribute(spec: Spec, record: Record, viewer: Viewer) -> list[Path]:
    parent = getattr(record, spec.tree.above)
    kind = above(spec).segment
    return _granted({parent.pk: (kind, parent.pk, str(parent))}, own=kind)


def _of_members(spec: Spec, record: Record, viewer: Viewer) -> list[Path]:
    return [Path(user_id, level, "direct") for _, user_id, level in _members([record.pk])]


def _of_group(spec: Spec, record: Record, viewer: Viewer) -> list[Path]:
    group = getattr(record, spec.tree.above)
    named = (group.pk, str(group))
    return [Path(user_id, level, "group", group=named) for _, user_id, level in _members([group.pk])]


def _of_author(spec: Spec, record: Record, viewer: Viewer) -> list[Path]:
    return [] if record.created_by_id is None else [Path(record.created_by_id, Role.OWNER, _AUTHOR)]


def _of_sides(spec: Spec, record: Record, viewer: Viewer) -> list[Path]:
    return [path for side in offer_of(spec).sides for path in _side(spec, record, side)]


# The ways in which people see the rows of a tree; where it is not named, there are none.
_WAYS: dict[type[Tree], Callable[[Spec, Any, Viewer], list[Path]]] = {
    Root: _of_root,
    InProjects: _of_projects,
    Under: _of_projects,
    UnderAttribute: _of_attribute,
    Groups: _of_members,
    OfGroup: _of_group,
    Proposals: _of_author,
    Joining: _of_sides,
}


def _side(spec: Spec, offer: Record, side: str) -> list[Path]:
    """The people who are, or represent, one side of a membership offer."""
    holder = getattr(offer, side)
    target = specs()[spec.relations[side].target]
    if target.tree.is_people:
        return [Path(holder.pk, Role.MEMBER, "direct")]
    if target.tree.keeps_members:
        named = (holder.pk, str(holder))
        found = [Path(user_id, level, "group", group=named) for _, user_id, level in _members([holder.pk])]
    else:
        found = _granted({holder.pk: ("project", holder.pk, str(holder))}, own="project")
    return [path for path in found if path.level >= Role.MANAGER]


def _projects_of(audience_id: int) -> dict[object, str]:
    rows = AudienceProject.objects.filter(audience_id=audience_id)
    return dict(rows.values_list("project_id", "project__name"))


def _granted(holders: Mapping[Any, tuple[str, Any, str] | None], *, own: str) -> list[Path]:
    """The paths given by grants on these objects; ``own`` is the ``via`` of direct grants."""
    ids = list(holders)
    direct = UserGrant.objects.filter(object_id__in=ids).values_list("object_id", "user_id", "level")
    paths = [Path(user_id, level, own, holders[object_id]) for object_id, user_id, level in direct]
    shared = list(GroupGrant.objects.filter(object_id__in=ids).values_list("object_id", "group_id", "level"))
    members = defaultdict(list)
    for group_id, user_id, _ in _members({group_id for _, group_id, _ in shared}):
        members[group_id].append(user_id)
    groups = group_spec().model._default_manager.in_bulk(list(members))
    for object_id, group_id, level in shared:
        via = "group" if holders[object_id] is None else own
        named = (group_id, str(groups.get(group_id, "")))
        paths += [Path(user_id, level, via, holders[object_id], named) for user_id in members[group_id]]
    return paths


def _members(group_ids: Iterable[int]) -> list[tuple[int, int, int]]:
    """(group, person, level) of the members of groups."""
    return list(memberships().filter(group_id__in=list(group_ids)).values_list("group_id", "user_id", "level"))


def _people(paths: list[Path]) -> list[dict[str, object]]:
    """Everyone with their paths, by name; people who cannot sign in are left out."""
    ways: dict[int, list[Path]] = defaultdict(list)
    for path in sorted(paths, key=lambda one: one.order):
        ways[path.user_id].append(path)
    people = get_user_model()._default_manager.filter(pk__in=list(ways), is_active=True)
    found = [
        {
            "user": user.pk,
            "email": user.email,
            "name": user.get_full_name(),
            "role": Role(ways[user.pk][0].level).name.lower(),
            "paths": [path.shown() for path in ways[user.pk]],
        }
        for user in people
    ]
    return sorted(found, key=lambda one: (-Role[one["role"].upper()], one["name"].casefold(), one["email"]))


# -- public access ----------------------------------------------------------------------------------------------------


def _public_through(spec: Spec, record: Any) -> list[dict[str, object]]:
    """The public projects and attributes that show a record in the public portal."""
    if spec.tree.is_root:
        found = [(spec, {record.pk})]
    elif spec.in_project_tree and spec.tree.published:
        found = [(project_spec(), set(_projects_of(record.audience_id)))]
    elif spec.tree.follows_above and not spec.in_project_tree:
        found = [(above(spec), {getattr(record, f"{spec.tree.above}_id")})]
    elif spec.tree.is_people:
        held = ObjectRole.objects.filter(user_id=record.pk, level__gte=Role.CONTRIBUTOR)
        ids = set(held.values_list("object_id", flat=True))
        found = [(root, ids) for root in (project_spec(), *attribute_roots())]
    else:
        found = []
    return [
        {"model": f"{root.app}/{root.segment}", "id": pk, "name": name}
        for root, ids in found
        for pk, name in root.model._default_manager.filter(pk__in=ids, is_public=True)
        .order_by("name", "pk")
        .values_list("pk", "name")
    ]


__all__ = ["explain"]
