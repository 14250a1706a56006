"""``Brainstem-Means``: a program says that it imports a table, and the history keeps that."""

from __future__ import annotations

import pytest

from brainstem.core.models import Event

from ..people import unique

pytestmark = pytest.mark.django_db
IMPORT = {"HTTP_BRAINSTEM_MEANS": "import"}


def means_of(answer) -> str:
    assert answer.status in (200, 201, 204), answer.body
    return Event.objects.get(pk=answer.headers["Brainstem-Event"]).means


def projects(number: int) -> dict:
    return {"create": [{"name": unique("Project")} for _ in range(number)]}


def test_rows_of_an_import_are_one(alice):
    assert means_of(alice.post("stem/project/bulk", projects(2), **IMPORT)) == "import"
    assert means_of(alice.post("stem/project/bulk", projects(2))) == "bulk"


def test_single_writes_may_be_part_of_an_import(alice):
    made = alice.post("stem/project", {"name": unique("Project")}, **IMPORT)
    where = f"stem/project/{made.id}"
    changed = alice.patch(where, {"description": "new"}, **IMPORT)
    assert [means_of(one) for one in (made, changed, alice.delete(where, **IMPORT))] == ["import"] * 3
    assert means_of(alice.post("stem/project", {"name": unique("Project")})) == ""


@pytest.mark.parametrize("said", ["bulk", "Import", "import, import", "undo", "x" * 1000])
@pytest.mark.parametrize("path", ["stem/project/bulk", "stem/project/bulk/?dry_run=true", "stem/project"])
def test_other_means_are_refused_with_what_is_right(alice, path, said):
    body = {"name": unique("Project")} if path == "stem/project" else projects(1)
    answer = alice.post(path, body, HTTP_BRAINSTEM_MEANS=said)
    assert (answer.status, list(answer.body)) == (400, ["Brainstem-Means"])
    assert answer.body["Brainstem-Means"][0].startswith("Expected 'import', or no such header")
    assert alice.get("stem/project").body["count"] == 0


def test_a_repeated_import_is_carried_out_once(alice):
    body, key = projects(2), {"HTTP_IDEMPOTENCY_KEY": "k1"}
    first, second = (alice.post("stem/project/bulk", body, **IMPORT, **key) for _ in range(2))
    assert first.body == second.body
    assert first.headers["Brainstem-Event"] == second.headers["Brainstem-Event"]
    assert Event.objects.filter(means="import").count() == 1


def test_a_dry_run_of_an_import_leaves_nothing(alice):
    before = Event.objects.count()
    answer = alice.post("stem/project/bulk/?dry_run=true", projects(2), **IMPORT)
    assert (answer.status, "Brainstem-Event" in answer.headers) == (200, False)
    assert Event.objects.count() == before
