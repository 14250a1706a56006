"""Tags of records: reading them from a payload, their rows in a shared table, and limits on their number.

Whatever the number of words and records, reading, adding and linking tags takes a fixed number of statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache

from django.db import connection

from ..errors import Invalid
from ..model.registry import Relation, Spec
from ..model.values import Bad
from ..models import Tag
from ..sql.dialect import DIALECTS
from ..sql.setwise import insert_columns
from ..text import lines

MAX_TAGS = 50
MAX_NEW_TAGS = 5000
MAX_LENGTH = 100


def words_of(value: object) -> list[str]:
    """The tags in a payload, each once, in order.

    Raises
    ------
    Bad
        If there are too many, or one is invalid.
    """
    if value is None:
        return []
    if isinstance(value, str):
        value = [part for part in value.split(",") if part.strip()]
    if not isinstance(value, list):
        raise Bad(f"Expected a list of at most {MAX_TAGS} words.")
    if len(value) > MAX_TAGS:
        raise Bad(f"A record has at most {MAX_TAGS} tags, got {len(value)}.")
    return list(dict.fromkeys(_word(one) for one in value))


def _word(value: object) -> str:
    name = value.get("name") if isinstance(value, dict) else value
    if not isinstance(name, str) or not name.strip():
        raise Bad("Every tag must be a text.")
    name = lines.composed(name.strip())
    if len(name) > MAX_LENGTH:
        raise Bad(f"A tag has at most {MAX_LENGTH} characters.")
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise Bad("A tag has half of a surrogate pair and is not valid Unicode.") from error
    if problem := lines.objection(name):
        raise Bad(problem)
    return name


@cache
def tags_of(spec: Spec) -> Relation:
    """The relation from the records of a model to their tags."""
    return Relation("tags", "link", spec.label, Tag._meta.label, field=spec.model._meta.get_field("tags"))


def refuse_too_many_new(payloads: Iterable[object]) -> None:
    """Refuse rows that together add more new tags than one request may; nothing has been written yet.

    Raises
    ------
    Invalid
        Says how many there are and how many there may be.
    """
    words: set[str] = set()
    for payload in payloads:
        if isinstance(payload, Mapping):
            with suppress(Bad):  # Errors in the tags of one row are reported for that row.
                words.update(words_of(payload.get("tags")))
    if len(words) <= MAX_NEW_TAGS:
        return
    new = len(words) - len(_known(words))
    if new > MAX_NEW_TAGS:
        raise Invalid.at(
            "tags", f"One request may add {MAX_NEW_TAGS} new tags, these rows have {new}: send fewer rows."
        )


def tag_ids(words: Iterable[str]) -> dict[str, int]:
    """Word -> id of its tag, created if it is new; three statements at most."""
    wanted = list(dict.fromkeys(words))
    known = _known(wanted)
    missing = sorted(set(wanted) - known.keys())
    if missing:
        _add(missing)
        # Includes those that another transaction has added in the meantime.
        known |= _known(missing)
    return known


def _known(words: Iterable[str]) -> dict[str, int]:
    """The existing tags; one statement, whose number of parameters does not depend on that of the words."""
    dialect = DIALECTS[connection.vendor]
    with connection.cursor() as cursor:
        statement = f"SELECT name, id FROM {Tag._meta.db_table} WHERE {dialect.member('name', 'string')}"
        cursor.execute(statement, [dialect.members(list(words))])
        return dict(cursor.fetchall())


def _add(words: list[str]) -> None:
    # Sorted, so that transactions which add the same words cannot deadlock.
    insert_columns(Tag._meta.db_table, [(Tag._meta.get_field("name"), words)], ignore=True)


__all__ = ["MAX_NEW_TAGS", "MAX_TAGS", "refuse_too_many_new", "tag_ids", "tags_of", "words_of"]
