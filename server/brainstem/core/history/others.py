"""Links that other records keep to a record: which of them were there at a version of it."""

from __future__ import annotations

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from ..model.ids import RecordId
from ..model.registry import Relation
from ..models import Change


def linked_at(relation: Relation, record_id: RecordId, number: int) -> dict[str, bool]:
    """Ids of the other records that linked to this one, or stopped to, since a change -> whether they did before it.

    ``relation`` leads from the record to the others, which keep the links. One query, of changes of their model that
    mention the record.
    """
    name, me = relation.reverse_name, str(record_id)
    mentions = Change.objects.filter(model=relation.target, id__gt=number)
    mentions = mentions.annotate(was=Cast("before", TextField()), now=Cast("after", TextField()))
    mentions = mentions.filter(Q(was__contains=f'"{me}"') | Q(now__contains=f'"{me}"'))
    found: dict[str, bool] = {}
    for change in mentions.order_by("id"):
        before, after = (side.get(name) or [] for side in (change.before or {}, change.after or {}))
        if (me in before) != (me in after):
            found.setdefault(change.record_id, me in before)
    return found


__all__ = ["linked_at"]
