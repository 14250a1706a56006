"""What a batch asks is remembered by its own viewer, and by nobody else."""

from __future__ import annotations

import pytest

from brainstem.core.access.actor import Actor
from brainstem.core.access.memory import FORGETFUL, Memory
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import project_spec


def squares(asked):
    def ask(numbers):
        asked.append(numbers)
        return {number: number**2 for number in numbers if number}

    return ask


def test_a_memory_asks_only_for_what_it_does_not_know():
    memory, asked = Memory(), []
    assert memory.answers("square", [1, 2], squares(asked)) == {1: 1, 2: 4}
    assert memory.answers("square", [2, 3], squares(asked)) == {2: 4, 3: 9}
    assert asked == [[1, 2], [3]]


def test_a_memory_knows_what_has_no_answer_and_keeps_questions_apart():
    memory, asked = Memory(), []
    for _ in range(2):
        assert memory.answers("square", [0], squares(asked)) == {0: None}
    assert memory.those("even", [1, 2], lambda some: {one for one in some if one % 2 == 0}) == {2}
    assert memory.those("even", [1, 2], lambda some: set()) == {2}
    assert asked == [[0]]


def test_without_a_memory_everything_is_asked_again():
    asked = []
    for _ in range(2):
        assert FORGETFUL.answers("square", [2], squares(asked)) == {2: 4}
    assert asked == [[2], [2]]


@pytest.fixture
def mine(lab, alice):
    spec = project_spec()
    return spec, [spec.parse_id(lab["project"])], Viewer(Actor(user_id=alice.user.pk), "private")


def test_a_viewer_that_remembers_asks_once(mine, django_assert_num_queries):
    spec, ids, viewer = mine
    viewer = viewer.remembering()
    with django_assert_num_queries(1):
        assert viewer.seen(spec, ids) == viewer.seen(spec, ids) == set(ids)


def test_what_one_viewer_remembers_no_equal_one_knows(mine, django_assert_num_queries):
    spec, ids, viewer = mine
    remembering = viewer.remembering()
    assert remembering == viewer
    remembering.seen(spec, ids)
    with django_assert_num_queries(2):
        assert viewer.seen(spec, ids) == viewer.seen(spec, ids) == viewer.remembering().seen(spec, []) | set(ids)


def test_rows_of_a_model_are_those_that_are_listed(mine, charlie, django_assert_num_queries):
    spec, ids, viewer = mine
    with django_assert_num_queries(2):
        assert list(viewer.rows(spec.model).values_list("pk", flat=True)) == ids
        assert not Viewer(Actor(user_id=charlie.user.pk), "private").rows(spec).exists()
    with django_assert_num_queries(0):
        assert not viewer.rows(spec).none().exists()
        assert not Viewer(Actor(), "private").rows(spec).exists()
