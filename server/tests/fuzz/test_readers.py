"""What reads texts from outside, fed with changed examples: it answers or refuses, in linear work, and says the same twice."""

from __future__ import annotations

import csv
import datetime as dt
import io
from contextlib import suppress
from decimal import Decimal
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainstem.core.errors import QueryError
from brainstem.core.query.syntax import Query, parse
from brainstem.core.tables.formulas import guarded
from brainstem.core.tables.reading import read_pasted
from brainstem.core.tables.sheets import Unreadable
from brainstem.core.text import lines, numbers, times, words
from brainstem.core.text.markup import is_markup, sanitise
from brainstem.core.types.quantities import normalised, wrong_quantities
from brainstem.core.types.units import convert, spelled

from .made import changed, files, made_up, read
from .steps import grows_linearly, lines_run

# -- query strings -----------------------------------------------------------------------------------------------------

QUERY = (
    "&",
    "=",
    "{",
    "}",
    "[]",
    ".",
    "-",
    "%",
    "%00",
    "%ff",
    "+",
    ",",
    "*",
    "filter{",
    "sort[]=",
    "limit=",
    "page=",
    ";",
)


def written(query: Query) -> str:
    """A query string that means the same."""
    pairs = [(one.written, one.value) for one in query.filters]
    pairs += [("sort[]", one.written) for one in query.sorts]
    pairs += [("include[]", ".".join(path)) for path in query.includes]
    pairs += [("exclude[]", ".".join(path)) for path in query.excludes]
    pairs += [("search", " ".join(query.search)), ("limit", str(query.limit))]
    pairs += [("offset", str(query.offset)), ("writable", str(query.writable).lower())]
    pairs += [("include_version", str(query.versions).lower())]
    pairs += [(name, value) for name in ("cursor", "as_of") if (value := getattr(query, name)) is not None]
    return urlencode(pairs)


def check_query(text: str) -> None:
    found = read(parse, text, refusal=QueryError)
    if found is None:
        return
    assert 1 <= found.limit <= 100
    # A page is an offset too, and a cursor goes with neither.
    if not (found.cursor is not None and found.offset):
        assert parse(written(found)) == found


@pytest.mark.parametrize("text", files("query"))
def test_a_query_string_of_the_corpus_is_read_or_refused(text):
    check_query(text)


@given(changed("query", QUERY))
@made_up
def test_a_changed_query_string_is_read_as_it_is_written_again_or_refused(text):
    check_query(text)


# -- rich text ---------------------------------------------------------------------------------------------------------

MARKUP = ("<", ">", "</", "/>", "<!--", "-->", "&", ";", "&lt;", "&#60;", '"', "'", "=", "<b>", "</p>", "<script>", "<svg", "\x00", "\n", "<![CDATA[")  # fmt: skip
ACTIVE = ("script", "svg", "style", "iframe", "object", "embed", "form", "math", "link", "meta", "base")


class Tags(HTMLParser):
    """What a browser would do: tags that act, and attributes that do."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.acting: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs) -> None:
        self.acting += [tag] if tag in ACTIVE else []
        self.acting += [
            name for name, value in attrs if name.startswith("on") or "javascript:" in (value or "").lower()
        ]


def check_markup(text: str) -> None:
    found = read(sanitise, text, refusal=ValueError)
    if found is None:
        return
    assert sanitise(found) == found
    assert not is_markup(found) or not Tags(found).acting
    assert len(found) <= 8 * len(text) + 100


@pytest.mark.parametrize("text", files("markup"))
def test_a_text_of_the_corpus_is_sanitised_once_and_for_all(text):
    check_markup(text)


@given(changed("markup", MARKUP))
@made_up
def test_a_changed_text_is_sanitised_once_and_for_all(text):
    check_markup(text)


# -- values ------------------------------------------------------------------------------------------------------------

VALUE = (".", ",", "-", "+", "e", "E", "T", "Z", ":", " ", "µ", "μ", "²", "%", "P", "D", "/", "0", "9" * 20, "\u00a0", "\u0660", "\u200b", "°", "\x00")  # fmt: skip
UNITS = ("mm", "um", "nL", "mg/kg", "°C", "Hz")
QUANTITY = {
    "properties": {"value": {"type": "number"}, "unit": {"enum": list(UNITS)}},
    "default": {"value": 0, "unit": "mm"},
}


def check_value(text: str) -> None:
    kept = normalised(text, QUANTITY)
    assert normalised(kept, QUANTITY) == kept
    assert all(said for _, said in wrong_quantities(kept, QUANTITY))
    assert spelled(text, list(UNITS)) in (None, *UNITS)
    check_numbers(text)
    check_times(text)
    composed = lines.composed(text)
    assert lines.composed(composed) == composed
    assert words.truth_of(text) in (None, True, False)


def check_numbers(text: str) -> None:
    exact, whole = numbers.decimal_of(text), numbers.whole_of(text)
    if exact is not None:
        assert numbers.decimal_of(str(exact)) in (exact, None)
        assert numbers.float_of(text) is None or numbers.is_double(exact)
        for unit in UNITS:
            assert convert(exact, unit) is None or isinstance(convert(exact, unit)[1], Decimal)
    if whole is not None:
        assert abs(whole) < 2**63
        assert numbers.whole_of(str(whole)) == whole == int(exact)


def check_times(text: str) -> None:
    day, moment, span = times.day_of(text), times.moment_of(text), times.span_of(text)
    if day is not None:
        assert times.day_of(day.isoformat()) == times.day_of_time(day.isoformat()) == day
    if moment is not None:
        assert moment.tzinfo is not None
        assert times.moment_of(moment.isoformat()) == moment
        assert times.moment_of(moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")) == moment
    if span is not None:
        assert abs(span) <= dt.timedelta.max


@pytest.mark.parametrize("text", files("value"))
def test_a_value_of_the_corpus_is_read_as_it_is_written_again(text):
    check_value(text)


@given(changed("value", VALUE))
@made_up
def test_a_changed_value_is_read_as_it_is_written_again_or_by_nobody(text):
    check_value(text)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
                    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(["value", "unit", "x"]), below)))  # fmt: skip
@made_up
def test_any_json_is_a_quantity_or_says_why_it_is_none(value):
    kept = normalised(value, QUANTITY)
    assert repr(normalised(kept, QUANTITY)) == repr(kept)  # not-a-numbers do not equal themselves
    assert all(said for _, said in wrong_quantities(kept, QUANTITY))


# -- tables ------------------------------------------------------------------------------------------------------------

TABLE = (",", ";", "\t", '"', '""', "\n", "\r", "\r\n", "sep=;", "'", "=", " ", "\x00", "\ufeff", ",,,", "\n\n")


def check_table(text: str) -> None:
    for sheet in read(read_pasted, text, refusal=Unreadable) or []:
        assert all(len(line.cells) == len(sheet.heads) for line in sheet.lines)
        assert [line.number for line in sheet.lines] == sorted({line.number for line in sheet.lines})
        if not sheet.problems:
            check_read_back(sheet)


def check_read_back(sheet) -> None:
    again = io.StringIO(newline="")
    csv.writer(again, quoting=csv.QUOTE_ALL).writerows(
        [sheet.heads, *([guarded(cell) for cell in line.cells] for line in sheet.lines)]
    )
    (read,) = read_pasted(again.getvalue())
    assert read.heads == sheet.heads
    assert [line.cells for line in read.lines] == [line.cells for line in sheet.lines]


@pytest.mark.parametrize("text", files("table"))
def test_a_table_of_the_corpus_is_read_or_refused(text):
    check_table(text)


@given(changed("table", TABLE))
@made_up
def test_a_changed_table_is_read_back_as_it_is_written_or_refused(text):
    check_table(text)


# -- work --------------------------------------------------------------------------------------------------------------

READERS = {
    "query": parse,
    "markup": sanitise,
    "quantity": lambda text: normalised(text, QUANTITY),
    "moment": times.moment_of,
    "span": times.span_of,
    "name": lines.objection,
    "table": read_pasted,
}
PARTS = ("a", "<", "<b>", "&amp;", "filter{a}=1&", "a.b.", "1", "1,", '"', "a,b\n", "\n", "é", "%", "P1", " ")


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize("part", PARTS)
def test_work_grows_no_faster_than_what_is_read(read, part):
    def tried(text: str) -> None:
        with suppress(ValueError, QueryError):
            read(text)

    grows_linearly(tried, part)


@pytest.mark.control
def test_work_that_grows_faster_is_found():
    def quadratic(text: str) -> None:
        for end in range(len(text)):
            for _ in text[:end]:
                pass

    with pytest.raises(AssertionError):
        grows_linearly(quadratic, "a", times=50)
    assert lines_run(lambda: None) <= 2
