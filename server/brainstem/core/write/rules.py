"""Rules that an app declares between the fields of a record; :mod:`brainstem.core.write.saving` runs them.

::

    @checks(Epoch)
    def starts_before_it_ends(draft: Draft) -> None:
        if draft.record.start >= draft.record.end:
            draft.error("end", "must be later than start")

``checks`` run before a record is saved and report through ``draft.error`` (all errors are shown at once);
``checks_together`` do the same for all drafts of a batch at once, for rules that query the database. ``follows`` run
after it has been saved with its links, ``guards`` before it is deleted (they raise ``Invalid`` or ``Conflict``).
``prepares`` turns another form of payload into the model's own keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models, transaction

from ..access.actor import Actor
from ..access.viewer import Viewer
from ..errors import Conflict, Invalid
from ..model.registry import spec_of
from ..remarks import Remark, Row, about_row, current_row, tell
from ..steps import staged


class Unreadable(Exception):
    """A rule uses a value that could not be read."""


class Readable:
    """A record of which some values could not be read; using one of them raises an error."""

    def __init__(self, record: models.Model, unreadable: frozenset[str]) -> None:
        names = set(unreadable)
        for one in record._meta.concrete_fields:
            if one.name in unreadable:
                names.add(one.attname)
        self.__dict__.update(_record=record, _unreadable=names)

    def __getattr__(self, name: str) -> Any:
        if name in self._unreadable:
            raise Unreadable(name)
        return getattr(self._record, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._record, name, value)

    # Django checks the class before it takes a record as a value in a query.
    @property  # type: ignore[misc]
    def __class__(self) -> type[Any]:
        return type(self._record)


@dataclass
class Draft:
    """A record about to be saved.

    Attributes
    ----------
    record : Model
        The instance with the new column values already set, not yet saved.
    creating : bool
        True for a new record.
    given : set of str
        Keys read from the payload; for a change, only those whose value really differs.
    links : dict
        To-many relations that will be replaced: name -> primary keys, in order.
    old : dict
        Column values before the change, empty for a new record.
    unreadable : frozenset of str
        Keys whose values are wrong or missing. Such a record is never saved; rules that use one of them are skipped,
        and what the others find is reported together with what is wrong with the values.
    tags : list of str
        The tags that the record will have, if they change.
    placed : bool
        Whether the writer may put the record there, as far as is known.
    """

    record: Any
    creating: bool
    viewer: Viewer
    given: set[str] = field(default_factory=set)
    links: dict[str, list[Any]] = field(default_factory=dict)
    old: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    unreadable: frozenset[str] = frozenset()
    placed: bool = True
    tags: list[str] | None = None
    row: Row | None = field(default_factory=current_row)

    def __post_init__(self) -> None:
        if self.unreadable:
            self.record = Readable(self.record, self.unreadable)

    def error(self, name: str, message: str) -> None:
        """Report an error of one field."""
        self.errors[name].append(message)

    def tell(self, remark: Remark) -> None:
        """Report something to the writer that is not an error."""
        tell(remark, self.row)

    def linked(self, name: str) -> list[Any]:
        """Primary keys of a to-many relation as they will be; one query if the payload does not change them."""
        if name in self.unreadable:
            raise Unreadable(name)
        if name in self.links:
            return self.links[name]
        if self.creating:
            return []
        return list(getattr(self.record, name).values_list("pk", flat=True))

    def seen(self, model: type[models.Model], ids: Iterable[object]) -> set[Any]:
        """The ids that the writer sees; one query.

        Rules that look beyond their own record may only use these: what they report must not depend on hidden records.
        """
        return self.viewer.seen(spec_of(model), ids)

    def changed(self, *names: str) -> bool:
        """Whether any of these fields or relations gets a new value (always true for a new record)."""
        return self.creating or any(name in self.given for name in names)


def one_at_a_time(what: str) -> None:
    """Let one transaction at a time change what a rule can only judge as a whole, such as who descends from whom.

    Locked rows would not do: two changes of different rows may together break the rule.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_RULES, what])


def hold(model: type[models.Model], ids: Iterable[Any]) -> None:
    """Keep others from changing rows until the transaction ends, so that what a rule reads in them stays true.

    They are locked in one order. SQLite has only one writer anyway.
    """
    if connection.features.has_select_for_update and (wanted := set(ids) - {None}):
        rows = model._default_manager.filter(pk__in=wanted).order_by("pk")
        list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))


# The first half of the numbers of PostgreSQL's locks that serialise changes under rules.
_RULES = 7_214_032
Check = Callable[[Draft], None]
ChecksTogether = Callable[[Sequence[Draft]], None]
Say = Callable[[Any, Any], str]
Entangled = Callable[[Sequence[object]], bool]
Guard = Callable[[Any, Actor], None]
Prepare = Callable[[Mapping[str, object]], Mapping[str, object]]

_checks: dict[type[models.Model], list[ChecksTogether]] = defaultdict(list)
_exclusive: dict[type[models.Model], list[tuple[str, Say]]] = defaultdict(list)
_entangled: dict[type[models.Model], dict[str, Entangled]] = defaultdict(dict)
_of_siblings: set[type[models.Model]] = set()
_follows: dict[type[models.Model], list[Check]] = defaultdict(list)
_guards: dict[type[models.Model], list[Guard]] = defaultdict(list)
_prepares: dict[type[models.Model], list[Prepare]] = defaultdict(list)


def checks(*classes: type[models.Model], of_siblings: bool = False) -> Callable[[Check], Check]:
    """Register a check before saving; with ``of_siblings`` it depends on other rows of the same model."""

    def register(check: Check) -> Check:
        def check_each(drafts: Sequence[Draft]) -> None:
            for draft in drafts:
                with about_row(draft.row):
                    check(draft)

        _registrar(_checks, classes)(check_each)
        _of_siblings.update(classes if of_siblings else ())
        return check

    return register


def checks_together(*classes: type[models.Model]) -> Callable[[ChecksTogether], ChecksTogether]:
    """Register a check before saving that gets all drafts of a batch, so that one query can serve all of them."""
    return _registrar(_checks, classes)


def follows(*classes: type[models.Model]) -> Callable[[Check], Check]:
    """Register a function to run after saving."""
    return _registrar(_follows, classes)


def exclusive(model: type[models.Model], name: str, *, say: Say) -> None:
    """Declare that no two records may link the same by ``name``; ``say`` words the error, given an id and its record.

    The rule itself is a check, which sees what is saved; this is for the rows of one batch, which are saved together.
    """
    _exclusive[model].append((name, say))


def exclusive_links(model: type[models.Model]) -> Sequence[tuple[str, Say]]:
    """The relations of a model by which no two records may link the same."""
    return _exclusive.get(model, ())


def entangled(model: type[models.Model], *names: str, when: Entangled) -> None:
    """Declare that changes of these keys are checked against other records of the model.

    ``when`` says whether that can concern several of some records (ids) that are changed together; if so, each is
    saved before the next is checked.
    """
    _entangled[model].update(dict.fromkeys(names, when))


def are_entangled(model: type[models.Model], changed: Mapping[str, Sequence[object]]) -> set[str]:
    """The keys that cannot be changed together in these records; ``changed`` has ids by key."""
    return {name for name, when in _entangled[model].items() if changed.get(name) and when(changed[name])}


def guards(*classes: type[models.Model]) -> Callable[[Guard], Guard]:
    """Register a check before deleting; it gets the record and the actor."""
    return _registrar(_guards, classes)


def prepares(*classes: type[models.Model]) -> Callable[[Prepare], Prepare]:
    """Register a function that turns another form of payload into the model's own keys before they are read."""
    return _registrar(_prepares, classes)


def prepared(model: type[models.Model], payload: Mapping[str, object]) -> Mapping[str, Any]:
    """The payload in the model's own keys."""
    for prepare in _prepares.get(model, ()):
        payload = prepare(payload)
    return payload


def takes_other_forms(model: type[models.Model]) -> bool:
    """Whether payloads of the model may come in another form than its own keys."""
    return model in _prepares


@staged("rules")
def run_checks(model: type[models.Model], drafts: Sequence[Draft]) -> None:
    """Run every check of the model on drafts of it; on incomplete ones, those that do not need the missing values.

    The incomplete ones are checked one by one: they are never saved, so they do not affect the others.
    """
    sound = [draft for draft in drafts if not draft.unreadable]
    for check in _checks[model]:
        if sound:
            check(sound)
        for draft in drafts:
            if draft.unreadable:
                with suppress(Unreadable):
                    check([draft])


def asks_of_siblings(model: type[models.Model]) -> bool:
    """Whether a rule of a model depends on its other rows, so that each row is saved before the next is checked."""
    return model in _of_siblings


def run_follows(draft: Draft) -> None:
    """Run the functions that follow a save of the record's model."""
    for follow in _follows[type(draft.record)]:
        follow(draft)


@staged("rules")
def run_guards(record: models.Model, actor: Actor) -> None:
    """Run every guard of the record's model."""
    for guard in _guards[type(record)]:
        guard(record, actor)


def objections(record: models.Model, actor: Actor) -> list[str]:
    """The reasons of the model's guards against deleting the record, as sentences."""
    found: list[str] = []
    for guard in _guards[type(record)]:
        try:
            with _holding():
                guard(record, actor)
        except Invalid as error:
            found += [text for texts in error.errors.values() for text in texts]
        except Conflict as error:
            found.append(error.message)
    return found


def _holding() -> AbstractContextManager[object]:
    """A block in which guards may lock rows; SQLite locks none, and a transaction would wait for other writers."""
    return transaction.atomic() if connection.features.has_select_for_update else nullcontext()


def _registrar(
    table: dict[type[models.Model], list[Any]], classes: tuple[type[models.Model], ...]
) -> Callable[[Any], Any]:
    def register(function: object) -> object:
        for model in classes:
            table[model].append(function)
        return function

    return register
