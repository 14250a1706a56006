"""What waits for a person, as SQL: offers, proposals, plans of imports to review, and what soon ends.

It is a part of the statement that loads the account of a browser, so that every page knows the number at no cost.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache

from django.db import connection
from django.utils import timezone

from ..access.scope import View, editable, on_side, visible
from ..model.registry import Spec, offer_of, specs, user_spec
from ..models import ImportReview, TableImport
from ..query.worked import UNTIL
from ..sql.dialect import DIALECTS
from ..sql.fragment import Sql, all_of, any_of, join, quoted, slot

OFFER, RETURNED, WAITING, PLAN, ENDS = "offer", "returned", "waiting", "plan", "ends"
WITHIN = dt.timedelta(days=90)
MOST = 200  # of each person; the number beyond it is nobody's to work off
# States, in any model, in which an end no longer matters.
OVER = ("depleted", "expired", "revoked")
_VIEW = View(portal="private", signed_in=True)
_COLUMNS, _FROM = "w.kind, w.model, w.id, w.day", "FROM ({rows} LIMIT {most}) w"
_LISTED = {
    "sqlite": f"(SELECT json_group_array(json_array({_COLUMNS})) {_FROM})",
    "postgresql": f"(SELECT json_agg(json_build_array({_COLUMNS}))::text {_FROM})",
}


@cache
def awaiting(vendor: str) -> Sql:
    """A JSON list of [kind, model, id, last day], as text; its slots are those of :func:`slots`."""
    rows = join(" UNION ALL ", [*_offers(), *_proposals(), _plans(), *_ends()])
    before, _, after = _LISTED[vendor].partition("{rows}")
    return Sql(before) + rows + after.format(most=MOST)


def slots(user_id: object) -> Mapping[str, object]:
    """The values of the statement's slots."""
    dialect, now = DIALECTS[connection.vendor], timezone.now()
    today = now.date()
    return {
        "user": user_id,
        "now": dialect.bind("datetime", now),
        "today": dialect.bind("date", today),
        "until": dialect.bind("date", today + WITHIN),
    }


def end_of(spec: Spec) -> str:
    """The column that says until when a record is good; empty if there is none."""
    return next((name for name in UNTIL if name in spec.columns), "")


def _row(kind: str, spec: Spec, condition: Sql, *, day: str = "''") -> Sql:
    head = f"SELECT {kind} AS kind,'{spec.label}' AS model,CAST(a.id AS TEXT) AS id,{day} AS day FROM {spec.table} a"
    return Sql(f"{head} WHERE ") + condition


def _offers() -> Iterator[Sql]:
    """Invitations to the person, and invitations and requests to what they manage."""
    for spec in specs().values():
        if spec.tree.offer is not None:
            side = on_side(spec, "a", _VIEW, offer_of(spec).answerer)
            yield _row(f"'{OFFER}'", spec, all_of([Sql("a.expires_at > ") + slot("now"), side]))


def _proposals() -> Iterator[Sql]:
    """Proposals that were handed back to the person; to an administrator, those that wait for a decision."""
    admin = Sql(f"EXISTS (SELECT 1 FROM {user_spec().table} s WHERE s.is_superuser AND s.id = ") + slot("user") + ")"
    mine = Sql("a.created_by_id = ") + slot("user")
    either = any_of(
        ["(a.status = 'Pending' AND " + admin + ")", "(a.status = 'Revision requested' AND " + mine + ")"],
    )
    for spec in specs().values():
        if spec.tree.keeps_proposals:
            yield _row(f"CASE a.status WHEN 'Pending' THEN '{WAITING}' ELSE '{RETURNED}' END", spec, either)


def _plans() -> Sql:
    """Plans of imports that somebody has asked the person to review, until they answer or it is committed."""
    reviews, imports = ImportReview._meta.db_table, TableImport._meta.db_table
    head = (
        f"SELECT '{PLAN}' AS kind,'{TableImport._meta.label}' AS model,CAST(a.table_import_id AS TEXT) AS id,'' AS day"
    )
    joined = f"{head} FROM {reviews} a JOIN {imports} i ON i.id = a.table_import_id"
    waits = f"a.answer = '{ImportReview.WAITING}' AND i.state <> '{TableImport.COMMITTED}'"
    return Sql(f"{joined} WHERE {waits} AND a.person_id = ") + slot("user")


def _ends() -> Iterator[Sql]:
    """What the person may change, and what ends within 90 days."""
    for spec in specs().values():
        if not end_of(spec):
            continue
        column = f"a.{quoted(spec.columns[end_of(spec)].column)}"
        parts = [Sql(f"{column} >= ") + slot("today"), Sql(f"{column} <= ") + slot("until")]
        if "status" in spec.columns:
            over = ",".join(f"'{one}'" for one in OVER)
            status = f"a.{quoted(spec.columns['status'].column)}"
            parts.append(any_of([Sql(f"{status} IS NULL"), Sql(f"lower({status}) NOT IN ({over})")]))
        scope = [visible(spec, "a", _VIEW), editable(spec, "a", _VIEW)]
        yield _row(f"'{ENDS}'", spec, all_of([*parts, *scope]), day=f"CAST({column} AS TEXT)")


__all__ = ["ENDS", "OFFER", "PLAN", "RETURNED", "WAITING", "awaiting", "end_of", "slots"]
