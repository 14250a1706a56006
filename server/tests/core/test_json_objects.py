"""JSON objects and lists as the databases write them."""

import json

import pytest
from django.db import connection

from brainstem.core.query.budget import TooLarge, held_to
from brainstem.core.sql.dialect import DIALECTS, MOST_PRINTED

pytestmark = pytest.mark.django_db


def written(expression: str, *values: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression}", values)
        return json.loads(cursor.fetchone()[0])


@pytest.mark.parametrize("number", [0, 1, 2, MOST_PRINTED, MOST_PRINTED + 1, 2 * MOST_PRINTED, 2 * MOST_PRINTED + 1])
def test_an_object_has_all_its_keys_in_order_however_many_they_are(number):
    dialect = DIALECTS[connection.vendor]
    text = dialect.object_json([(f"key_{n}", f"'{n}'") for n in range(number)])
    assert list(written(text).items()) == [(f"key_{n}", n) for n in range(number)]


@pytest.mark.parametrize("key", ["50%", "%s", "%%d", "it's", 'a "quoted" one', "\\", "\u00b5m"])
def test_any_name_may_be_a_key_and_any_text_a_value(key):
    dialect = DIALECTS[connection.vendor]
    text = dialect.object_json([(key, dialect.string_json("'100%%'")), ("given", dialect.string_json("%s"))])
    assert written(text, f"{key}\x01") == {key: "100%", "given": f"{key}\x01"}


@pytest.mark.parametrize("values", [[], ["a"], ["%s", "50%", "c"]], ids=len)
def test_a_list_has_all_its_elements_and_none_where_there_are_none(values):
    dialect = DIALECTS[connection.vendor]
    rows = " UNION ALL ".join(f"SELECT {n} AS n,CAST(%s AS varchar) AS word" for n in range(len(values)))
    source = f"FROM ({rows or 'SELECT 0 AS n,NULL AS word WHERE 1=0'}) t"
    text = dialect.array_json(dialect.string_json("word"), source, "n DESC")
    assert written(text, *values) == values[::-1]


def nested(length: int) -> str:
    """An object with a list of an object with a list of a text, which is not in the statement."""
    dialect = DIALECTS[connection.vendor]
    word = "replace(hex(zeroblob(%s/2)),'0','x')" if connection.vendor == "sqlite" else "repeat('x',%s::int)"
    inner = dialect.array_json(f"'\"'||{word}||'\"'", "", "1")
    outer = dialect.array_json(dialect.object_json([("words", inner)]), "", "1")
    return dialect.object_json([("lists", outer), ("end", "1")])


def test_on_sqlite_what_is_too_long_at_any_level_is_an_error_and_is_not_left_out():
    length, text = 5000, nested(5000)
    whole = {"lists": [{"words": ["x" * length]}], "end": 1}
    size = len(json.dumps(whole, separators=(",", ":")))
    with held_to(size):
        assert written(text, length) == whole
    if connection.vendor == "sqlite":  # on PostgreSQL budgets are in the statement
        for least in range(length + 2, size):
            with pytest.raises(TooLarge), held_to(least):
                written(text, length)
