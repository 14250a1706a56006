"""What a page shows about roles beside its records: the viewer's own levels, members of groups, what people share.

Nothing here says more than the role maps of the API and the answers to "who sees this, and why": members of a group
are known to its members, and the ways in which somebody holds a role to those who know the group or manage the record.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..access.levels import knows_members, level_held, members_counted
from ..access.scope import View, held, visible
from ..model.registry import Spec, group_spec, membership_table, user_spec
from ..model.trees import Role
from ..sql.fragment import FALSE, Sql, all_of, any_of
from .beside import Among, text_of
from .comparisons import Writer


@dataclass(frozen=True)
class Levels(Among):
    """The viewer's own level on each of these records, as a number."""

    def asks(self, view: View) -> bool:
        return bool(self.ids) and self.spec.tree.holds_roles and view.signed_in

    def statement(self, writer: Writer, number: int) -> Sql:
        where = all_of([self.member(writer, "a.id", number), visible(self.spec, "a", writer.view, hop=True)])
        return _rows("a.id", level_held(self.spec, "a")) + f" FROM {self.spec.table} a WHERE " + where


@dataclass(frozen=True)
class MemberCounts(Among):
    """How many members each of these groups has, for those who may know them."""

    def asks(self, view: View) -> bool:
        return bool(self.ids) and self.spec.tree.keeps_members and view.signed_in

    def statement(self, writer: Writer, number: int) -> Sql:
        where = self.member(writer, "a.id", number)
        return _rows("a.id", members_counted("a", writer.view)) + f" FROM {self.spec.table} a WHERE " + where


@dataclass(frozen=True)
class Members(Among):
    """The members of one group by id: name, level, and "off" for deactivated accounts; for those who may know them."""

    def statement(self, writer: Writer, number: int) -> Sql:
        source = f" FROM {membership_table()} m JOIN {user_spec().table} u ON u.id = m.user_id WHERE "
        name = Sql("COALESCE(NULLIF(TRIM(u.first_name || ' ' || u.last_name), ''), u.email)")
        where = all_of([self.member(writer, "m.group_id", number), knows_members("m.group_id", writer.view)])
        return _rows("u.id", Sql("m.level"), name, Sql("CASE WHEN u.is_active THEN '' ELSE 'off' END")) + source + where


@dataclass(frozen=True)
class GivenToGroup(Among):
    """What a group has a role on, of a model that grants are held on and as far as it is listed: level and name.

    ``ids`` is the group.
    """

    root: Spec = field(kw_only=True)

    def asks(self, view: View) -> bool:
        return view.signed_in and visible(self.root, "a", view) != FALSE

    def statement(self, writer: Writer, number: int) -> Sql:
        source = f" FROM {self.root.table} a JOIN core_groupgrant g ON g.object_id = a.id WHERE "
        where = all_of([self.member(writer, "g.group_id", number), visible(self.root, "a", writer.view)])
        return _rows("a.id", Sql("g.level"), Sql("a.name")) + source + where


@dataclass(frozen=True)
class SharedWith(Among):
    """What a person has a role on, of a model that grants are held on and as far as it is listed: level and name.

    A role through a group counts for those who know that the person is in it, and for managers of the record.
    ``ids`` is the person.
    """

    root: Spec = field(kw_only=True)

    def asks(self, view: View) -> bool:
        return view.signed_in and visible(self.root, "a", view) != FALSE

    def statement(self, writer: Writer, number: int) -> Sql:
        view = writer.view
        knows = any_of([knows_members("g.group_id", view), held("g.object_id", view, Role.MANAGER)])
        ways = (
            "SELECT g.object_id, g.level FROM core_usergrant g WHERE "
            + self.member(writer, "g.user_id", number)
            + " UNION ALL SELECT g.object_id, g.level FROM core_groupgrant g"
            + f" JOIN {membership_table()} m ON m.group_id = g.group_id WHERE "
            + all_of([self.member(writer, "m.user_id", number), knows])
        )
        source = f" FROM {self.root.table} a JOIN (" + ways + ") w ON w.object_id = a.id WHERE "
        shown = _rows("a.id", Sql("MAX(w.level)"), Sql("MAX(a.name)"))
        return shown + source + visible(self.root, "a", view) + " GROUP BY a.id"


@dataclass(frozen=True)
class GroupsWith(Among):
    """The groups of a person that the viewer is in too, all of them for administrators: level and name."""

    def asks(self, view: View) -> bool:
        return bool(self.ids) and view.signed_in

    def statement(self, writer: Writer, number: int) -> Sql:
        source = f" FROM {group_spec().table} a JOIN {membership_table()} m ON m.group_id = a.id WHERE "
        where = all_of([self.member(writer, "m.user_id", number), knows_members("a.id", writer.view)])
        return _rows("a.id", Sql("m.level"), Sql("a.name")) + source + where


def _rows(key: str, *shown: Sql) -> Sql:
    filled = [*(text_of(one) for one in shown), *[Sql("NULL")] * 3][:3]
    return f"SELECT CAST({key} AS TEXT) AS k," + filled[0] + " AS a," + filled[1] + " AS b," + filled[2] + " AS c"


__all__ = [
    "GivenToGroup",
    "GroupsWith",
    "Levels",
    "MemberCounts",
    "Members",
    "SharedWith",
]
