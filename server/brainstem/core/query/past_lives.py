"""Which records of a model have come or gone since a moment, as SQL.

Few have, and they are found through the index ``change_of_life`` alone. Ids grow with time, unless clients bring their
own, so those that have come are usually the last ones of their table; that is looked at once for a statement, and then
nothing needs to be looked up for single rows. Conditions that are not always needed are behind CASE, since SQLite
evaluates both sides of AND and OR. The moment is bound to the slot :data:`MOMENT`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..model.registry import Spec
from ..sql.dialect import DIALECTS
from ..sql.fragment import Sql
from ..sql.past import PAST_DIALECTS, PastDialect, first_life

MOMENT = ("as_of",)


@dataclass
class Lives:
    """Writes the sources of one statement that tell which records existed.

    Attributes
    ----------
    tables : dict
        Named subqueries that they share, in the order of their definition.
    """

    vendor: str
    tables: dict[str, Sql] = field(default_factory=dict)

    @property
    def dialect(self) -> PastDialect:
        """The functions of the database."""
        return PAST_DIALECTS[self.vendor]

    def since(self, spec: Spec, key: str = "", alias: str = "c") -> str:
        """The changes of a model's records after the moment, or those of one record, as FROM ... WHERE ..."""
        moment = DIALECTS[self.vendor].cast("datetime")
        found = f"FROM core_change {alias} WHERE {alias}.model='{spec.label}' AND {alias}.at>{moment}"
        if not key:
            return found
        # Asked once, so that nothing is looked up for records of a model in which nothing has changed.
        some = self._some(spec) if self.dialect.asks_first else "TRUE"
        return f"{found} AND {some} AND {alias}.record_id={key}"

    def unless_none(self, spec: Spec) -> str:
        """The first WHEN of a CASE that is false if nothing has changed in a model since; empty if not worth it."""
        return f"WHEN NOT {self._some(spec)} THEN FALSE" if self.dialect.asks_first else ""

    def _some(self, spec: Spec) -> str:
        return f"EXISTS (SELECT 1 {self.since(spec, alias='z')})"

    def timed(self, text: str) -> Sql:
        """SQL whose only placeholders are for the moment."""
        return Sql(text, (MOMENT,) * text.replace("%%", "").count("%s"))

    def named(self, name: str, body: Sql) -> str:
        """Name a subquery that runs once for the whole statement; the name."""
        if name not in self.tables:
            self.tables[name] = f"{name} AS MATERIALIZED (" + body + ")"
        return name

    def id_type(self, spec: Spec) -> str:
        """The type of a model's ids."""
        return spec.columns["id"].wire_type

    # -- those that have gone --------------------------------------------------------------------------------------

    def gone(self, spec: Spec) -> Sql:
        """The ids of records that existed and are not there anymore, with their last deletion, as a SELECT."""
        return Sql(f"SELECT w.id,w.last FROM {self._went(spec)} w WHERE w.life=-1 AND NOT w.there")

    def _went(self, spec: Spec) -> str:
        """Name of the records that have gone since, with what happened to them.

        ``life`` is what happened first, ``came`` how often they have come since, ``there`` whether they are there, and
        ``last`` the change with which they went last.
        """
        key = self.dialect.id_of("g.record_id", self.id_type(spec))
        # What is before all that have come since has only gone; if none has, all.
        old = f"COALESCE(c.record_id<(SELECT a.lowest FROM {self._came(spec)} a),TRUE)"
        of = f"{self.since(spec, 'g.record_id')} AND c.life"
        first = f"CASE WHEN g.old THEN -1 ELSE {first_life(self.since(spec, 'g.record_id'))} END"
        came = f"CASE WHEN g.old THEN 0 ELSE (SELECT count(*) {of}=1) END"
        there = f"CASE WHEN g.old THEN FALSE ELSE EXISTS (SELECT 1 FROM {spec.table} x WHERE x.id={key}) END"
        grouped = f"GROUP BY {self.dialect.grouped('c.record_id')}"
        each = f"SELECT c.record_id,max(c.id) AS last,{old} AS old {self._since_life(spec, -1)} {grouped}"
        shown = f"{key} AS id,{first} AS life,{came} AS came,{there} AS there,g.last,g.record_id"
        return self.named(f"went_{spec.app}_{spec.segment}", self.timed(f"SELECT {shown} FROM ({each}) g"))

    # -- those that have come --------------------------------------------------------------------------------------

    def appeared(self, spec: Spec, row: str) -> Sql:
        """Whether a current row did not exist."""
        (lowest, alone), key = self._bounds(spec), self.dialect.key(f"{row}.id", self.id_type(spec))
        before = f"COALESCE({row}.id<{lowest},TRUE)"  # Also if none has.
        looked_up = f"COALESCE({first_life(self.since(spec, key))},0)=1"
        told = f"CASE WHEN {before} THEN FALSE WHEN {alone} THEN TRUE ELSE {looked_up} END"
        return self.timed(f"({told})")

    def number_appeared(self, spec: Spec, source: str, row: str, condition: Sql) -> Sql:
        """How many current rows that meet a condition did not exist, as a SELECT of a number.

        Parameters
        ----------
        source : str
            What to select the rows from, as FROM ... WHERE, ready for a further condition.
        """
        (lowest, alone), born = self._bounds(spec), self.born(spec)
        last = f"SELECT count(*) {source} {row}.id>={lowest} AND " + condition
        among = last + f" AND {row}.id IN (SELECT b.id FROM {born} b)"
        # Not asked of every row: there may be many.
        return f"SELECT CASE WHEN {alone} THEN (" + last + ") ELSE (" + among + ") END"

    def _bounds(self, spec: Spec) -> tuple[str, str]:
        """The lowest id that has appeared, and whether no other is after it."""
        new = self._new(spec)
        return f"(SELECT n.lowest FROM {new} n)", f"(SELECT n.alone FROM {new} n)"

    def _new(self, spec: Spec) -> str:
        """Name of one row: the ``lowest`` id that has appeared, and whether no other is after it (``alone``)."""
        came, of = self._came(spec), self._since_life(spec, 1)
        # What existed and came back may be much lower; that is rare enough to look at each.
        others = f"(SELECT o.lowest FROM ({self.dialect.lowest('c.record_id', f'{of} AND {self._not_back(spec)}')}) o)"
        lowest = self.dialect.id_of(f"CASE WHEN w.back>0 THEN {others} ELSE a.lowest END", self.id_type(spec))
        each = f"SELECT {lowest} AS lowest,a.number-w.away AS number FROM {came} a CROSS JOIN {self._turns(spec)} w"
        last = f"(SELECT count(*) FROM {spec.table} x WHERE x.id>=f.lowest)"
        body = f"SELECT f.lowest,{last}=f.number AS alone FROM ({each}{self.dialect.fence}) f WHERE TRUE"
        return self.named(f"new_{spec.app}_{spec.segment}", self.timed(body))

    def _turns(self, spec: Spec) -> str:
        """Name of one row: how many records went and came back (``back``), how many that came are not there (``away``).

        Of those that came several times, all times but one are ``away``.
        """
        back = "COALESCE(sum(CASE WHEN w.life=-1 AND w.there THEN 1 ELSE 0 END),0)"
        away = "COALESCE(sum(w.came-CASE WHEN w.life=1 AND w.there THEN 1 ELSE 0 END),0)"
        body = f"SELECT {back} AS back,{away} AS away FROM {self._went(spec)} w WHERE w.there OR w.came>0"
        return self.named(f"turns_{spec.app}_{spec.segment}", Sql(body))

    def _came(self, spec: Spec) -> str:
        """Name of one row: how many times records have come since, and the ``lowest`` of their keys."""
        found = self.dialect.lowest("c.record_id", self._since_life(spec, 1))
        return self.named(f"came_{spec.app}_{spec.segment}", self.timed(found))

    def born(self, spec: Spec) -> str:
        """Name of the ids of all records that have appeared since, and did not exist."""
        key = self.dialect.id_of("c.record_id", self.id_type(spec))
        found = f"SELECT {key} AS id {self._since_life(spec, 1)} AND {self._not_back(spec)}"
        return self.named(f"born_{spec.app}_{spec.segment}", self.timed(found))

    def _not_back(self, spec: Spec) -> str:
        """Whether the record of change ``c`` is none that existed, and came back."""
        return f"c.record_id NOT IN (SELECT w.record_id FROM {self._went(spec)} w WHERE w.life=-1)"

    def _since_life(self, spec: Spec, life: int) -> str:
        """The changes since the moment with which records appeared (1) or went (-1), as FROM ... WHERE ..."""
        # Both conditions: the first is that of an index, as it is written there.
        return f"{self.since(spec)} AND NOT (c.life=0) AND c.life={life}"


__all__ = ["MOMENT", "Lives"]
