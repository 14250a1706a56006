"""How far filters, sorts and includes may walk."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from brainstem.core.errors import QueryError
from brainstem.core.model.registry import specs
from brainstem.core.query import run
from brainstem.core.query.bounds import MAX_LISTS, MAX_RECORDS_SHOWN
from brainstem.core.query.nodes import included_names
from brainstem.core.query.plan import plan
from brainstem.core.query.syntax import Query
from brainstem.core.sql import database

pytestmark = pytest.mark.django_db

NOT_THERE = "01900000-0000-7000-8000-000000000000"
# A path that is refused, the model that is asked, and one nearby that is answered.
PATHS = [
    ("stem/session", "projects.sessions.name", "projects.subjects.name", "back through a list to Session"),
    ("stem/session", "projects.sessions.projects.sessions.name", "projects.name", "back through a list to Session"),
    ("stem/project", "sessions.projects.name", "sessions.name", "back through a list to Project"),
    ("stem/session", "projects.sessions", "projects.subjects", "back through a list to Session"),
    ("modules/procedure", "subject.procedures.type", "subject.projects.name", "back through a list to Procedure"),
    ("stem/session", "projects.subjects.procedures.equipment.name", "projects.subjects.procedures.type", "4 lists"),
    ("stem/session", "subjects.behaviors.session.name", "subjects.name", "back through a list to Behavior"),
    ("stem/project", "subjects.species.strains.subjects.name", "subjects.species.name", "back through a list to"),
]


@pytest.mark.parametrize("negated", ["", "-"], ids=["asked for", "negated"])
@pytest.mark.parametrize(("model", "refused", "answered", "reason"), PATHS, ids=[one[1] for one in PATHS])
def test_a_filter_may_not_walk_in_circles(nobody, alice, model, refused, answered, reason, negated):
    value = NOT_THERE if refused.endswith("sessions") else "x"
    answer = alice.get(f"{model}?filter{{{negated}{refused}}}={value}")
    assert answer.status == 400, answer.body
    assert reason in answer.body[f"filter{{{negated}{refused}}}"][0]
    assert alice.get(f"{model}?filter{{{negated}{answered}}}={value}").status == 200


@pytest.mark.parametrize(("model", "refused", "answered", "reason"), PATHS[:6], ids=[one[1] for one in PATHS[:6]])
def test_a_sort_may_not_walk_in_circles(alice, model, refused, answered, reason):
    answer = alice.get(f"{model}?sort[]={refused}")
    assert answer.status == 400, answer.body
    assert reason in answer.body["sort[]"][0]
    assert alice.get(f"{model}?sort[]={answered}").status == 200


def test_the_branches_of_a_tree_are_no_circle(alice):
    assert alice.get("taxonomies/behavioralcategory?filter{children.name}=x").status == 200


def test_lists_of_records_below_a_record_follow_the_same_rule(lab, alice):
    below = f"stem/project/{lab['project']}/sessions"
    assert alice.get(f"{below}?filter{{projects.sessions.name}}=x").status == 400
    assert alice.get(f"{below}?filter{{projects.name}}=x").status == 200


def test_choices_for_a_field_follow_the_same_rule(alice):
    assert alice.get("stem/session/options?field=projects&filter{sessions.projects.name}=x").status == 400
    assert alice.get("stem/session/options?field=projects&filter{sessions.name}=x").status == 200


def test_streams_follow_the_same_rule(alice):
    assert alice.get("stem/session?format=ndjson&sort[]=projects.sessions.name").status == 400


def test_all_filters_and_sorts_share_the_lists_that_they_may_pass(alice):
    most = "&".join(["filter{projects.subjects.name}=x"] * (MAX_LISTS // 2))
    assert alice.get(f"stem/session?{most}").status == 200
    answer = alice.get(f"stem/session?{most}&sort[]=projects.name")
    assert answer.status == 400
    assert f"pass {MAX_LISTS + 1} lists" in answer.body["sort[]"][0]
    tagged = alice.get(f"stem/session?{most}&filter{{-tags}}=x")
    assert tagged.status == 400
    assert "filter{-tags}" in tagged.body


def test_an_alias_counts_as_all_that_it_stands_for(alice):
    four = "&".join(["filter{subjects.name}=x"] * 4)
    assert alice.get(f"stem/session?{four}").status == 200
    assert alice.get(f"stem/session?{four}&filter{{subjects.sex}}=F").status == 400


def test_conditions_on_the_record_itself_are_not_counted(alice):
    many = "&".join(f"filter{{name.icontains}}={number}" for number in range(90))
    assert alice.get(f"stem/session?{many}").status == 200


@pytest.mark.parametrize("separator", [",", "&include[]="], ids=["by commas", "by parameters"])
def test_includes_are_counted_however_they_are_separated(alice, separator):
    names = ["projects", "behaviors", "epochs"]
    assert alice.get(f"stem/session?include[]={separator.join(names)}").status == 200
    answer = alice.get(f"stem/session?include[]={separator.join(names * 21)}")
    assert answer.status == 400
    assert "60" in answer.body["include[]"][0]


def test_levels_of_includes_are_counted():
    session = specs()["stem.Session"]
    deep = [path for path in _paths(session, 4) if len(path) == 4][:55]
    with pytest.raises(QueryError, match=f"At most {MAX_RECORDS_SHOWN} relations can be included"):
        plan(Query(includes=tuple(deep)), session)
    assert plan(Query(includes=tuple(deep[:10])), session).node.children


def _paths(spec, depth, passed=frozenset()):
    """Paths of includes that lead back nowhere."""
    passed |= {spec.label}
    for name in included_names(spec):
        relation = spec.relations.get(name)
        if relation is None or relation.target in passed:
            continue
        yield (name,)
        if depth > 1:
            yield from ((name, *rest) for rest in _paths(specs()[relation.target], depth - 1, passed))


def test_what_the_database_finds_too_complex_is_a_fault_of_the_question(alice, monkeypatch):
    rows, deep = database.rows, "SELECT " + "1+" * 60_000 + "1"
    question = f"stem/session?filter{{name}}=x&filter{{-projects.subjects.name}}={quote('x')}"
    assert alice.get(question).status == 200
    monkeypatch.setattr(run.database, "rows", lambda text, values, **_: rows(deep, []))
    answer = alice.get(question)
    assert answer.status == 400, answer.body
    assert "too complex for the database" in answer.body["filter{-projects.subjects.name}"][0]
