"""Two worlds that differ only in what a reader may not see give the same bytes to every question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from django.db import transaction

from brainstem.core.access import refusals
from brainstem.core.errors import Forbidden, Missing
from brainstem.core.history import permission
from brainstem.core.model.registry import routes, specs
from brainstem.core.model.trees import Catalogue, Groups, OfGroup, People
from brainstem.core.model.values import Bad
from brainstem.core.models import Event
from brainstem.core.query import comparisons, projection, run, sql
from brainstem.core.query.comparisons import Writer
from brainstem.core.sql.fragment import TRUE, Sql
from brainstem.core.write import payload as links

from ..people import Person
from .comparison import Seen, known_words, read, write
from .questions import PREVIEWS, Ask, Rows, records_of, told_apart, values_of_rows, wire
from .worlds import HIDDEN, Hidden, World, changed_values, path_of, visible_world
from .writes import Scribe

# Each test runs inside the transaction of the stage.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
READERS = ("owner", "member", "contributor", "stranger", "anonymous", "bound")
CASES = list(HIDDEN)


@dataclass
class Stage:
    """The visible world, what each reader reads of it, and how much was asked."""

    world: World
    before: dict[tuple[str, str], set[Any]]
    records: dict[str, dict[str, list[Any]]]
    asked: Counter[str] = field(default_factory=Counter)


@dataclass
class Round:
    """Questions to one reader, with the answers in the world that has more."""

    reader: Person
    reads: list[Ask]
    writes: list[Ask]
    known: set[str]

    def answers(self) -> list[list[Seen]]:
        found = [read(self.reader, ask) for ask in self.reads]
        return found + [write(self.reader, ask, self.known) for ask in self.writes]


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker) -> Iterator[Stage]:
    """Built once for all tests of this module, each of which takes back what it adds."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = visible_world()
        Event.objects.update(transaction=0)
        query = "limit=100&include_version=true"
        records = {name: records_of(world.readers[name], query) for name in READERS}
        yield Stage(world, values_of_rows(), records)
        transaction.set_rollback(True)


def differences(
    stage: Stage,
    hide: Iterable[Callable[[Hidden], object]],
    *,
    seed: str,
    reads: int,
    writes: int = 0,
    readers: Iterable[str] = READERS,
    other_values: bool = False,
) -> list[str]:
    """What some readers can tell the two worlds apart by; questions are asked beside the hidden things first."""
    with transaction.atomic():
        hidden = Hidden(stage.world)
        for one in hide:
            one(hidden)
        # All is one transaction here, of which the feed of changes would tell nothing while it goes on.
        Event.objects.update(transaction=0)
        if other_values:
            known = {label: ids for (label, name), ids in stage.before.items() if name == "id"}
            assert changed_values(known) > 20
        after = values_of_rows()
        rounds = [_round(stage, name, after, f"{seed} {name}", reads, writes) for name in readers]
        beside = [one.answers() for one in rounds]
        transaction.set_rollback(True)
    found = []
    for one, told in zip(rounds, beside, strict=True):
        for ask, there, here in zip([*one.reads, *one.writes], told, one.answers(), strict=True):
            stage.asked["questions"] += 1
            same = there == here or in_use(ask, there) or is_used(ask, there) or only_hidden(ask, there, here)
            if not same:
                found.append(_told(ask, here, there))
    return found


def _round(stage: Stage, name: str, after: Rows, seed: str, reads: int, writes: int) -> Round:
    reader = stage.world.readers[name]
    scribe = Scribe(seed, reader.portal, *told_apart(stage.before, after), stage.records[name])
    asked = [*scribe.reads(reads), *(scribe.sweep() if reads > 100 else [])]
    written = scribe.writes(writes if name != "anonymous" else writes // 4)
    words = known_words([*written, stage.records[name], *(wire(one) for values in after.values() for one in values)])
    return Round(reader, asked, written, words)


def in_use(ask: Ask, beside: list[Seen]) -> bool:
    """The one refusal of a write that hidden rows may cause: what they use is not deleted."""
    return ask.method == "delete" and beside[0].status == 409


def is_used(ask: Ask, beside: list[Seen]) -> bool:
    """The same of an undo: what was added stays while something hidden refers to it."""
    return ask.path.endswith("/undo") and beside[0].status == 409 and '"hidden":true' in beside[0].text


def only_hidden(ask: Ask, beside: list[Seen], here: list[Seen]) -> bool:
    """The one thing that hidden rows may change in a preview: it says that there are some, or that they are in the way."""
    if not ask.path.endswith(PREVIEWS) or beside[0].status != here[0].status:
        return False
    there, alone = orjson.loads(beside[0].text), orjson.loads(here[0].text)
    told = there.get("delete_preview", {})
    if told.get("outcome") == "refused" and told["blocked_by"]["hidden"] and not told["blocked_by"]["models"]:
        return not told["blocked_by"]["reasons"]
    return _without_hidden(there) == _without_hidden(alone)


def _without_hidden(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: _without_hidden(value) for key, value in told.items() if key != "hidden"}
    return [_without_hidden(one) for one in told] if isinstance(told, list) else told


def _told(ask: Ask, here: list[Seen], beside: list[Seen]) -> str:
    lines = [str(ask)]
    for one, other in zip(here, beside, strict=False):
        if one != other:
            start = next((n for n, pair in enumerate(zip(one.text, other.text, strict=False)) if len(set(pair)) > 1), 0)
            lines += [f"{each.status} ...{each.text[max(0, start - 80) : start + 200]}" for each in (one, other)]
            break
    return "\n  ".join(lines)


# -- nothing tells them apart ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_something_hidden_changes_no_answer(stage, facts, case):
    found = differences(stage, [HIDDEN[case]], seed=case, reads=30, writes=8)
    assert not found, "\n".join(found[:5])
    facts["answers alike in two worlds"] += stage.asked.pop("questions")


@pytest.mark.parametrize("reader", READERS)
def test_everything_hidden_at_once_changes_no_answer(stage, facts, reader):
    found = differences(stage, HIDDEN.values(), seed="all", reads=150, writes=60, readers=[reader])
    assert not found, "\n".join(found[:5])
    facts["answers alike in two worlds"] += stage.asked.pop("questions")


@pytest.mark.parametrize("reader", READERS)
def test_the_values_of_hidden_rows_change_no_answer(stage, facts, reader):
    found = differences(stage, HIDDEN.values(), seed="values", reads=50, writes=15, readers=[reader], other_values=True)
    assert not found, "\n".join(found[:5])
    facts["answers alike in two worlds"] += stage.asked.pop("questions")


def test_questions_find_something(stage):
    """Half of them, more or less: the rest ask for what is hidden, or for nothing."""
    found: Counter[bool] = Counter()
    for name in READERS:
        one = _round(stage, name, values_of_rows(), f"hits {name}", 60, 0)
        found.update(answers[0].is_hit for answers in one.answers())
    assert found[True] > 0.4 * found.total(), found


# -- the one thing that is told: that a name is in use -----------------------------------------------------------------

SITE_WIDE = ("datastorage", "project", "session", "subject")
ELSEWHERE = ("behavioralassay", "breeding", "cohort", "collection", "inventory", "license", "setup")


def test_only_these_kinds_of_hidden_rows_have_names_that_are_used_once():
    shown = (Catalogue, Groups, OfGroup, People)
    unique = {spec.label: [one.name for one in spec.columns.values() if one.field.unique and one.name != "id"]
              for spec in specs().values() if not isinstance(spec.tree, shown)}  # fmt: skip
    assert {label: names for label, names in unique.items() if names} == {
        "personal_attributes.DataStorage": ["name"],
        "stem.Project": ["name"], "stem.Session": ["name"], "stem.Subject": ["name"],
    }  # fmt: skip


def _named(stage: Stage, model: str, name: str, *, hide: bool) -> list[list[Seen]]:
    """What the owner is answered who gives this name to a new record and to one that is there."""
    lab, words = stage.world.lab, known_words([stage.records["owner"]])
    payload = lab.payload(model) | {"name": name}
    with transaction.atomic():
        if hide:
            Hidden(stage.world).add(model, name=name)
        asks = [
            Ask("post", path_of(model), body=payload),
            Ask("patch", f"{path_of(model)}/{lab[model]}", body={"name": name}),
        ]
        told = [write(stage.world.alice, ask, words) for ask in asks]
        transaction.set_rollback(True)
    return told


@pytest.mark.parametrize("model", SITE_WIDE)
def test_a_name_in_use_is_refused_with_the_same_words_whoever_uses_it(stage, model):
    words = orjson.dumps({"name": [f"A {model} with this name already exists on this server."]}).decode()
    spec = routes()[tuple(path_of(model).split("/"))]
    seen = stage.records["owner"][spec.label][-1]["name"]
    secret = "x" * len(seen)
    hidden, visible = _named(stage, model, secret, hide=True), _named(stage, model, seen, hide=False)
    assert hidden == visible
    assert [(one[0].status, one[0].text) for one in hidden] == [(400, words)] * 2
    assert [one[0].status for one in _named(stage, model, secret, hide=False)] == [201, 200]


@pytest.mark.parametrize("model", ELSEWHERE)
def test_other_names_in_use_are_not_told(stage, model):
    hidden, alone = (_named(stage, model, "Same name", hide=hide) for hide in (True, False))
    assert hidden == alone
    assert [one[0].status for one in hidden] == [201, 200]


def test_who_may_not_write_does_not_learn_of_a_name(stage):
    lab = stage.world.lab
    with transaction.atomic():
        name = Hidden(stage.world).add("subject")["name"]
        for one in (stage.world.bob, stage.world.charlie):
            assert one.post("stem/subject", lab.payload("subject") | {"name": name}).status in (400, 403)
            told = one.patch(f"stem/subject/{lab['subject']}", {"name": name})
            assert (told.status, "exists" in told.text) == (403 if one is stage.world.bob else 404, False)
        transaction.set_rollback(True)


# -- the questions would find a leak ------------------------------------------------------------------------------------


def _sees_all(monkeypatch: pytest.MonkeyPatch, holder: Any, name: str) -> None:
    """Let one function of the corridor forget to narrow the relations that it follows."""
    original = getattr(holder, name)

    def leaking(*arguments: Any, **named: Any) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(comparisons.Writer, "hop_scope", lambda *_: TRUE)
            patch.setattr(projection.Projection, "_scope", lambda *_: TRUE)
            return original(*arguments, **named)

    monkeypatch.setattr(holder, name, leaking)


def _counts_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    head = "SELECT CAST(COALESCE(SUM(q.n),0) AS BIGINT) AS n FROM core_audiencecount q WHERE q.model = "
    monkeypatch.setattr(sql, "_counted", lambda _, spec: Sql(f"{head}'{spec.label}'"))


def _lists_whatever_a_relation_leads_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Writer, "trusts", lambda *_: True)


def _says_which_id_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(target: Any, ids: list[Any], seen: set[Any]) -> None:
        if set(ids) - seen:
            there = target.model._default_manager.filter(pk__in=ids).exists()
            raise Bad("You may not see it." if there else "It does not exist.")

    monkeypatch.setattr(links, "_refuse_unseen", refuse)


def _forbids_what_it_should_miss(monkeypatch: pytest.MonkeyPatch) -> None:
    original = refusals.locked

    def locked(spec: Any, record_id: Any, **named: Any) -> Any:
        try:
            return original(spec, record_id, **named)
        except Missing:
            if spec.model._default_manager.filter(pk=record_id).exists():
                raise Forbidden("You may not see this.") from None
            raise

    monkeypatch.setattr("brainstem.core.write.saving.locked", locked)


def _tells_of_the_past_of_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permission.Past, "seen", lambda _, spec, ids: set(ids))


LEAKS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "filters": lambda patch: _sees_all(patch, sql, "conditions"),
    "sorts": lambda patch: _sees_all(patch, sql, "key_expression"),
    "lists of ids": lambda patch: _sees_all(patch, projection.Projection, "_ids"),
    "single ids": lambda patch: _sees_all(patch, projection.Projection, "_id"),
    "includes": lambda patch: _sees_all(patch, projection.Projection, "_node"),
    "counts": _counts_everything,
    "related lists": _lists_whatever_a_relation_leads_to,
    "histories": _tells_of_the_past_of_everything,
    "errors": _says_which_id_exists,
    "status codes": _forbids_what_it_should_miss,
}


# How much is asked to find one; 100 reads where nothing is said.
ASKED = {
    "sorts": ("reads", 300),
    "related lists": ("reads", 300),
    "histories": ("reads", 300),
    "errors": ("writes", 60),
    "status codes": ("writes", 60),
    "rules": ("writes", 120),
}
LIKELY = ("owner", "contributor", "bound")


@pytest.fixture
def fresh_statements() -> Iterator[None]:
    """No statement of a leaking server stays in memory."""
    run.forget_compiled()
    yield
    run.forget_compiled()


@pytest.mark.control
@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_would_be_found(stage, fresh_statements, monkeypatch, leak):
    LEAKS[leak](monkeypatch)
    kind, most = ASKED.get(leak, ("reads", 100))
    asked = [{"reads": 0, kind: number, "readers": [name]} for number in (most // 5, most) for name in LIKELY]
    assert any(differences(stage, HIDDEN.values(), seed="leak", **one) for one in asked)
