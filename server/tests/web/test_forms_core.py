"""Drawing values as texts and reading them back: a form that comes back as it was drawn gives what it was drawn from."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brainstem.core.types.quantities import is_quantity
from brainstem.core.types.schemas import current, schemas
from brainstem.web.portal.forms.copying import next_name
from brainstem.web.portal.forms.leaves import Day, Number, Scalar, Span, Switch, Text
from brainstem.web.portal.forms.lists import Numbers, Tags, Texts
from brainstem.web.portal.forms.measures import Moment, Quantity
from brainstem.web.portal.forms.merging import Base, Standing
from brainstem.web.portal.forms.moves import moved
from brainstem.web.portal.forms.nodes import ABSENT, WAS, Group, Node, Reading, Rows
from brainstem.web.portal.forms.relations import Many
from brainstem.web.portal.forms.schema import details_of
from brainstem.web.portal.forms.sent import Sent, one, tree_of
from brainstem.web.portal.forms.structures import NamedValues, named
from brainstem.web.portal.words import label_of

TYPES = [(group, name) for group, names in schemas().items() for name in names]
SAME = object()


def sent_back(sent: Sent) -> Sent:
    """What a browser sends of controls: every text with its line breaks as CRLF."""
    found: dict[str, list[str]] = {}
    for name, text in Sent(parts={"at": sent}).pairs():
        found.setdefault(name, []).append(text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n"))
    return tree_of(found.items()).at("at")


def read(node: Node, sent: Sent, kept: object = ABSENT) -> tuple[object, dict[str, list[str]]]:
    reading = Reading()
    return node.read(sent, kept, at=node.key, reading=reading), dict(reading.errors)


def typed(node: Node, *texts: str, kept: object = ABSENT, unit: str | None = None) -> tuple[object, list[str]]:
    """The value of a control in which this was typed, and the errors beside it."""
    value, errors = read(node, Sent(list(texts), {"unit": one(unit)} if unit is not None else {}), kept)
    return value, errors.get(node.key, [])


def node_of(group: str, name: str) -> Node:
    schema = current(group, name)
    assert schema is not None
    return details_of("details", schema.body, is_list=schema.is_list)


# -- every type -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("group", "name"), TYPES, ids=lambda part: part)
def test_the_examples_of_a_type_come_back_as_they_were(group, name):
    node, schema = node_of(group, name), current(group, name)
    for example in schema.body["examples"]:
        value, errors = read(node, sent_back(node.draw(example)), example)
        assert value is example
        assert not errors


def _without_lists(value: Any) -> Any:
    """Without empty lists and objects: a form has no other way to say nothing."""
    if isinstance(value, dict):
        cleaned = {key: _without_lists(one) for key, one in value.items()}
        return {key: one for key, one in cleaned.items() if one not in ([], {})}
    return [_without_lists(one) for one in value] if isinstance(value, list) else value


def _as_new(sent: Sent) -> Sent:
    return Sent(sent.texts, {key: _as_new(part) for key, part in sent.parts.items() if key != WAS})


@pytest.mark.parametrize(("group", "name"), TYPES, ids=lambda part: part)
def test_a_form_that_is_filled_in_from_an_example_says_the_same(group, name):
    node, schema = node_of(group, name), current(group, name)
    for example in schema.body["examples"]:
        value, errors = read(node, _as_new(sent_back(node.draw(example))))
        assert not errors
        assert _without_lists({} if value is ABSENT else value) == _without_lists(example)


_NUMBERS = st.one_of(
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([1e-7, 0.1 + 0.2, -0.0, 5e-324, 1e300]),
)
_TEXTS = st.one_of(
    st.text(max_size=30), st.sampled_from(["", " ", "a\r\nb", "\n\nx ", "  x  ", "\r", "<b>&amp;", "1,5"])
)
_ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), _NUMBERS, _TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXTS, inner, max_size=3)),
    max_leaves=6,
)


def _values(schema: Any) -> st.SearchStrategy[Any]:
    """Values that a type defines, and now and then any others, as older records may hold."""
    return st.one_of(_fitting(schema), _fitting(schema), _fitting(schema), _ANYTHING)


def _fitting(schema: Any) -> st.SearchStrategy[Any]:
    if "anyOf" in schema:
        return st.one_of(*map(_fitting, schema["anyOf"]))
    if is_quantity(schema):
        units = st.sampled_from([*schema["properties"]["unit"].get("enum", ["x"]), "furlong"])
        whole = st.fixed_dictionaries({"value": _NUMBERS, "unit": units}, optional={"more": _TEXTS})
        return st.one_of(
            whole, _NUMBERS, st.fixed_dictionaries({"unit": units}), st.fixed_dictionaries({"value": _NUMBERS})
        )
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "object":
        known = {key: _values(below) for key, below in schema.get("properties", {}).items()}
        beyond = {"unknown key.1": _ANYTHING, "0": _ANYTHING}
        return st.fixed_dictionaries({}, optional=known | beyond)
    if kind == "array":
        return st.lists(_values(schema.get("items", {})), max_size=3)
    return {"number": _NUMBERS, "integer": _NUMBERS, "boolean": st.booleans()}.get(kind, _TEXTS)


@pytest.mark.parametrize(("group", "name"), TYPES, ids=lambda part: part)
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_whatever_is_stored_comes_back_as_it_was(group, name, data):
    value = data.draw(_values(current(group, name).body))
    node = node_of(group, name)
    back, errors = read(node, sent_back(node.draw(value)), value)
    assert back is value
    assert not errors


def test_line_breaks_of_another_kind_are_no_change():
    signs = {"type": "array", "items": {"enum": ["cold", "stiff"]}}
    words = {"type": "array", "items": {"type": "string"}}
    node = details_of("details", {"type": "object", "properties": {"signs": signs, "words": words}}, is_list=False)
    stored = {"signs": ["\r", "cold"], "words": ["a\r\nb", "c\rd"]}
    sent = sent_back(node.draw(stored))
    assert read(node, sent, stored)[0] is stored
    sent.at("signs").texts.append("stiff")
    sent.at("words").texts.append("e")
    assert read(node, sent, stored)[0] == {"signs": ["\r", "cold", "stiff"], "words": ["a\r\nb", "c\rd", "e"]}


def test_what_a_form_does_not_show_stays_when_something_else_is_changed():
    stored = {"rate": {"value": 1e-7, "unit": "mm", "by": "hand"}, "old": [1, {"x": None}], "notes": None, "shape": [2]}
    node = details_of(
        "details",
        {
            "type": "object",
            "properties": {
                "rate": {"type": "object", "properties": {"value": {"type": "number"}, "unit": {"enum": ["mm", "m"]}}},
                "notes": {"type": "string"},
                "shape": {"type": "string"},
                "name": {"type": "string"},
            },
        },
        is_list=False,
    )
    sent = sent_back(node.draw(stored))
    sent.at("name").texts = ["x"]
    assert read(node, sent, stored)[0] == stored | {"name": "x"}
    sent.at("rate", "unit").texts = ["m"]
    assert read(node, sent, stored)[0] == stored | {"name": "x", "rate": {"value": 1e-7, "unit": "m", "by": "hand"}}


# -- numbers ----------------------------------------------------------------------------------------------------------

VOLUME = Quantity(key="volume", units=("nL", "µL"), default="nL")


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("12", "nL", {"value": 12, "unit": "nL"}),
        ("12", None, {"value": 12, "unit": "nL"}),
        ("12 ul", "nL", {"value": 12, "unit": "µL"}),
        ("0.3ul", "nL", {"value": 0.3, "unit": "µL"}),
        (" 1e-3 ", "µL", {"value": 0.001, "unit": "µL"}),
        ("12.0", "nL", {"value": 12.0, "unit": "nL"}),
        ("", "nL", ABSENT),
    ],
)
def test_a_quantity_is_a_number_with_a_unit_typed_or_chosen(text, unit, value):
    assert typed(VOLUME, text, unit=unit) == (value, [])


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("1,5", "Write 1.5."),
        ("12 furlong", "'furlong' is not a unit that fits here. Units: nL, µL."),
        ("much", "a number"),
    ],
)
def test_a_quantity_that_cannot_be_read_is_explained(text, part):
    value, errors = typed(VOLUME, text, unit="nL")
    assert value == text
    assert part in errors[0]


def test_a_number_keeps_its_exact_value_when_only_its_unit_changes():
    kept = {"value": 0.1 + 0.2, "unit": "nL"}
    assert typed(VOLUME, "0.30000000000000004", unit="µL", kept=kept)[0] == {"value": 0.1 + 0.2, "unit": "µL"}


@pytest.mark.parametrize("text", ["1,5", "1_000", "inf", "nan", "٣", "1e999", "one"])
def test_a_number_that_cannot_be_read_is_explained(text):
    assert typed(Number(key="n"), text)[1]
    assert typed(Number(key="n", whole=True), text)[1]


@pytest.mark.parametrize(
    ("node", "text", "value"),
    [
        (Number(key="n"), "1e-7", 1e-7),
        (Number(key="n", whole=True), "12", 12),
        (Numbers(key="n", whole=True), "1, 2;3  4", [1, 2, 3, 4]),
        (Scalar(key="n"), "20.5", 20.5),
        (Scalar(key="n"), "007", "007"),
        (Scalar(key="n"), '"20.5"', "20.5"),
        (Scalar(key="n"), "ear 3", "ear 3"),
        (Span(key="n"), "0:30:00", "0:30:00"),
        (Span(key="n"), "90 min", 5400.0),
        (Day(key="n"), " 2026-01-31 ", "2026-01-31"),
        (Tags(key="n"), 'pilot, "left, right", maze', ["pilot", "left, right", "maze"]),
    ],
    ids=str,
)
def test_typed_texts_are_values(node, text, value):
    assert typed(node, text) == (value, [])


@given(value=st.one_of(_TEXTS, _NUMBERS))
def test_a_value_that_may_be_a_text_or_a_number_stays_what_it_is(value):
    node = Scalar(key="n")
    assert read(node, sent_back(node.draw(value)), value)[0] is value
    if "\r" not in str(value) and str(value).strip():
        again = typed(node, *node.draw(value).texts)[0]
        assert (again, type(again)) == (value, type(value)) or isinstance(value, float)


@pytest.mark.parametrize(
    ("texts", "value"), [(["", "true"], True), ([""], False), (["", "on"], True), (["false"], False)]
)
def test_a_check_box_says_yes_or_no(texts, value):
    assert typed(Switch(key="x"), *texts, kept=not value) == (value, [])


def test_texts_and_records_of_a_list_are_one_control_each():
    assert typed(Texts(key="x"), "", "a", "", "b ", kept=["a"])[0] == ["a", "b "]
    assert typed(Many(key="x", target="m"), "", "7", "0198", kept=[7])[0] == [7, 198]
    assert typed(Many(key="x", target="m", empty=[]), "", kept=[7])[0] == []
    kept = ["b", "a"]
    assert typed(Many(key="x", target="m"), "", "a", "b", kept=kept)[0] is kept
    assert typed(Many(key="x", target="m", ordered=True), "", "a", "b", kept=kept)[0] == ["a", "b"]


def test_an_emptied_text_is_null_only_where_that_is_how_nothing_is_stored():
    assert typed(Text(key="x", empty=""), "", kept="a")[0] == ""
    assert typed(Text(key="x", empty=None), "", kept="a")[0] is None
    assert typed(Text(key="x"), "", kept=None)[0] is None


def test_names_of_values_are_needed_once_each():
    node = NamedValues(key="extra_fields", row=named())
    rows = [("a", "1"), ("a", "2"), ("", "3")]
    sent = Sent(
        [""], {str(at): Sent(parts={"name": one(name), "value": one(value)}) for at, (name, value) in enumerate(rows)}
    )
    assert read(node, sent)[1] == {
        "extra_fields.1.name": ["a appears twice in the list."],
        "extra_fields.2.name": ["A name is required."],
    }


# -- times ------------------------------------------------------------------------------------------------------------

HERE = Moment(key="t", zone="Europe/Copenhagen")


@pytest.mark.parametrize(
    ("stored", "drawn"),
    [
        ("2026-01-31T12:00:00Z", "2026-01-31T13:00"),
        ("2026-07-31T12:00:07Z", "2026-07-31T14:00:07"),
        ("2026-07-31T12:00:07.123456Z", "2026-07-31T14:00:07.123"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:50:20"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ],
)
def test_a_time_is_drawn_in_the_zone_and_comes_back_to_the_microsecond(stored, drawn):
    assert HERE.draw(stored).texts == [drawn]
    assert typed(HERE, drawn, kept=stored)[0] is stored
    assert typed(HERE, f"{drawn}:00" if len(drawn) == 16 else drawn, kept=stored)[0] is stored


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("2026-07-31T14:00", "2026-07-31T12:00:00Z"),
        ("2026-01-31", "2026-01-30T23:00:00Z"),
        ("2026-07-31 14:00:07.5", "2026-07-31T12:00:07.500000Z"),
        ("2026-07-31T14:00+09:00", "2026-07-31T05:00:00Z"),
        ("2026-10-25T02:30+01:00", "2026-10-25T01:30:00Z"),
    ],
)
def test_a_typed_time_is_stored_in_utc(text, stored):
    assert typed(HERE, text) == (stored, [])


def test_a_time_that_the_clocks_skip_or_show_twice_is_asked_about():
    assert "skip 02:30 on 2026-03-29" in typed(HERE, "2026-03-29T02:30")[1][0]
    twice = typed(HERE, "2026-10-25T02:30")[1][0]
    assert "2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00" in twice


@pytest.mark.parametrize("stored", ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"])
def test_either_of_two_equal_times_stays_as_it_is(stored):
    drawn = HERE.draw(stored).texts
    assert drawn == ["2026-10-25T02:30"]
    assert typed(HERE, *drawn, kept=stored)[0] is stored


@given(moment=st.datetimes(), zone=st.sampled_from(["Europe/Copenhagen", "America/New_York", "Asia/Kathmandu", "UTC"]))
def test_any_time_comes_back_as_it_was(moment, zone):
    node, stored = Moment(key="t", zone=zone), f"{moment.isoformat()}Z"
    assert read(node, sent_back(node.draw(stored)), stored)[0] is stored


# -- rows, merging, names ---------------------------------------------------------------------------------------------


def table_of(*names: str) -> Sent:
    return Sent(parts={"t": Sent([""], {str(at): Sent(parts={"name": one(name)}) for at, name in enumerate(names)})})


@pytest.mark.parametrize(
    ("do", "names"),
    [
        ("remove t 1", ["a", "c"]),
        ("up t 2", ["a", "c", "b"]),
        ("down t 0", ["b", "a", "c"]),
        ("up t 0", ["a", "b", "c"]),
        ("add t", ["a", "b", "c", "", "", ""]),
        ("repeat t 1", ["a", "b", "b", "c"]),
        ("repeat t 9", ["a", "b", "c"]),
        ("remove t 9", ["a", "b", "c"]),
        ("remove nothing 1", ["a", "b", "c"]),
        ("redraw", ["a", "b", "c"]),
    ],
)
def test_rows_are_moved_without_saving(do, names):
    assert [row.at("name").text for row in moved(table_of("a", "b", "c"), do).at("t").rows()] == names


def test_a_repeated_row_is_a_new_one():
    row = Sent(parts={"_was": one("0"), "inner": Sent([""], {"0": Sent(parts={"_was": one("0"), "x": one("y")})})})
    rows = moved(Sent(parts={"t": Sent([""], {"0": row})}), "repeat t 0").at("t").rows()
    assert [list(found.pairs()) for found in rows] == [
        [("_was", "0"), ("inner", ""), ("inner.0._was", "0"), ("inner.0.x", "y")],
        [("inner", ""), ("inner.0.x", "y")],
    ]


def test_rows_of_a_form_that_is_drawn_again_stand_for_equal_rows_or_for_none():
    rows = Rows(key="t", row=Group(key="", parts=(Text(key="x"),)))
    before = [{"x": "a", "unseen": 1}, {"x": "b", "unseen": 2}, {"x": "c", "unseen": 3}]
    stored = [{"x": "b", "unseen": 2}, {"x": "new", "unseen": 4}]
    sent = rows.draw(before)
    sent.at("0", "x").texts = ["mine"]
    again = rows.moved_to(sent, before, stored)
    assert [row.at("_was").text for row in again.rows()] == ["", "0", ""]
    assert rows.read(again, stored, at="t", reading=Reading()) == [{"x": "mine"}, {"x": "b", "unseen": 2}, {"x": "c"}]


def test_the_records_of_a_list_are_moved_too():
    assert moved(Sent(parts={"s": Sent(["", "x", "y"])}), "up s y").at("s").texts == ["", "y", "x"]


@pytest.mark.parametrize(
    ("before", "mine", "theirs", "standing"),
    [
        ("a", "a", "a", Standing.SAME),
        ("a", "b", "a", Standing.MINE),
        ("a", "a", "b", Standing.THEIRS),
        ("a", "b", "b", Standing.MINE),
        ("a", "b", "c", Standing.BOTH),
    ],
)
def test_who_changed_a_field(before, mine, theirs, standing):
    node = Text(key="x")
    base = Base.parsed(Base("7", {"x": node.digest(one(before))}).text)
    assert base.version == "7"
    assert base.standing(("x",), node, sent=one(mine), now=one(theirs)) is standing


@pytest.mark.parametrize(
    ("name", "following"),
    [
        ("M_07", "M_08"),
        ("M_99", "M_100"),
        ("mouse-9", "mouse-10"),
        ("Maze", "Maze 2"),
        ("Maze 2", "Maze 3"),
        ("2026 b", "2027 b"),
        ("x9y", "x10y"),
    ],
)
def test_a_copy_has_the_next_name(name, following):
    assert next_name(name) == following


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("birth_date", "Birth date"),
        ("name_used_in_storage", "Name in storage"),
        ("frameRate", "Frame rate"),
        ("rrid", "RRID"),
        ("pdf_url", "PDF"),
    ],
)
def test_fields_have_labels_in_words(name, label):
    assert label_of(name) == label
