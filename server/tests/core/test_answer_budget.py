"""No answer grows beyond its budget: it is refused with what to do about it, before it is made."""

from __future__ import annotations

import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.api.writing import LEFT_OUT
from brainstem.apps.stem.models.project import Project
from brainstem.apps.stem.models.session import Session
from brainstem.apps.stem.models.subject import Subject
from brainstem.core.access.actor import Actor
from brainstem.core.access.audience import audience_of
from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import specs
from brainstem.core.query import budget, run, stream
from brainstem.core.query.sizes import least_size
from brainstem.core.query.syntax import MAX_PATHS, Query, parse

from ..people import Person, unique

NDJSON = "application/x-ndjson"
SUBJECTS, SESSIONS = 20, 8


@pytest.fixture
def crowded(lab, alice):
    """A project with twenty subjects and eight sessions; its sessions with all subjects are a large answer."""
    fill(lab, lab["project"], subjects=SUBJECTS, sessions=SESSIONS)
    return lab["project"]


def fill(lab, project: str, *, subjects: int = 0, sessions: int = 0) -> None:
    """Put new subjects and sessions into a project, in a few statements."""
    audience, strain = audience_of([uuid.UUID(project)]), lab["strain"]
    kinds = [
        (
            Subject,
            [Subject(name=unique("S"), sex="F", strain_id=strain, audience_id=audience) for _ in range(subjects)],
        ),
        (Session, [Session(name=unique("Session"), audience_id=audience) for _ in range(sessions)]),
    ]
    for model, records in kinds:
        made, link = model.objects.bulk_create(records), model.projects.through
        near = f"{model._meta.model_name}_id"
        link.objects.bulk_create([link(**{near: one.pk, "project_id": project}) for one in made])


@pytest.fixture
def at_most(settings):
    """Sets the budget of an answer, in bytes."""

    def set_to(size: int) -> None:
        settings.BRAINSTEM_MAX_ANSWER_BYTES = size

    return set_to


def refused(answer) -> bool:
    """Whether an answer was refused for its size, with what to do."""
    told = str(answer.body)
    return answer.status == 400 and all(
        word in told for word in ("larger than", "limit", "include[]", "exclude[]", "stream")
    )


WIDE = "include[]=projects.subjects"


def test_a_page_that_is_too_large_is_refused_and_one_that_fits_is_given(crowded, alice, at_most):
    size = len(alice.get("stem/session", WIDE).text)
    at_most(size + 100)
    assert alice.get("stem/session", WIDE).status == 200
    at_most(size // 2)
    assert refused(alice.get("stem/session", WIDE))


def test_what_the_refusal_advises_helps(crowded, alice, at_most):
    at_most(len(alice.get("stem/session", WIDE).text) // 3)
    assert refused(alice.get("stem/session", WIDE))
    keys = ",".join(f"projects.subjects.{key}" for key in specs()["stem.Subject"].keys if key not in ("id", "name"))
    for query in (f"{WIDE}&limit=2", "include[]=projects", f"{WIDE}&exclude[]={keys}"):
        assert alice.get("stem/session", query).status == 200, query
    streamed = alice.get("stem/session", WIDE, HTTP_ACCEPT=NDJSON)
    assert len(streamed.text.splitlines()) == SESSIONS


def test_a_list_without_includes_has_a_budget_too(crowded, alice, at_most):
    size = len(alice.get("stem/subject").text)
    at_most(size)
    assert alice.get("stem/subject").status == 200
    at_most(size // 2)
    assert refused(alice.get("stem/subject"))


def test_a_record_is_refused_with_its_includes_and_given_without(crowded, alice, at_most):
    at_most(15_000)
    assert refused(alice.get(f"stem/project/{crowded}", "include[]=subjects"))
    assert alice.get(f"stem/project/{crowded}").status == 200


def test_related_lists_and_options_have_the_same_budget(crowded, alice, at_most):
    for path, query in (
        (f"stem/project/{crowded}/sessions", ""),
        ("stem/cohort/options", f"field=subjects&project={crowded}&"),
    ):
        assert alice.get(path, query + "limit=3").status == 200, path
        at_most(1_500)
        assert refused(alice.get(path, query + "limit=3")), path
        at_most(2**25)


def test_lists_in_lists_are_held_to_the_budget_as_well(crowded, lab, alice, at_most):
    for _ in range(3):
        lab.add("epoch", session=str(Session.objects.filter(projects=crowded).first().pk))
    query = "include[]=sessions.epochs"
    size = len(alice.get(f"stem/project/{crowded}", query).text)
    at_most(size)
    assert alice.get(f"stem/project/{crowded}", query).status == 200
    at_most(900)  # Less than the epochs of one session.
    assert refused(alice.get(f"stem/project/{crowded}", query))


def test_letters_are_counted_as_the_bytes_that_they_take(crowded, lab, alice, at_most):
    made = alice.make("stem/session", name=unique("S"), projects=[crowded], description="é" * 3000)["id"]
    size = len(alice.get(f"stem/session/{made}").text.encode())
    at_most(size - 1000)  # More than there are letters.
    assert refused(alice.get(f"stem/session/{made}"))
    at_most(size)
    assert alice.get(f"stem/session/{made}").status == 200


def statements(person: Person, path: str, query: str) -> tuple[int, list[str]]:
    """Status, and the statements on sessions that a request took."""
    with CaptureQueriesContext(connection) as captured:
        status = person.get(path, query).status
    return status, [one["sql"] for one in captured if "stem_session" in one["sql"]]


def test_what_cannot_fit_is_counted_and_never_made(crowded, alice, at_most, monkeypatch):
    monkeypatch.setattr(budget, "SMALL", 10_000)
    at_most(20_000)
    status, asked = statements(alice, "stem/session", WIDE)
    assert (status, len(asked)) == (400, 1)
    assert "WITH b AS (" in asked[0]


def test_counting_stops_at_the_record_that_would_be_too_much(crowded, alice, at_most):
    """Not at what is really there: of 50 sessions with 10,000 subjects each nobody needs the number."""
    spec, query = specs()["stem.Session"], parse(WIDE)
    viewer = Viewer(Actor(user_id=alice.user.pk), "private")
    view = viewer.view
    least, whole = least_size(specs()["stem.Subject"], frozenset(), view.way_in), SESSIONS * SUBJECTS
    for records in (3, whole - 1, whole, whole + 5):
        at_most(least * records)
        counted = run._compiled_list_size(run._shape(spec, query), view, connection.vendor, None, False)
        values = run._page_values(counted, query, viewer=viewer, base="", within=None, parent_id=None)
        projects = SESSIONS * least_size(specs()["stem.Project"], frozenset(), view.way_in)
        assert run._number(counted, values) <= least * min(records + 1, whole) + projects
        assert refused(alice.get("stem/session", WIDE)) or records > whole


def test_what_is_no_small_answer_and_fits_is_made(crowded, alice, at_most, monkeypatch):
    whole = alice.get("stem/session", WIDE).text
    monkeypatch.setattr(budget, "SMALL", 10_000)
    at_most(len(whole) + 100)
    status, asked = statements(alice, "stem/session", WIDE)
    assert (status, len(asked)) == (200, 2)  # counted, and made within the whole budget
    assert alice.get("stem/session", WIDE).text == whole
    assert alice.get(f"stem/project/{crowded}", "include[]=subjects").status == 200


QUERIES = ["", WIDE, f"{WIDE}.strain&{WIDE}.procedures", "include[]=epochs&include[]=behaviors.setup", f"{WIDE}&limit=3",
           f"{WIDE}&sort[]=-name&cursor=", f"{WIDE}&filter{{name.icontains}}=session&exclude[]=projects.subjects.tags"]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_the_count_never_says_more_than_the_answer_has(crowded, alice, query):
    spec, where = specs()["stem.Session"], {"viewer": Viewer(Actor(user_id=alice.user.pk), "private"), "base": ""}
    told: list[int] = []

    def spy(ask, statement, values, *, least_size, **more):
        told.append(least_size())
        return real(ask, statement, values, least_size=least_size, **more)

    real = run.rows_within_budget
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "rows_within_budget", spy)
        page = run.fetch_page(spec, parse(query), **where)
        record = run.fetch_record(
            spec, json.loads(page.records[0])["id"], parse(query.partition("&filter")[0]), **where
        )
    assert len(page.records) >= 3
    assert told[0] <= sum(map(len, page.records))
    assert told[1] <= len(record.text if record else "")
    if query == WIDE:
        assert told[0] > SESSIONS * SUBJECTS * 300


def test_what_a_reader_does_not_see_is_not_counted(crowded, lab, alice, dana):
    hidden = alice.make("stem/project", name=unique("Hidden"))["id"]
    fill(lab, hidden, subjects=20)
    both = alice.make("stem/session", name=unique("S"), projects=[crowded, hidden])["id"]
    spec, query = specs()["stem.Session"], parse(WIDE)

    def least(person: Person) -> int:
        told: list[int] = []
        real = run.rows_within_budget
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(run, "rows_within_budget", lambda *given, least_size, **_: (told.append(least_size()), real(*given, least_size=least_size))[1])  # fmt: skip
            run.fetch_record(spec, both, query, viewer=Viewer(Actor(user_id=person.user.pk), "private"), base="")
        return told[0]

    assert least(dana) < least(alice)


# -- writes -----------------------------------------------------------------------------------------------------------


def test_a_write_whose_answer_would_be_too_large_is_done_and_told_without_includes(crowded, alice, at_most):
    at_most(8_000)
    name = unique("Session")
    query = "?" + WIDE
    made = alice.post(f"stem/session/{query}", {"name": name, "projects": [crowded]})
    assert (made.status, made.headers[LEFT_OUT]) == (201, "include")
    assert (made.record["name"], made.record["projects"]) == (name, [crowded])
    changed = alice.patch(f"stem/session/{made.id}/{query}", {"name": name + "b"})
    assert (changed.status, changed.headers[LEFT_OUT], changed.record["name"]) == (200, "include", name + "b")
    small = alice.patch(f"stem/session/{made.id}/?include[]=projects", {"name": name})
    assert small.status == 200
    assert LEFT_OUT not in small.headers
    assert small.record["projects"][0]["id"] == crowded


def test_a_write_sent_once_with_a_key_is_done_and_told_too(crowded, alice, at_most):
    at_most(8_000)
    row, key = (
        {"name": unique("Session"), "projects": [crowded]},
        {"HTTP_IDEMPOTENCY_KEY": unique("key").replace(" ", "-")},
    )
    made, again = (alice.post(f"stem/session/?{WIDE}", row, **key) for _ in range(2))
    assert (made.status, again.status) == (201, 201)
    assert made.id == again.id
    assert again.headers[LEFT_OUT] == "include"


def test_an_action_on_a_record_is_done_and_told_without_includes(crowded, lab, alice, at_most):
    log = lab.add("subjectlog", subject=str(Subject.objects.filter(projects=crowded).first().pk))["id"]
    at_most(3_000)
    address = f"modules/subjectlog/{log}/add_entry/?include[]=subject.projects.sessions"
    entry = {"date_time": "2026-01-01T10:00:00Z", "details": {"weight": 30}}
    answer = alice.patch(address, entry)
    assert (answer.status, answer.headers[LEFT_OUT], len(answer.record["entries"])) == (200, "include", 1)


@pytest.mark.parametrize("wrong", ["include[]=nonsense", "exclude[]=nonsense", "limit=-1"])
def test_a_write_that_asks_for_a_wrong_answer_is_refused_before_it_happens(crowded, alice, wrong):
    name = unique("Session")
    assert alice.post(f"stem/session/?{wrong}", {"name": name, "projects": [crowded]}).status == 400
    assert not Session.objects.filter(name=name).exists()
    first = Session.objects.filter(projects=crowded).first()
    assert alice.patch(f"stem/session/{first.pk}/?{wrong}", {"name": name}).status == 400
    assert not Session.objects.filter(name=name).exists()


def test_a_proposal_may_be_answered_with_the_names_of_either_model(lab, alice):
    species = {"species": lab["species"]}
    for query in ("include[]=species", "exclude[]=status"):
        answer = alice.post(f"taxonomies/strain/?{query}", {"name": unique("Strain")} | species)
        assert answer.status == 201, answer.body


def test_rows_whose_records_would_be_too_large_are_not_written(crowded, alice, at_most):
    at_most(8_000)
    rows = {"create": [{"name": unique("Session"), "projects": [crowded]} for _ in range(5)]}
    before = Session.objects.count()
    assert refused(alice.post(f"stem/session/bulk/?return=records&{WIDE}", rows))
    assert Session.objects.count() == before
    assert alice.post("stem/session/bulk/?return=ids", rows).status == 200
    assert Session.objects.count() == before + 5


# -- streams ----------------------------------------------------------------------------------------------------------


def test_each_record_of_a_stream_has_the_budget_of_an_answer(crowded, alice, at_most):
    answer = alice.get("stem/project", "include[]=subjects", HTTP_ACCEPT=NDJSON)
    sizes = [len(line) for line in answer.text.splitlines()]
    at_most(max(sizes))
    assert alice.get("stem/project", "include[]=subjects", HTTP_ACCEPT=NDJSON).status == 200
    at_most(max(sizes) // 2)
    # It is the first record, so nothing was sent yet.
    assert refused(alice.get("stem/project", "include[]=subjects", HTTP_ACCEPT=NDJSON))


def test_a_stream_takes_no_more_from_the_database_than_fits_into_a_batch(crowded, alice, monkeypatch):
    spec, where = specs()["stem.Subject"], {"viewer": Viewer(Actor(user_id=alice.user.pk), "private"), "base": ""}
    whole = stream.open_stream(spec, Query(limit=1000), **where)
    texts = [text for batch in whole.batches for text in batch]
    assert len(texts) == SUBJECTS
    monkeypatch.setattr(stream, "BATCH_BYTES", 3 * max(map(len, texts)))
    small = list(stream.open_stream(spec, Query(limit=1000), **where).batches)
    assert [text for batch in small for text in batch] == texts
    assert max(map(len, small[1:])) == 3


def test_records_of_any_size_are_streamed_a_few_at_a_time(crowded, alice):
    spec, where = specs()["stem.Session"], {"viewer": Viewer(Actor(user_id=alice.user.pk), "private"), "base": ""}
    few = stream.open_stream(spec, parse(WIDE, whole=True), **where)
    assert max(map(len, few.batches)) <= stream.FEW
    many = stream.open_stream(specs()["stem.Subject"], parse("include[]=strain", whole=True), **where)
    assert max(map(len, many.batches)) > stream.FEW


# -- how many includes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [",".join, "&include[]=".join], ids=["commas", "repeated"])
def test_includes_are_counted_however_they_are_written(lab, alice, written):
    most = MAX_PATHS["include[]"]
    assert alice.get("stem/session", "include[]=" + written(["projects"] * most)).status == 200
    answer = alice.get("stem/session", "include[]=" + written(["projects"] * (most + 1)))
    assert (answer.status, list(answer.body)) == (400, ["include[]"])
    assert str(most) in str(answer.body)


def test_lists_of_ids_are_whole_however_long_they_are(lab, alice):
    """None is capped: what a client sends back must be all that there is."""
    project = Project.objects.get(pk=lab["project"])
    session = Session.objects.get(pk=lab["session"])
    names = [f"bulk {n}" for n in range(11_000)]
    made = Session.objects.bulk_create([Session(name=name, audience_id=session.audience_id) for name in names])
    links = Session.projects.through
    links.objects.bulk_create([links(session_id=one.pk, project_id=project.pk) for one in made])
    assert len(alice.get(f"stem/project/{project.pk}").record["sessions"]) == 11_001
