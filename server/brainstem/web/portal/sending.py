"""What pages that do one thing take from a form: known names only, and each said once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from brainstem.core.errors import Invalid
from brainstem.core.text.shown import shown
from brainstem.core.text.words import nearest

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field
MOST = 20


def refuse_unknown(sent: Mapping[str, object], known: Iterable[str]) -> None:
    """Refuse a form with fields of other names.

    Raises
    ------
    Invalid
        With the names, and the closest valid ones.
    """
    names = [*known]
    wrong = [name for name in sent if name not in (*names, TOKEN)]
    if wrong:
        raise Invalid({one: [f"The form has no field {shown(one)}.{nearest(one, names)}"] for one in wrong[:MOST]})


__all__ = ["refuse_unknown"]
