"""Steps as spans of OpenTelemetry. Imported only if traces are asked for.

The SDK reads the rest of its variables itself: endpoint, headers, name of the service, sampling, sizes of batches.
Errors are told by the names of their classes: their messages may quote values.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Thread
from typing import Unpack

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from brainstem import __version__
from brainstem.core.errors import BrainstemError
from brainstem.core.steps import Facts, Step, trace_with

NAME = "brainstem"
MOST_SPANS = 1_000  # of a request or task
LAST_S = 2.0  # for sending what waits when a process ends
ATTRIBUTES = {
    "request_id": "brainstem.request_id",
    "model": "brainstem.model",
    "portal": "brainstem.portal",
    "verb": "http.request.method",
    "route": "http.route",
    "status": "http.response.status_code",
    "system": "db.system.name",
    "statement": "db.query.text",
    "task": "brainstem.task",
}
_KINDS = {"request": SpanKind.SERVER, "task": SpanKind.CONSUMER, "sql": SpanKind.CLIENT}
_propagator = TraceContextTextMapPropagator()


class _Room:
    """How many more spans a request or task may have: some writes go row by row, through thousands of rows."""

    def __init__(self) -> None:
        self.left = MOST_SPANS

    def take(self) -> bool:
        """Take room for one, if there is any."""
        self.left -= 1
        return self.left >= 0


_room: ContextVar[_Room | None] = ContextVar("room", default=None)


def begin() -> Callable[[], None]:
    """Send the steps of this process to the collector that the environment names, in the background.

    Returns
    -------
    callable
        Sends what waits, and ends that.
    """
    provider = provider_for(BatchSpanProcessor(OTLPSpanExporter()))
    trace_with(Spans(provider))

    def end() -> None:
        trace_with(None)
        # A collector that does not answer must not keep the process from ending.
        last = Thread(target=provider.shutdown, daemon=True)
        last.start()
        last.join(LAST_S)

    return end


def provider_for(processor: SpanProcessor) -> TracerProvider:
    """Makes spans, and gives them to a processor."""
    about = Resource({SERVICE_NAME: NAME, SERVICE_VERSION: __version__}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=about)
    provider.add_span_processor(processor)
    return provider


class Spans:
    """A :class:`~brainstem.core.steps.Tracer` that makes spans."""

    def __init__(self, provider: TracerProvider) -> None:
        self.provider = provider
        self._tracer = provider.get_tracer(NAME, __version__)

    @contextmanager
    def step(
        self, name: str, facts: Facts, *, parent: Mapping[str, str] | None, begun_ns: int | None
    ) -> Iterator[Step]:
        """Context of a span."""
        context = None if parent is None else _propagator.extract(parent, Context())
        token = None if parent is None else _room.set(_Room())
        try:
            span = self._started(name, facts, context=context, begun_ns=begun_ns)
            current = trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False)
            with current, _errors_told(span):
                yield _Told(span)
        finally:
            if token is not None:
                _room.reset(token)

    def passed(self, name: str, seconds: float, facts: Facts) -> None:
        """A span that has just ended."""
        now = time.time_ns()
        self._started(name, facts, begun_ns=now - int(seconds * 1e9)).end(now)

    def during(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """A span from now until the last piece is taken, or the pieces are closed."""
        return _along(self._started(name, {}), pieces)

    def is_recorded(self) -> bool:
        """Whether the present span is one of the sample, and there is room for another one."""
        room = _room.get()
        return trace.get_current_span().is_recording() and (room is None or room.left > 0)

    def trace_id(self) -> str:
        """Id of the present trace."""
        context = trace.get_current_span().get_span_context()
        return trace.format_trace_id(context.trace_id) if context.is_valid else ""

    def traceparent(self) -> str:
        """The present span for others."""
        carrier: dict[str, str] = {}
        _propagator.inject(carrier)
        return carrier.get("traceparent", "")

    def _started(self, name: str, facts: Facts, *, context: Context | None = None, begun_ns: int | None = None) -> Span:
        room = _room.get()
        if room is not None and not room.take():
            return trace.NonRecordingSpan(trace.get_current_span().get_span_context())
        kind = _KINDS.get(name, SpanKind.INTERNAL)
        return self._tracer.start_span(
            name, context=context, kind=kind, attributes=_attributes(facts), start_time=begun_ns
        )


class _Told:
    """A span that is told what becomes known."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def tell(self, **facts: Unpack[Facts]) -> None:
        """Add attributes; a response of 500 or more is an error."""
        self._span.set_attributes(_attributes(facts))
        if facts.get("status", 0) >= 500:
            self._span.set_status(Status(StatusCode.ERROR))


def _attributes(facts: Facts) -> dict[str, str | int]:
    return {ATTRIBUTES[name]: value for name, value in facts.items() if isinstance(value, str | int)}


@contextmanager
def _errors_told(span: Span) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        span.set_attribute("error.type", type(error).__qualname__)
        if not isinstance(error, BrainstemError):
            span.set_status(Status(StatusCode.ERROR))
        raise


def _along(span: Span, pieces: Iterable[bytes]) -> Iterator[bytes]:
    try:
        with _errors_told(span):
            yield from pieces
    finally:
        span.end()


__all__ = ["ATTRIBUTES", "Spans", "begin", "provider_for"]
