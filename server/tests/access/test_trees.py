"""Trees answer for themselves: nobody asks which one it is, and one that no table names shows nothing."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

import brainstem
from brainstem.core.access.actor import Actor
from brainstem.core.access.scope import editable, visible
from brainstem.core.access.viewer import Viewer
from brainstem.core.model import trees
from brainstem.core.model.registry import specs
from brainstem.core.model.trees import Role
from brainstem.core.sql.fragment import FALSE

SOURCES = Path(brainstem.__file__).parent
CLASSES = {name for name, one in vars(trees).items() if isinstance(one, type) and issubclass(one, trees.Tree)}
# What needs SQL or rows is kept there by class, in tables.
TABLES = {"core/access/scope.py", "core/sharing/explain.py"}


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield str(path.relative_to(SOURCES)), node


def names(node: ast.AST) -> set[str]:
    found = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return found | {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}


def test_nobody_asks_which_tree_it_is():
    asked = [
        f"{path}:{call.lineno}" for path, call in calls() if call.func.id == "isinstance" and names(call) & CLASSES
    ]
    assert asked == []


def test_only_the_tables_go_by_the_class_of_a_tree():
    assert {path for path, call in calls() if call.func.id == "type" and "tree" in names(call)} == TABLES


@dataclasses.dataclass(frozen=True)
class Unknown(trees.Tree):
    """A tree that no table names."""


@pytest.mark.parametrize("portal", ["private", "public"])
def test_a_tree_that_no_table_names_shows_nothing_and_lets_nothing_be_changed(portal, monkeypatch):
    spec = specs()["stem.Session"]
    strange = dataclasses.replace(spec, resource=dataclasses.replace(spec.resource, tree=Unknown()))
    view = Viewer(Actor(user_id=1, is_admin=True), portal).view
    assert (visible(strange, "a", view), editable(strange, "a", view)) == (FALSE, FALSE)


@pytest.mark.parametrize(
    ("tree", "place", "in_projects", "delete_level", "ask_level"),
    [
        (trees.Root(project=True), "", False, Role.OWNER, Role.MANAGER),
        (trees.Root(), "", False, Role.OWNER, Role.MANAGER),
        (trees.InProjects(via="project"), "project", True, None, Role.MANAGER),
        (trees.Under("session"), "session", True, None, Role.MANAGER),
        (trees.UnderAttribute("setup"), "setup", False, None, Role.MANAGER),
        (trees.Catalogue(), "", False, Role.OWNER, Role.OWNER),
        (trees.Proposals(), "", False, Role.OWNER, None),
        (trees.People(), "", False, Role.OWNER, Role.MANAGER),
        (trees.Groups(), "", False, Role.OWNER, Role.MANAGER),
        (trees.OfGroup(), "group", False, Role.OWNER, Role.OWNER),
        (trees.Joining("user", "group"), "", False, Role.OWNER, None),
        (trees.Nobody(), "", False, Role.OWNER, None),
    ],
    ids=repr,
)  # fmt: skip
def test_what_a_tree_says_of_its_rows(tree, place, in_projects, delete_level, ask_level):
    assert (tree.place, tree.in_projects, tree.delete_level, tree.ask_level) == (
        place, in_projects, delete_level, ask_level
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tree", "others", "admins"),
    [
        (trees.Catalogue(), False, True),
        (trees.Catalogue(add="anyone"), True, True),
        (trees.People(), False, False),
        (trees.Nobody(), False, False),
        (trees.Root(project=True), True, True),
        (trees.Under("session"), True, True),
    ],
    ids=repr,
)
def test_who_may_add_rows_at_all(tree, others, admins):
    assert (tree.may_add(admin=False), tree.may_add(admin=True)) == (others, admins)
