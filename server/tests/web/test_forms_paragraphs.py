"""Two people write into one text: paragraphs that one of them changed are merged, those that both changed are asked about."""

from __future__ import annotations

import json

import pytest

from .paper import Desk, Paper

BASE = "<p>Aim</p><p>Method</p><p>Result</p>"
MERGE = "merge=fields"


@pytest.fixture
def both(lab, alice, dana):
    """Alice and Dana at one session whose description has three paragraphs: path, and their open forms."""
    made = lab.add("session", description=BASE)
    path = f"stem/session/{made['id']}"
    desks = Desk(alice), Desk(dana)
    return path, *desks, *(desk.open(f"{path}/change") for desk in desks)


def description(person, path):
    return person.get(path).record["description"]


def parts(paper):
    """The questions: name of the control that takes a side -> what the form carries."""
    return {
        name.replace("_part.", "_take.", 1): json.loads(paper.values(name)[0])
        for name in sorted(paper.names)
        if name.startswith("_part.")
    }


def test_paragraphs_that_only_one_changed_are_merged_without_asking(both, alice):
    path, first, second, hers, his = both
    hers.write("description", "<p>Aim of Alice</p><p>Method</p><p>Result</p>")
    his.write("description", "<p>Aim</p><p>Method of Dana</p><p>Result</p><p>Outlook of Dana</p>")
    first.save(f"{path}/change", hers)
    second.save(f"{path}/change", his)
    merged = "<p>Aim of Alice</p><p>Method of Dana</p><p>Result</p><p>Outlook of Dana</p>"
    assert description(alice, path) == merged
    told = second.client.get(f"/private/{path}/").content.decode()
    assert "Their changes are kept: Description" in told


def overlapping(both):
    """Both changed the method; Alice also the aim, and Dana the result."""
    path, first, second, hers, his = both
    hers.write("description", "<p>Aim of Alice</p><p>Method of Alice</p><p>Result</p>")
    his.write("description", "<p>Aim</p><p>Method of Dana</p><p>Result of Dana</p>")
    first.save(f"{path}/change", hers)
    return path, second, second.refused(f"{path}/change", his)


@pytest.mark.parametrize(("side", "kept"), [("mine", "Dana"), ("theirs", "Alice")])
def test_only_a_paragraph_that_both_changed_is_asked_about(both, alice, side, kept):
    path, desk, asked = overlapping(both)
    assert asked.values("description") == ["<p>Aim of Alice</p><p>Method of Dana</p><p>Result of Dana</p>"]
    ((name, question),) = parts(asked).items()
    assert question == ["<p>Method</p>", "<p>Method of Alice</p>", "<p>Method of Dana</p>", True]
    assert "_take.description" not in asked.names
    assert {"Part of Description", "Method", "Method of Alice", "Method of Dana"} <= set(asked.texts)
    assert "Merged without asking: other parts of Description." in asked.texts
    assert asked.values(name) == ["mine"]
    assert description(alice, path) == "<p>Aim of Alice</p><p>Method of Alice</p><p>Result</p>"
    asked.write(name, side)
    desk.save(f"{path}/change", asked)
    assert description(alice, path) == f"<p>Aim of Alice</p><p>Method of {kept}</p><p>Result of Dana</p>"


def test_a_side_stays_chosen_while_the_form_is_drawn_again_and_other_paragraphs_are_written(both, alice):
    path, desk, asked = overlapping(both)
    (name,) = parts(asked)
    asked.write(name, "theirs")
    asked.write("description", "<p>Aim of Alice</p>\n<p>Method  of Dana</p><p>Result of both</p>")
    again = desk.again(f"{path}/change", asked)
    assert again.values(name) == ["theirs"]
    desk.save(f"{path}/change", again)
    assert description(alice, path).endswith("<p>Method of Alice</p><p>Result of both</p>")


def test_whoever_goes_on_writing_in_the_paragraph_keeps_their_own_words(both, alice):
    path, desk, asked = overlapping(both)
    (name,) = parts(asked)
    asked.write(name, "theirs")
    asked.write("description", "<p>Aim of Alice</p><p>Method of both</p><p>Result of Dana</p>")
    again = desk.again(f"{path}/change", asked)
    assert parts(again) == {}
    desk.save(f"{path}/change", asked)
    assert description(alice, path) == "<p>Aim of Alice</p><p>Method of both</p><p>Result of Dana</p>"


@pytest.mark.parametrize(("side", "kept"), [("mine", ""), ("theirs", "<p>Method of Alice</p>")])
def test_a_paragraph_that_one_removed_and_the_other_changed_is_asked_about(both, alice, side, kept):
    path, first, second, hers, his = both
    hers.write("description", "<p>Aim</p><p>Method of Alice</p><p>Result</p>")
    his.write("description", "<p>Aim</p><p>Result</p>")
    first.save(f"{path}/change", hers)
    asked = second.refused(f"{path}/change", his)
    (name,) = parts(asked)
    assert "nothing" in asked.texts
    assert asked.values("description") == ["<p>Aim</p><p>Method of Alice</p><p>Result</p>"]
    asked.write(name, side)
    second.save(f"{path}/change", asked)
    assert description(alice, path) == f"<p>Aim</p>{kept}<p>Result</p>"


def test_a_third_change_is_merged_with_the_answer(both, alice):
    path, desk, asked = overlapping(both)
    (name,) = parts(asked)
    asked.write(name, "theirs")
    alice.patch(path, {"description": "<p>Aim at last</p><p>Method of Alice</p><p>Result</p>"})
    desk.save(f"{path}/change", asked)
    assert description(alice, path) == "<p>Aim at last</p><p>Method of Alice</p><p>Result of Dana</p>"


def test_lines_of_plain_texts_are_merged_alike(lab, alice, dana):
    made = lab.add("dataacquisition", notes="gain 2\nnoise low\ndrift none")
    path = f"modules/dataacquisition/{made['id']}"
    first, second = Desk(alice), Desk(dana)
    hers, his = first.open(f"{path}/change"), second.open(f"{path}/change")
    hers.write("notes", "gain 3\nnoise high\ndrift none")
    his.write("notes", "gain 2\nnoise medium\ndrift none\nlights off")
    first.save(f"{path}/change", hers)
    asked = second.refused(f"{path}/change", his)
    ((name, question),) = parts(asked).items()
    assert question[:3] == ["noise low", "noise high", "noise medium"]
    asked.write(name, "theirs")
    second.save(f"{path}/change", asked)
    assert alice.get(path).record["notes"] == "gain 3\nnoise high\ndrift none\nlights off"


def test_the_field_by_itself_asks_alike(both, alice):
    path, first, second, hers, _ = both
    alone = f"{path}/field"
    page = second.client.get(f"/private/{alone}/", {"name": "description"}, headers={"Brainstem-Fragment": "1"})
    his = Paper(page.content.decode(), "in-place-description")
    hers.write("description", "<p>Aim of Alice</p><p>Method of Alice</p><p>Result</p>")
    his.write("description", "<p>Aim</p><p>Method of Dana</p><p>Result</p>")
    first.save(f"{path}/change", hers)
    response = second.client.post(f"/private/{alone}/?name=description", his.data())
    assert response.status_code == 422
    html = response.content.decode()
    assert html.count('name="_part.description.') == 1
    assert "Method of Alice" in html


@pytest.mark.parametrize(
    "carried",
    ["", "[", "[1, 2, 3, 4]", '["a", "b"]', '["a", "<p>x</p>", "<p>Method of Dana</p>", 0]', "[" * 3000],
)
def test_what_a_form_carries_is_not_trusted(both, alice, carried):
    path, desk, asked = overlapping(both)
    (name,) = parts(asked)
    for control in asked.controls:
        if control.name.startswith("_part."):
            control.value = carried
    asked.write(name, "theirs")
    desk.save(f"{path}/change", asked)
    assert "<p>Aim of Alice</p>" in description(alice, path)
    assert "<p>Result of Dana</p>" in description(alice, path)


def test_the_api_merges_paragraphs_too_and_refuses_those_that_both_changed(lab, alice, dana):
    made = lab.add("session", description=BASE)
    path = f"stem/session/{made['id']}"
    had = alice.get(path).headers["ETag"]
    headers = {"HTTP_IF_MATCH": had, "HTTP_PREFER": MERGE}
    assert alice.patch(path, {"description": BASE.replace("Aim", "Aim of Alice")}).status == 200
    answer = dana.patch(path, {"description": BASE.replace("Result", "Result of Dana")}, **headers)
    assert answer.status == 200, answer.text
    assert description(alice, path) == "<p>Aim of Alice</p><p>Method</p><p>Result of Dana</p>"
    refused = dana.patch(path, {"description": BASE.replace("Aim", "Aim of Dana")}, **headers)
    assert refused.status == 409
    assert refused.body["conflicts"]["description"]["yours"] == BASE.replace("Aim", "Aim of Dana")
