"""What others write while a deletion is on its way: it is in the deletion, or not touched by it, and waits for little.

On SQLite it is found out before the transaction begins what goes, on PostgreSQL within it; what holds is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.api import views
from brainstem.core.access import audit
from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import spec_of
from brainstem.core.models import Change, Deletion
from brainstem.core.undo.restoring import undelete
from brainstem.core.write import deletion
from brainstem.core.write.saving import TRIES_AHEAD

from ..lab import Lab
from ..people import person, unique
from .test_deleting_many import FEW, fill

pytestmark = pytest.mark.django_db(transaction=True)

IS_SQLITE = connection.vendor == "sqlite"


def elsewhere(do: Callable[[], Any]) -> Any:
    """What somebody does on another connection, which is at an end when this returns."""

    def done() -> Any:
        try:
            return do()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(done).result(60)


@pytest.fixture
def alice(transactional_db):
    return person("alice")


@pytest.fixture
def lab(alice, admin) -> Lab:
    return Lab(alice, admin)


@pytest.fixture
def admin(transactional_db):
    return person("admin", admin=True)


@pytest.fixture
def bob(transactional_db):
    return person("bob")


@pytest.fixture
def project(lab, alice) -> str:
    found = alice.make("stem/project", name=unique("Project"))["id"]
    fill(lab, found, FEW)
    return found


@pytest.fixture
def before_the_transaction(alice, monkeypatch) -> Callable[[Callable[[], Any]], None]:
    """Have something done elsewhere each time that a deletion of Alice's is about to begin its transaction."""
    written = views.written

    def arrange(do: Callable[[], Any]) -> None:
        def meanwhile(call: Any, *arguments: Any, **named: Any) -> Any:
            if call.method == "DELETE" and call.actor.user_id == alice.user.pk:
                elsewhere(do)
            return written(call, *arguments, **named)

        monkeypatch.setattr(views, "written", meanwhile)

    return arrange


@pytest.fixture
def found_out(monkeypatch) -> list[bool]:
    """For each time that it was found out what goes: whether this was within a transaction."""
    noted: list[bool] = []
    plan_deletion = deletion.plan_deletion

    def plan(*arguments: Any, **named: Any) -> Any:
        noted.append(connection.in_atomic_block)
        return plan_deletion(*arguments, **named)

    monkeypatch.setattr(deletion, "plan_deletion", plan)
    return noted


def once(do: Callable[[], Any]) -> Callable[[], None]:
    """Do it at the first call only."""
    calls = count()

    def first() -> None:
        if next(calls) == 0:
            do()

    return first


def lines_of(model: str) -> dict[str, dict[str, Any]]:
    """Id -> what history tells of each deleted record of a model."""
    return {line.record_id: line.before for line in Change.objects.filter(action="delete", model=model)}


def subject(**values: Any) -> Any:
    return apps.get_model("stem.Subject").objects.get(**values)


def some_subject(project: str) -> Any:
    return apps.get_model("stem.Subject").objects.filter(projects=project).order_by("pk").first()


def bring_back(project: str) -> None:
    undelete(spec_of(apps.get_model("stem.Project")), project, viewer=Viewer(Actor(via="command"), ""))


# -- what others write before the transaction begins ------------------------------------------------------------------


def test_a_change_of_the_last_moment_is_in_history_and_comes_back(project, alice, before_the_transaction):
    chosen = some_subject(project).pk
    before_the_transaction(once(lambda: alice.patch(f"stem/subject/{chosen}", {"name": "Renamed", "tags": ["late"]})))
    assert alice.delete(f"stem/project/{project}").status == 204
    kept = lines_of("stem.Subject")[str(chosen)]
    assert (kept["name"], kept["tags"]) == ("Renamed", ["late"])
    bring_back(project)
    assert subject(pk=chosen).name == "Renamed"
    assert alice.get(f"stem/subject/{chosen}").record["tags"] == ["late"]
    assert audit.findings() == []


def test_what_is_added_below_at_the_last_moment_goes_as_well_and_comes_back(
    project, lab, alice, before_the_transaction
):
    chosen, added = some_subject(project).pk, []
    before_the_transaction(once(lambda: added.append(lab.add("procedure", subject=str(chosen))["id"])))
    assert alice.delete(f"stem/project/{project}").status == 204
    assert added[0] in lines_of("modules.Procedure")
    assert not apps.get_model("modules.Procedure").objects.exists()
    assert audit.findings() == []
    bring_back(project)
    assert alice.get(f"modules/procedure/{added[0]}").status == 200
    assert audit.findings() == []


def test_what_is_shared_at_the_last_moment_stays(project, alice, before_the_transaction):
    chosen, other = some_subject(project), alice.make("stem/project", name=unique("Project"))["id"]
    both = {"projects": [project, other]}
    before_the_transaction(once(lambda: alice.patch(f"stem/subject/{chosen.pk}", both)))
    assert alice.delete(f"stem/project/{project}").status == 204
    assert alice.get(f"stem/subject/{chosen.pk}").record["projects"] == [other]
    assert alice.get("modules/procedure", f"filter{{subject}}={chosen.pk}").body["count"] == 1
    assert str(chosen.pk) not in lines_of("stem.Subject")
    assert len(lines_of("stem.Subject")) == FEW - 1
    assert audit.findings() == []


def test_what_needs_the_record_since_the_last_moment_keeps_it(lab, alice, before_the_transaction):
    dam = lab["dam"]
    lab["subject"]
    before_the_transaction(once(lambda: lab["breeding"]))
    refused = alice.delete(f"stem/subject/{dam}")
    assert (refused.status, "1 breeding." in refused.body["detail"]) == (409, True)
    assert alice.get(f"stem/breeding/{lab['breeding']}").record["mother"] == dam
    assert not Deletion.objects.exists()


def test_what_somebody_else_deletes_at_the_last_moment_is_missing_and_deleted_once(
    project, alice, admin, before_the_transaction
):
    before_the_transaction(once(lambda: admin.delete(f"stem/project/{project}", portal="super")))
    assert alice.delete(f"stem/project/{project}").status == 404
    assert Deletion.objects.count() == 1
    assert len(lines_of("stem.Subject")) == FEW
    assert audit.findings() == []


def test_who_loses_the_right_at_the_last_moment_deletes_nothing(project, alice, bob, before_the_transaction):
    assert alice.patch(f"stem/project/{project}", {"users": {bob.email: {"is_owner": True}}}).status == 200
    lost = {"users": {alice.email: {"is_owner": False}}}
    before_the_transaction(once(lambda: bob.patch(f"stem/project/{project}", lost)))
    assert alice.delete(f"stem/project/{project}").status == 403
    assert bob.get("stem/subject").body["count"] == FEW
    assert not Deletion.objects.exists()


# -- where it is found out what goes ----------------------------------------------------------------------------------


def test_on_sqlite_it_is_found_out_once_what_goes_and_before_the_transaction(project, alice, found_out):
    assert alice.delete(f"stem/project/{project}").status == 204
    assert found_out == [not IS_SQLITE]


def test_others_write_while_it_is_found_out_what_goes(project, alice, bob, monkeypatch):
    other = f"stem/project/{bob.make('stem/project', name=unique('Project'))['id']}"
    kept, statuses = deletion._kept, []

    def writing(*arguments: Any) -> Any:
        statuses.append(elsewhere(lambda: bob.patch(other, {"description": "Written meanwhile"})).status)
        return kept(*arguments)

    monkeypatch.setattr(deletion, "_kept", writing)
    assert alice.delete(f"stem/project/{project}").status == 204
    assert statuses == [200]
    assert audit.findings() == []


def test_between_the_beginning_of_the_transaction_and_its_first_write_it_is_only_read_once_more(project, alice):
    with CaptureQueriesContext(connection) as asked:
        assert alice.delete(f"stem/project/{project}").status == 204
    texts = [one["sql"] for one in asked]
    assert ("BEGIN DEFERRED" in texts) == IS_SQLITE
    if not IS_SQLITE:  # Others wait there for the rows alone, which are held while it is found out what goes.
        return
    begun = texts.index("BEGIN IMMEDIATE")
    ahead = texts[texts.index("BEGIN DEFERRED") + 1 : texts.index("ROLLBACK")]
    first_write = next(at for at, text in enumerate(texts) if text.startswith(("INSERT", "UPDATE", "DELETE")))
    once_more = ahead[len(ahead) // 2 :]
    assert ahead == [*once_more, *once_more]
    assert texts[first_write - len(once_more) : first_write] == once_more
    assert begun > texts.index("ROLLBACK")
    # The savepoint of the deletion itself, whether the record is seen and may be deleted, and the record.
    assert first_write - len(once_more) - begun - 1 <= 4


def test_what_others_change_again_and_again_is_found_out_within_the_transaction_in_the_end(
    project, alice, found_out, before_the_transaction
):
    chosen, names = some_subject(project).pk, (f"Renamed {n}" for n in count())
    before_the_transaction(lambda: alice.patch(f"stem/subject/{chosen}", {"name": next(names)}))
    assert alice.delete(f"stem/project/{project}").status == 204
    attempts = TRIES_AHEAD + 1 if IS_SQLITE else 1
    assert found_out == [False] * (attempts - 1) + [True]
    assert lines_of("stem.Subject")[str(chosen)]["name"] == f"Renamed {attempts - 1}"
    assert Deletion.objects.count() == 1
    assert audit.findings() == []


def test_for_who_may_not_delete_it_is_not_found_out_what_would_go(project, alice, bob, found_out):
    assert alice.patch(f"stem/project/{project}", {"users": {bob.email: {}}}).status == 200
    assert bob.delete(f"stem/project/{project}").status == 403
    assert person("charlie").delete(f"stem/project/{project}").status == 404
    assert found_out == []


# -- what readers see -------------------------------------------------------------------------------------------------


@contextmanager
def looking_after_each_write(look: Callable[[], Any]) -> Iterator[list[Any]]:
    """What somebody else sees after each statement of this connection that writes."""
    seen: list[Any] = []

    def looking(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        found = execute(sql, parameters, many, context)
        if "INSERT INTO" in sql or "DELETE FROM" in sql or "UPDATE " in sql:
            seen.append(elsewhere(look))
        return found

    with connection.execute_wrapper(looking):
        yield seen


def test_readers_see_all_of_a_project_until_they_see_nothing_of_it(project, alice):
    def look() -> tuple[int, ...]:
        models = ("stem.Project", "stem.Subject", "modules.Procedure", "modules.SubjectLog")
        rows = [apps.get_model(model).objects.count() for model in models]
        told = [alice.get(path).body["count"] for path in ("stem/subject", "modules/procedure")]
        return (*rows, *told, Change.objects.filter(action="delete").count(), Deletion.objects.count())

    whole = look()
    with looking_after_each_write(look) as seen:
        assert alice.delete(f"stem/project/{project}").status == 204
    assert len(seen) > 5
    assert set(seen) == {whole}
    assert look() == (whole[0] - 1, 0, 0, 0, 0, 0, 3 * FEW + 1, 1)
