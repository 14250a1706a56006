"""Who sees which rows, and who may change them, as SQL conditions.

Roles become conditions only here. Everything is hidden by default: a tree or portal that is not named here shows
nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..model.registry import Spec, above, attribute_roots, membership_table, project_spec, specs
from ..model.trees import (
    OPEN_STATES,
    Catalogue,
    Groups,
    InProjects,
    Joining,
    Nobody,
    OfGroup,
    People,
    Proposals,
    Role,
    Root,
    Tree,
    Under,
    UnderAttribute,
)
from ..sql.fragment import FALSE, TRUE, Sql, all_of, any_of, slot

# Rows of the past offer a column as it is today under its name with this in front.
NOW = "now_"


@dataclass(frozen=True)
class View:
    """The properties of a caller that shape a scope; values, such as the user's id, are bound later."""

    portal: str
    signed_in: bool
    admin: bool = False
    bound: bool = False
    read_only: bool = False
    acquainted: bool = False  # sees only people who share a group, a project or a personal attribute with them
    as_of: bool = False  # looks at rows as they stood at a moment, but sees of them what it sees today

    @property
    def way_in(self) -> Portal:
        """The portal's rules."""
        return PORTALS[self.portal]

    def shows(self, spec: Spec, name: str) -> bool:
        """Whether a key's value is shown."""
        return not self.way_in.hides(spec, name)


def _of_today(alias: str, column: str, view: View) -> str:
    """A column that decides who sees or changes a row: always as it is today."""
    return f"{alias}.{NOW if view.as_of else ''}{column}"


def visible(spec: Spec, alias: str, view: View, *, hop: bool = False, sweep: bool = False) -> Sql:
    """Condition under which a row is seen.

    Parameters
    ----------
    hop : bool
        The row is reached from another one: public personal attributes may be referenced in the private portal,
        although they are not listed there.
    sweep : bool
        The statement reads all rows that are seen, to count or to order them: their audiences are found once, and lead
        to the rows. SQLite takes the form as it is written, and would otherwise ask for the audience of every row there
        is; it would be the slower form where few rows are looked at.
    """
    scope = view.way_in.visible(spec, alias, view, hop)
    if not sweep or not spec.in_project_tree or scope in (TRUE, FALSE):
        return scope
    return view.way_in.swept(alias, view)


def editable(spec: Spec, alias: str, view: View, *, level: Role | None = None, sweep: bool = False) -> Sql:
    """Condition under which the caller may change a row.

    ``level`` requires a certain role on it; ``sweep`` as in :func:`visible`.
    """
    if view.read_only:
        return FALSE
    scope = view.way_in.editable(spec, alias, view, level)
    if not sweep or not spec.in_project_tree or scope in (TRUE, FALSE):
        return scope
    return audience_held(alias, view, _level_of_writers(level), sweep=True)


def held(holder: str, view: View, level: Role = Role.MEMBER) -> Sql:
    """The caller holds at least this role on the object whose id is ``holder``."""
    parts = [Sql("r.user_id = ") + slot("user"), Sql(f"r.object_id = {holder}")]
    if level > Role.MEMBER:
        parts.append(Sql(f"r.level >= {int(level)}"))
    return Sql("EXISTS (SELECT 1 FROM core_role r WHERE ") + all_of(parts) + ")"


def audience_held(alias: str, view: View, level: Role = Role.MEMBER, *, sweep: bool = False) -> Sql:
    """The caller holds at least this role in one of the projects of the row's audience; ``sweep`` as in ``visible``."""
    parts = [Sql("r.user_id = ") + slot("user")]
    if level > Role.MEMBER:
        parts.append(Sql(f"r.level >= {int(level)}"))
    if view.bound:
        parts.append(Sql("ap.project_id = ") + slot("project"))
    return _has_audience(alias, "core_role r ON r.object_id = ap.project_id", parts, sweep=sweep)


def audience_public(alias: str, *, sweep: bool = False) -> Sql:
    """One of the projects of the row's audience is public; ``sweep`` as in ``visible``."""
    joined = f"{project_spec().table} p ON p.id = ap.project_id"
    return _has_audience(alias, joined, [Sql("p.is_public")], sweep=sweep)


def _has_audience(alias: str, joined: str, parts: list[Sql], *, sweep: bool) -> Sql:
    source, column = f"FROM core_audienceproject ap JOIN {joined} WHERE ", f"{alias}.audience_id"
    if sweep:
        return f"{column} IN (SELECT ap.audience_id {source}" + all_of(parts) + ")"
    return f"EXISTS (SELECT 1 {source}" + all_of([Sql(f"ap.audience_id = {column}"), *parts]) + ")"


def role_held(spec: Spec, alias: str, view: View) -> Sql:
    """The caller holds a role on the row, and so may know who else does; true of administrators in their portal."""
    if view.portal == "super":
        return TRUE
    if spec.tree.keeps_members:
        return group_held(f"{alias}.id", Role.MEMBER)
    return held(f"{alias}.id", view)


def acquainted(alias: str) -> Sql:
    """The row is the caller, or a person who shares something with the caller."""
    members = membership_table()
    pair = f"t.user_id = {alias}.id AND m.user_id = "
    roles = Sql(f"SELECT 1 FROM core_role t JOIN core_role m ON m.object_id = t.object_id WHERE {pair}") + slot("user")
    groups = Sql(f"SELECT 1 FROM {members} t JOIN {members} m ON m.group_id = t.group_id WHERE {pair}") + slot("user")
    return Sql(f"({alias}.id = ") + slot("user") + " OR EXISTS (" + roles + " UNION ALL " + groups + "))"


def readable(spec: Spec, alias: str, view: View) -> Sql:
    """A further condition for reading a row that a visible record refers to: of unknown people only the name shows."""
    return acquainted(alias) if view.acquainted and spec.tree.is_people else TRUE


class Portal(ABC):
    """The rules of a portal: which rows it shows, which can be changed, and which keys are shown."""

    name = ""
    shows_people = True

    @abstractmethod
    def visible(self, spec: Spec, alias: str, view: View, hop: bool) -> Sql:
        """Condition for seeing a row."""

    def swept(self, alias: str, view: View) -> Sql:
        """Condition for seeing a row that has an audience, where all of them are read."""
        return audience_held(alias, view, sweep=True)

    def editable(self, spec: Spec, alias: str, view: View, level: Role | None) -> Sql:
        """Condition for changing a row."""
        return FALSE

    def hides(self, spec: Spec, name: str) -> bool:
        """Whether a key's value is withheld here; it cannot be used in filters and sorts either."""
        return False


class PrivatePortal(Portal):
    """What people see according to their roles."""

    name = "private"

    def visible(self, spec: Spec, alias: str, view: View, hop: bool) -> Sql:
        if not view.signed_in:
            return FALSE
        rule = _PRIVATE.get(type(spec.tree))
        return rule(spec, alias, view, hop) if rule else FALSE

    def editable(self, spec: Spec, alias: str, view: View, level: Role | None) -> Sql:
        if not view.signed_in:
            return FALSE
        rule = _EDIT.get(type(spec.tree))
        return rule(spec, alias, view, level) if rule else FALSE


class PublicPortal(Portal):
    """What everyone sees; nothing can be changed."""

    name = "public"
    shows_people = False

    def visible(self, spec: Spec, alias: str, view: View, hop: bool) -> Sql:
        rule = _PUBLIC.get(type(spec.tree))
        return rule(spec, alias) if rule and "public" in spec.resource.portals else FALSE

    def swept(self, alias: str, view: View) -> Sql:
        return audience_public(alias, sweep=True)

    def hides(self, spec: Spec, name: str) -> bool:
        if name in ("created_by", "user_roles", "performed_by") or (spec.tree.is_people and name == "email"):
            return True
        return name in spec.columns and getattr(spec.columns[name].field, "private", False) is True


class SuperPortal(Portal):
    """Everything, for administrators."""

    name = "super"

    def visible(self, spec: Spec, alias: str, view: View, hop: bool) -> Sql:
        if not view.admin or view.bound:
            return FALSE
        return _still_open(alias, view) if spec.tree.offer else TRUE

    def editable(self, spec: Spec, alias: str, view: View, level: Role | None) -> Sql:
        return TRUE if view.admin and not view.bound else FALSE


PORTALS: dict[str, Portal] = {portal.name: portal for portal in (PrivatePortal(), PublicPortal(), SuperPortal())}


# -- private: seeing ------------------------------------------------------------------------------------------------


def _root_seen(spec: Spec, alias: str, view: View, hop: bool) -> Sql:
    mine = held(f"{alias}.id", view)
    if spec.tree.is_project:
        return all_of([mine, Sql(f"{alias}.id = ") + slot("project")]) if view.bound else mine
    return any_of([mine, Sql(_of_today(alias, "is_public", view))]) if hop else mine


def _under_attribute_seen(spec: Spec, alias: str, view: View, hop: bool) -> Sql:
    column = _parent(spec, alias, view)
    if not hop:
        return held(column, view)
    return any_of([held(column, view), _public_parent(spec, column)])


def _person_seen(spec: Spec, alias: str, view: View, hop: bool) -> Sql:
    seen = TRUE if hop else readable(spec, alias, view)
    if not view.as_of:
        return seen
    # Who has left is named nowhere anymore, not even in what is past.
    return all_of([seen, Sql(f"EXISTS (SELECT 1 FROM {spec.table} z WHERE z.id = {alias}.id)")])


def _parent(spec: Spec, alias: str, view: View) -> str:
    return _of_today(alias, spec.relations[spec.tree.above].near, view)


def _parent_public(spec: Spec, alias: str) -> Sql:
    return _public_parent(spec, f"{alias}.{spec.relations[spec.tree.above].near}")


def _public_parent(spec: Spec, column: str) -> Sql:
    return Sql(f"EXISTS (SELECT 1 FROM {above(spec).table} pa WHERE pa.id = {column} AND pa.is_public)")


def _proposal_seen(spec: Spec, alias: str, view: View, hop: bool) -> Sql:
    return TRUE if view.admin and not view.bound else _proposed(alias, view)


def _proposed(alias: str, view: View) -> Sql:
    return Sql(f"{_of_today(alias, 'created_by_id', view)} = ") + slot("user")


def _still_open(alias: str, view: View) -> Sql:
    return Sql(f"{_of_today(alias, 'expires_at', view)} > ") + slot("now")


def _joining_seen(spec: Spec, alias: str, view: View, hop: bool) -> Sql:
    sides = spec.tree.offer.sides if spec.tree.offer else ()
    return all_of([_still_open(alias, view), any_of([on_side(spec, alias, view, side) for side in sides])])


def on_side(spec: Spec, alias: str, view: View, side: str) -> Sql:
    """The caller is, or acts for, one side of a membership offer; a token bound to a project acts for nobody."""
    if view.bound:
        return FALSE
    if view.portal == "super":
        return TRUE if view.admin else FALSE
    relation = spec.relations[side]
    column, target = _of_today(alias, relation.near, view), specs()[relation.target].tree
    if target.is_people:
        return Sql(f"{column} = ") + slot("user")
    return group_held(column, Role.MANAGER) if target.keeps_members else held(column, view, Role.MANAGER)


_PRIVATE: dict[type[Tree], Callable[[Spec, str, View, bool], Sql]] = {
    Root: _root_seen,
    InProjects: lambda spec, alias, view, hop: audience_held(alias, view),
    Under: lambda spec, alias, view, hop: audience_held(alias, view),
    UnderAttribute: _under_attribute_seen,
    Catalogue: lambda spec, alias, view, hop: TRUE,
    Proposals: _proposal_seen,
    People: _person_seen,
    Groups: lambda spec, alias, view, hop: TRUE,
    OfGroup: lambda spec, alias, view, hop: TRUE,
    Joining: _joining_seen,
    Nobody: lambda spec, alias, view, hop: FALSE,
}


# -- public: seeing -------------------------------------------------------------------------------------------------


def _person_public(spec: Spec, alias: str) -> Sql:
    level = int(Role.CONTRIBUTOR)
    sources = []
    for root in (project_spec(), *attribute_roots()):
        sources.append(
            Sql(
                f"EXISTS (SELECT 1 FROM core_role r JOIN {root.table} o ON o.id = r.object_id AND o.is_public"
                f" WHERE r.user_id = {alias}.id AND r.level >= {level})"
            )
        )
    return any_of(sources)


def _under_public(spec: Spec, alias: str) -> Sql:
    return audience_public(alias) if spec.tree.published else FALSE


_PUBLIC: dict[type[Tree], Callable[[Spec, str], Sql]] = {
    Root: lambda spec, alias: Sql(f"{alias}.is_public"),
    InProjects: lambda spec, alias: audience_public(alias),
    Under: _under_public,
    UnderAttribute: _parent_public,
    Catalogue: lambda spec, alias: TRUE,
    People: _person_public,
    Groups: lambda spec, alias: TRUE,
    OfGroup: lambda spec, alias: TRUE,
}


# -- private: changing ----------------------------------------------------------------------------------------------


def _root_edit(spec: Spec, alias: str, view: View, level: Role | None) -> Sql:
    if view.bound and not spec.tree.is_project:
        return FALSE
    mine = held(f"{alias}.id", view, level or spec.tree.change_level or Role.OWNER)
    return all_of([mine, Sql(f"{alias}.id = ") + slot("project")]) if view.bound else mine


def _under_attribute_edit(spec: Spec, alias: str, view: View, level: Role | None) -> Sql:
    return FALSE if view.bound else held(_parent(spec, alias, view), view, level or Role.CONTRIBUTOR)


def _catalogue_edit(spec: Spec, alias: str, view: View, level: Role | None) -> Sql:
    tree: Any = spec.tree
    if view.bound:
        return FALSE
    anyone = tree.change == "anyone" and level is not Role.OWNER
    return TRUE if view.admin or anyone else FALSE


def _proposal_edit(spec: Spec, alias: str, view: View, level: Role | None) -> Sql:
    states = ",".join(f"'{state}'" for state in OPEN_STATES)
    return (
        FALSE
        if view.bound
        else all_of([_proposed(alias, view), Sql(f"{_of_today(alias, 'status', view)} IN ({states})")])
    )


def _person_edit(spec: Spec, alias: str, view: View, level: Role | None) -> Sql:
    if view.bound:
        return FALSE
    if view.admin:
        return TRUE
    return FALSE if level is Role.OWNER else Sql(f"{alias}.id = ") + slot("user")


def group_held(holder: str, level: Role) -> Sql:
    """The caller holds at least this role in the group whose id is ``holder``."""
    return (
        Sql(f"EXISTS (SELECT 1 FROM {membership_table()} m WHERE m.group_id = {holder} AND m.level >= {int(level)}"
            " AND m.user_id = ") + slot("user") + ")"
    )  # fmt: skip


def _group_edit(spec: Spec, alias: str, view: View, level: Role | None) -> Sql:
    return FALSE if view.bound else group_held(f"{alias}.id", level or Role.MANAGER)


def _of_group_edit(spec: Spec, alias: str, view: View, level: Role | None) -> Sql:
    return FALSE if view.bound else group_held(_parent(spec, alias, view), Role.OWNER)


def _audience_edit(spec: Spec, alias: str, view: View, level: Role | None) -> Sql:
    return audience_held(alias, view, _level_of_writers(level))


def _level_of_writers(level: Role | None) -> Role:
    """The role that changing a row with an audience takes; rows have no owners of their own."""
    return level if level and level < Role.OWNER else Role.CONTRIBUTOR


_EDIT: dict[type[Tree], Callable[[Spec, str, View, Role | None], Sql]] = {
    Root: _root_edit,
    InProjects: _audience_edit,
    Under: _audience_edit,
    UnderAttribute: _under_attribute_edit,
    Catalogue: _catalogue_edit,
    Proposals: _proposal_edit,
    People: _person_edit,
    Groups: _group_edit,
    OfGroup: _of_group_edit,
}
