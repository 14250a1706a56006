"""Requests that ask for more than a server should do: anonymous, one line long, in the query string."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from . import wire
from .base import CLOSED, Scale, Target, at_once, attack, shared_out

SESSIONS = "/api/public/stem/session/"
MANIPULATIONS = "/api/public/modules/manipulation/"
CIRCLE = "projects.sessions.projects.sessions.name"
FOUR = ("dataacquisition.*", "behaviors.*", "manipulations.*", "epochs.*")
RECORD_BYTES = 700  # a subject as JSON, roughly
READ = frozenset({200, 400, 414, 429, 431, 503})


def _get(target: Target, scale: Scale, path: str, **headers: str) -> int:
    asked = {"Accept": "application/json"} | headers
    return wire.send(target.port, "GET", path, headers=asked, seconds=scale.patience_seconds).status


@attack("cubic quantity filter", expected={400})
def cubic(target: Target, scale: Scale) -> list[int]:
    """A quantity between whose number and unit there are 1,600 blanks."""
    path = MANIPULATIONS + "?" + wire.query(
        ("filter{type}", "ElectricalStimulation"), ("filter{details.amplitude.gte}", f"1{' ' * 1600}a\nb")
    )  # fmt: skip
    return at_once(2, lambda _: _get(target, scale, path))


@attack("circular filter", expected={400})
def circular_filter(target: Target, scale: Scale) -> list[int]:
    """From sessions to projects to sessions to projects to sessions, twice at once."""
    path = f"{SESSIONS}?{wire.query((f'filter{{{CIRCLE}}}', 'x'))}"
    return at_once(2, lambda _: _get(target, scale, path))


@attack("circular filter, negated", expected={400})
def circular_negated(target: Target, scale: Scale) -> list[int]:
    """The same, asked for what does not match."""
    path = f"{SESSIONS}?{wire.query((f'filter{{-{CIRCLE}}}', 'x'))}"
    return at_once(2, lambda _: _get(target, scale, path))


@attack("circular sort", expected={400})
def circular_sort(target: Target, scale: Scale) -> list[int]:
    """An order that walks in the same circle."""
    path = f"{SESSIONS}?{wire.query(('sort[]', CIRCLE))}"
    return at_once(2, lambda _: _get(target, scale, path))


@attack("worst accepted filters", expected=READ)
def worst_accepted(target: Target, scale: Scale) -> list[int]:
    """Everything that the language allows, at its most expensive: nothing matches, so all rows are looked at."""
    return shared_out(_worst(), lambda asked: _get(target, scale, f"{SESSIONS}?{asked}"), hands=2)


def _worst() -> Iterator[str]:
    far = ("dataacquisition.procedures.notes", "manipulations.procedures.notes", "behaviors.subjects.name")
    for sign in ("", "-"):
        yield wire.query(*((f"filter{{{sign}description.icontains}}", f"nowhere {n}") for n in range(90)))
        yield wire.query(*((f"filter{{{sign}{path}.icontains}}", f"x{n}") for path in far for n in range(8)))
    yield wire.query(*((f"filter{{extra_fields.weight_{n}.gt}}", n) for n in range(90)))
    yield wire.query(("search", " ".join(f"word{n}" for n in range(60))))
    yield wire.query(*(("sort[]", f"-{path}") for path in (*far, "behaviors.setup.name", "epochs.name")))
    yield wire.query(("sort[]", "description"), ("offset", 2**40), ("limit", 100))
    yield wire.query(("filter{projects.subjects.procedures.notes.icontains}", "nowhere"))


# On PostgreSQL counting may take seconds; the deadline may come first, above all the short form's.
@attack("an answer of hundreds of megabytes", expected={400, 413, 503})
def large_answer(target: Target, scale: Scale) -> list[int]:
    """Fifty sessions of a project with thousands of subjects, each with all of them."""
    path = f"{SESSIONS}?{_crowded(target, limit=50)}"
    return at_once(2, lambda _: _get(target, scale, path))


def _crowded(target: Target, *, limit: int) -> str:
    return wire.query(
        ("filter{projects}", target.facts["crowded"]), ("include[]", "projects.subjects.*"), ("limit", limit)
    )


def large_but_allowed(target: Target, scale: Scale) -> str:
    """Address of an answer of about 15 MB, more than the buffers of a connection hold."""
    return f"{SESSIONS}?{_crowded(target, limit=max(1, 15_000_000 // (scale.crowd * RECORD_BYTES)))}"


@attack("hundreds of large request shapes", expected=READ)
def shapes(target: Target, scale: Scale) -> list[int]:
    """Each request has a shape that no other had, and a long one."""
    return shared_out(_shapes(scale.of(370)), lambda asked: _get(target, scale, f"{SESSIONS}?{asked}"), hands=2)


def _shapes(number: int) -> Iterator[str]:
    names = ("name", "description", "name_used_in_storage", "tags", "epochs.name", "behaviors.notes", "date_time.year")
    parts = [*FOUR, "projects.*", "datastorage.*", "behaviors.setup.*", "behaviors.subjects.strain.*"]
    choices = itertools.islice(itertools.product((False, True), repeat=len(parts) + 1), 1, number + 1)
    for at, chosen in enumerate(choices):
        included = [("include[]", part) for part, wanted in zip(parts, chosen, strict=False) if wanted]
        filters = [(f"filter{{-{names[(at + n) % len(names)]}}}", 1900 + n) for n in range(20 + at % 40)]
        yield wire.query(*included, *filters, ("limit", 1 + at % 3))


@attack("integer bombs in filters", expected=READ | {CLOSED})
def number_bombs(target: Target, scale: Scale) -> list[int]:
    """Numbers that are short to write and take gigabytes, or minutes, to hold."""
    bombs = ("1e3000000 V", "1e999999999 V", "9" * 30_000, "1e999999999", "-1e-999999999", "0x" + "f" * 30_000)
    typed = ("filter{type}", "ElectricalStimulation")
    asked = [
        (MANIPULATIONS, wire.query(typed, (name, bomb)))
        for bomb in bombs for name in ("filter{details.amplitude.gte}", "filter{order.gt}")
    ]  # fmt: skip
    more = ("filter{extra_fields.weight_g.gt}", "limit", "offset", "page", "filter{date_time.year}")
    asked += [(SESSIONS, wire.query((name, bomb))) for bomb in bombs for name in more]
    return shared_out(asked, lambda one: _get(target, scale, "?".join(one)), hands=4)
