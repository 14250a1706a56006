"""Steps of the work for a request or a task, for whoever traces them: nobody, unless :func:`trace_with` was called.

Knows no library for traces. A step that nobody traces costs a call. What is said of a step (:class:`Facts`) are words
from lists of our own, counts, and the shapes of statements: no id of a record, no value, no address of anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import ParamSpec, Protocol, TypedDict, TypeVar, Unpack

__all__ = [
    "Facts",
    "Step",
    "Tracer",
    "during",
    "is_recorded",
    "is_traced",
    "passed",
    "staged",
    "step",
    "trace_id",
    "trace_with",
    "traceparent",
]

P = ParamSpec("P")
R = TypeVar("R")


class Facts(TypedDict, total=False):
    """What can be said of a step."""

    request_id: str
    model: str
    portal: str
    verb: str
    route: str  # the pattern of an address
    status: int
    system: str  # the kind of database
    statement: str  # its shape
    task: str  # name of its function


class Step(Protocol):
    """A step that is being made."""

    def tell(self, **facts: Unpack[Facts]) -> None:
        """Add what has become known."""


class Tracer(Protocol):
    """Whoever is told of steps; those that begin within another one, in the same thread, are parts of it."""

    def step(
        self, name: str, facts: Facts, *, parent: Mapping[str, str] | None, begun_ns: int | None
    ) -> AbstractContextManager[Step]: ...
    def passed(self, name: str, seconds: float, facts: Facts) -> None: ...
    def during(self, name: str, pieces: Iterable[bytes]) -> Iterable[bytes]: ...
    def is_recorded(self) -> bool: ...
    def trace_id(self) -> str: ...
    def traceparent(self) -> str: ...


class _Untold:
    """A step of which nobody is told."""

    def tell(self, **facts: Unpack[Facts]) -> None:
        """Nothing."""


_tracer: Tracer | None = None
_UNTOLD: AbstractContextManager[Step] = nullcontext(_Untold())


def trace_with(tracer: Tracer | None) -> Tracer | None:
    """Tell this tracer of all steps of the process from now on; returns the one before."""
    global _tracer
    before, _tracer = _tracer, tracer
    return before


def is_traced() -> bool:
    """Whether somebody traces the steps of this process."""
    return _tracer is not None


def is_recorded() -> bool:
    """Whether the step that this thread is in is recorded: traces may be samples."""
    return _tracer is not None and _tracer.is_recorded()


def step(
    name: str, *, parent: Mapping[str, str] | None = None, begun_ns: int | None = None, **facts: Unpack[Facts]
) -> AbstractContextManager[Step]:
    """Context of a step.

    Parameters
    ----------
    parent : mapping, optional
        W3C headers that name the step of another process of which this one is a part. If given, even empty, this is a
        part of no other step of this process.
    begun_ns : int, optional
        When it began, in nanoseconds since 1970, if that was before.
    """
    return _UNTOLD if _tracer is None else _tracer.step(name, facts, parent=parent, begun_ns=begun_ns)


def staged(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator: each call is a step."""

    def wrapping(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            if _tracer is None:
                return function(*args, **kwargs)
            with _tracer.step(name, {}, parent=None, begun_ns=None):
                return function(*args, **kwargs)

        return called

    return wrapping


def passed(name: str, *, seconds: float, **facts: Unpack[Facts]) -> None:
    """Note a step that has just ended after so many seconds."""
    if _tracer is not None:
        _tracer.passed(name, seconds, facts)


def during(name: str, pieces: Iterable[bytes]) -> Iterable[bytes]:
    """The same pieces; a step of the present one lasts until the last of them is taken, or they are closed."""
    return pieces if _tracer is None else _tracer.during(name, pieces)


def trace_id() -> str:
    """Id of the trace that this thread is in, 32 hexadecimal digits; empty if there is none."""
    return "" if _tracer is None else _tracer.trace_id()


def traceparent() -> str:
    """The W3C header that names the present step; empty if there is none."""
    return "" if _tracer is None else _tracer.traceparent()
