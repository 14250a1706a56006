"""How long statements take: summed up for the request that sends them, and logged if they are slow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import lru_cache
from time import perf_counter
from typing import TypeVar

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from ..steps import is_recorded, passed
from . import slow
from .deadlines import current

T = TypeVar("T")
Execute = Callable[..., object]
LONGEST_SHAPE, LONGEST_KEPT = 4_000, 20_000  # what traces are told of a statement, and statements kept with it
_is_measured: ContextVar[bool] = ContextVar("is_measured", default=False)


def around(
    execute: Execute, sql: object, params: object, many: bool, context: Mapping[str, BaseDatabaseWrapper]
) -> object:
    """Wrapper of every statement of Django's connections."""
    if _is_measured.get():
        return execute(sql, params, many, context)
    started = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        _note(context["connection"], sql, perf_counter() - started)


def timed(connection: BaseDatabaseWrapper, sql: str, run: Callable[[], T]) -> T:
    """Run a statement together with what belongs to it, such as fetching its rows, and measure the whole."""
    token = _is_measured.set(True)
    started = perf_counter()
    try:
        return run()
    finally:
        _is_measured.reset(token)
        _note(connection, sql, perf_counter() - started)


def _note(connection: BaseDatabaseWrapper, sql: object, seconds: float) -> None:
    if (ticket := current()) is not None:
        ticket.spent += seconds
    if is_recorded():
        passed("sql", seconds=seconds, system=connection.vendor, statement=_shape(str(sql)))
    least: float | None = settings.BRAINSTEM_SLOW_QUERY_SECONDS
    if least is not None and seconds >= least and isinstance(sql, str):
        token = _is_measured.set(True)  # what asks for the plan is no statement of the request
        try:
            slow.note(connection, sql, seconds)
        finally:
            _is_measured.reset(token)


def _shape(sql: str) -> str:
    return _shortened(sql) if len(sql) > LONGEST_KEPT else _kept_shape(sql)


@lru_cache(maxsize=500)
def _kept_shape(sql: str) -> str:
    return _shortened(sql)


def _shortened(sql: str) -> str:
    # Cut afterwards: half of a text in quotes would not be taken for one.
    return slow.cut(slow.shape_of(sql), LONGEST_SHAPE)


__all__ = ["around", "timed"]
