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
    """Tags that hold what was typed, from the records that were changed last; one query."""
    wanted = typed.strip().replace("\x00", "")[:MAX_LENGTH]
    query = Query(
        filters=(Filter(("tags", "icontains"), False, wanted),) if wanted else (),
        sorts=(Sort(("updated_at",), True),) if "updated_at" in spec.columns else (),
        excludes=tuple((key,) for key in spec.keys if key not in ("id", "tags")),
        limit=LOOKED_AT,
    )
    page = fetch_page(spec, query, viewer=viewer, base=settings.BRAINSTEM_URL)
    found = Counter(tag for record in page.records for tag in json.loads(record)["tags"])
    fitting = [(-count, tag) for tag, count in found.items() if wanted.casefold() in tag.casefold()]
    return [tag for _, tag in sorted(fitting)[:SHOWN]]
