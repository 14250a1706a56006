"""What a deletion would delete, clear and leave, determined before anything is changed.

Knows no caller: :mod:`.deletion` carries out a plan, :mod:`.deletion_preview` shows it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Count, Model, Q

from ..model.declare import Record
from ..model.registry import Spec, lists_projects, memberships, spec_of, specs
from ..model.trees import Role
from ..models import GroupGrant, ObjectRole, UserGrant
from ..sql.collecting import Collected, Key, Row, collect
from .deletion_roots import GRANTS, OneRoot, Roots

# Derived, and created again when a deletion is undone.
_DERIVED = (ObjectRole,)


def declared(row: Row) -> bool:
    """Whether a row is a record of the API, not a link or a grant."""
    return hasattr(row.model, "resource")


@dataclass(frozen=True)
class Plan:
    """A deletion that has not been carried out.

    Attributes
    ----------
    rows : list of Row
        Everything deleted: records, links, grants to deleted people and groups; empty if there are ``users``.
    users : list of Row
        What stays and needs the record.
    collected : list of Row
        What would be deleted if nothing prevented it.
    listed : dict
        Label of a model -> ids of its rows that list a deleted project.
    together : bool
        Several records are deleted, and each can be restored by itself.
    """

    spec: Spec
    record: Any
    found: Collected
    rows: list[Row]
    users: list[Row]
    collected: list[Row]
    listed: Mapping[str, Collection[object]]
    together: bool = False

    @cached_property
    def roots(self) -> Roots:
        """The records that are deleted by themselves, and what goes with each."""
        return Roots(self.rows) if self.together else OneRoot((self.spec.label, self.record.pk))

    @cached_property
    def gone(self) -> set[Key]:
        """Models and ids of everything that is deleted."""
        return {row.key for row in self.rows}

    @property
    def user_keys(self) -> list[Key]:
        """Models and ids of what prevents the deletion."""
        return [row.key for row in self.users]

    @cached_property
    def objects(self) -> list[Any]:
        """Ids of deleted projects and personal attributes, and all roles on them."""
        return [row.pk for row in self.rows if declared(row) and spec_of(row.model).tree.is_root]

    @cached_property
    def groups_left(self) -> set[Any]:
        """Remaining groups that lose a member."""
        membership, group = settings.BRAINSTEM_MEMBERSHIP_MODEL, settings.BRAINSTEM_GROUP_MODEL
        left = {row["group_id"] for row in self.rows if row.label == membership}
        return left - {row.pk for row in self.rows if row.label == group}

    @property
    def takes_roles(self) -> bool:
        """Whether anyone loses a role: the lock on roles is taken before finding out where."""
        return bool(self.objects or self.groups_left) or any(row.model in GRANTS for row in self.rows)

    @cached_property
    def elsewhere(self) -> set[Any]:
        """Remaining projects and attributes on which someone loses a role."""
        lost = {row["object_id"] for row in self.rows if row.model in GRANTS}
        grants = GroupGrant.objects.filter(group_id__in=self.groups_left)
        return (lost | set(grants.values_list("object_id", flat=True))) - set(self.objects)

    def cleared(self) -> Iterator[tuple[Any, Row]]:
        """(field, row) of the nullable references that are cleared."""
        for field, rows in self.found.cleared:
            yield from ((field, row) for row in rows)

    def sharing(self) -> list[tuple[Spec, list[object]]]:
        """The remaining rows of each model that list a deleted project."""
        listed = ((specs()[label], ids) for label, ids in self.listed.items())
        return [(child, [pk for pk in ids if (child.label, pk) not in self.gone]) for child, ids in listed]

    def leaves_unowned(self) -> bool:
        """Whether a remaining project, attribute or group would lose its last owner."""
        owned = ObjectRole.objects.filter(object_id__in=self.elsewhere, level=Role.OWNER)
        direct = UserGrant.objects.filter(object_id__in=self.elsewhere, level=Role.OWNER)
        shared = GroupGrant.objects.filter(object_id__in=self.elsewhere, level=Role.OWNER)
        staying = memberships().exclude(pk__in=self._lost(settings.BRAINSTEM_MEMBERSHIP_MODEL))
        shared = shared.filter(group_id__in=staying.values("group_id"))
        kept: set[Any] = set()
        for grants in (direct, shared):
            kept |= set(grants.exclude(pk__in=self._lost(grants.model._meta.label)).values_list("object_id", flat=True))
        led = memberships().filter(group_id__in=self.groups_left, level=Role.OWNER)
        leading = staying.filter(group_id__in=self.groups_left, level=Role.OWNER)
        objects, groups = set(owned.values_list("object_id", flat=True)), set(led.values_list("group_id", flat=True))
        return not (objects <= kept and groups <= set(leading.values_list("group_id", flat=True)))

    def _lost(self, label: str) -> list[Any]:
        return [row.pk for row in self.rows if row.label == label]


def plan_deletion(
    spec: Spec, record: Record, *, projects: Collection[object] | None = None, hold: bool = False
) -> Plan:
    """What deleting a record would do now; changes nothing.

    Parameters
    ----------
    projects : collection, optional
        The only other projects that keep records of the deleted project.
    hold : bool
        Lock what is deleted, and what is only removed from a project, until the transaction ends.
    """
    listed = _listed(spec, record, hold=hold)
    found = collect({spec.model: [record.pk]} | _left_without_project(spec, record, projects), hold=hold)
    users, rows = found.users(), [row for row in found.rows() if comes_back(row)]
    return Plan(spec, record, found, [] if users else rows, users, rows, listed)


def plan_together(records: Sequence[Any]) -> Plan:
    """What deleting several records at once would do, without records that are only in a deleted project.

    What is deleted is locked until the transaction ends. The number of statements depends on the models, not on the
    records, but on the number of projects among them.
    """
    listed: dict[str, set[object]] = {}
    roots: dict[Any, list[object]] = {}
    for record in records:
        roots.setdefault(type(record), []).append(record.pk)
        for label, ids in _listed(spec_of(record), record, hold=True).items():
            listed.setdefault(label, set()).update(ids)
    found = collect(roots, hold=True)
    users, rows = found.staying(found.users()), [row for row in found.rows() if comes_back(row)]
    return Plan(spec_of(records[0]), records[0], found, [] if users else rows, users, rows, listed, together=True)


def comes_back(row: Row) -> bool:
    return row.model not in _DERIVED and getattr(row.model, "comes_back", True)


def _listed(spec: Spec, record: Model, *, hold: bool) -> dict[str, list[object]]:
    found = {}
    for child, via in listing_specs(spec):
        rows = child.model._default_manager.filter(**{via: record}).order_by("pk")
        rows = rows.select_for_update(of=("self",)) if hold else rows
        found[child.label] = list(rows.values_list("pk", flat=True))
    return found


def unowned_text(spec: Spec) -> str:
    """Why the sole owner of something is not deleted."""
    return f"This {spec.singular_name} is the only owner of something; give it another owner first."


def listing_specs(spec: Spec) -> Iterator[tuple[Spec, str]]:
    """Models whose rows list projects, if a project is deleted."""
    if not spec.tree.is_project:
        return
    for child in specs().values():
        if lists_projects(child):
            yield child, child.tree.lists


def others_listed(spec: Spec, record: Record) -> set[object]:
    """Ids of the other projects that contain records of the deleted project."""
    found: set[Any] = set()
    for child, via in listing_specs(spec):
        rows = child.model._default_manager
        found |= set(rows.filter(pk__in=rows.filter(**{via: record}).values("pk")).values_list(via, flat=True))
    return found - {record.pk}


def _left_without_project(
    spec: Spec, record: Record, projects: Collection[object] | None
) -> dict[object, list[object]]:
    """Ids by model of the rows that are only in the deleted project: they are deleted with it."""
    found = {}
    for child, via in listing_specs(spec):
        rows = child.model._default_manager
        listing = rows.filter(pk__in=rows.filter(**{via: record}).values("pk"))
        counted = None if projects is None else Q(**{f"{via}__in": [record.pk, *projects]})
        alone = listing.annotate(held=Count(via, filter=counted)).filter(held=1).order_by("pk")
        found[child.model] = list(alone.values_list("pk", flat=True))
    return found
