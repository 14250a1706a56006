"""Tags to suggest: those in use on records of the model that the person sees, the most frequent first."""

from __future__ import annotations

import json
from collections import Counter

from django.conf import settings

from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import Spec
from brainstem.core.query.run import fetch_page
from brainstem.core.query.syntax import Filter, Query, Sort
from brainstem.core.write.tags import MAX_LENGTH

LOOKED_AT = 200  # records
SHOWN = 12


def suggested(spec: Spec, typed: str, *, viewer: Viewer) -> list[str]:
    """Tags that hold what was typed: of the newest records, or else of all that have such a tag.

    The first query reads a few hundred records in the order of an index; the second looks through all.
    """
    wanted = typed.strip().replace("\x00", "")[:MAX_LENGTH]
    found = _fitting(spec, wanted, (), viewer)
    if wanted and not found:
        found = _fitting(spec, wanted, (Filter(("tags", "icontains"), False, wanted),), viewer)
    return [tag for tag, _ in sorted(found.items(), key=lambda one: (-one[1], one[0]))[:SHOWN]]


def _fitting(spec: Spec, wanted: str, filters: tuple[Filter, ...], viewer: Viewer) -> Counter[str]:
    query = Query(
        filters=filters,
        sorts=(Sort(("id",), True),),  # the order in which they were added, and that of an index
        excludes=tuple((key,) for key in spec.keys if key not in ("id", "tags")),
        limit=LOOKED_AT,
    )
    page = fetch_page(spec, query, viewer=viewer, base=settings.BRAINSTEM_URL)
    found = Counter(tag for record in page.records for tag in json.loads(record)["tags"])
    return Counter({tag: count for tag, count in found.items() if wanted.casefold() in tag.casefold()})
