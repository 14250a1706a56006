"""How long statements take: summed up for the request that sends them, and logged if they are slow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from time import perf_counter
from typing import TypeVar

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from . import slow
from .deadlines import current

T = TypeVar("T")
Execute = Callable[..., object]
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
    least: float | None = settings.BRAINSTEM_SLOW_QUERY_SECONDS
    if least is not None and seconds >= least and isinstance(sql, str):
        token = _is_measured.set(True)  # what asks for the plan is no statement of the request
        try:
            slow.note(connection, sql, seconds)
        finally:
            _is_measured.reset(token)


__all__ = ["around", "timed"]
