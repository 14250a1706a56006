"""A brain region with its parts."""

from __future__ import annotations

import pytest


@pytest.fixture
def regions(lab, alice):
    """HPF > HIP > CA > CA1 in the mouse atlas, and a CA1 of another atlas; a procedure in each."""
    made = {}
    tree = [("HPF", "", "AIA"), ("HIP", "HPF", "AIA"), ("CA", "HIP", "AIA"), ("CA1", "CA", "AIA"), ("CTX", "", "AIA"),
            ("CA1", "CA", "PW1997")]  # fmt: skip
    for acronym, parent, atlas in tree:
        region = lab.add("brainregion", name=f"{acronym} {atlas}", acronym=acronym, parent_acronym=parent, atlas=atlas)
        made[f"{acronym} {atlas}"] = region["id"]
        lab.add("procedure", brain_region=region["id"], notes=f"{acronym} {atlas}")
    return made


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("filter{brain_region.within}=HPF", {"HPF AIA", "HIP AIA", "CA AIA", "CA1 AIA"}),
        ("filter{brain_region.within}=CA", {"CA AIA", "CA1 AIA"}),
        ("filter{brain_region.within}=nowhere", set()),
        ("filter{brain_region.within}=CTX&filter{brain_region.atlas}=AIA", {"CTX AIA"}),
        ("filter{-brain_region.within}=HPF", {"CTX AIA", "CA1 PW1997"}),
    ],
)
def test_a_region_is_found_with_its_parts(regions, alice, query, names):
    answer = alice.get("modules/procedure", query)
    assert answer.status == 200, answer.body
    assert {record["notes"] for record in answer.records} == names


def test_a_region_is_found_by_its_id_too(regions, alice):
    answer = alice.get("modules/procedure", f"filter{{brain_region.within}}={regions['CA AIA']}")
    assert {record["notes"] for record in answer.records} == {"CA AIA", "CA1 AIA"}


def test_within_works_through_relations(regions, lab, alice):
    answer = alice.get("stem/subject", "filter{procedures.brain_region.within}=HPF")
    assert answer.ids == [lab["subject"]]


def test_only_trees_know_within(alice):
    assert alice.get("modules/procedure", "filter{subject.within}=x").status == 400
