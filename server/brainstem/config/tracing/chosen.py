"""Whether the environment asks for traces: by the variables that OpenTelemetry defines for all programs.

Imports nothing of OpenTelemetry, which is not installed everywhere, unless traces are asked for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
EXPORTERS = "OTEL_TRACES_EXPORTER"
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
DISABLED = "OTEL_SDK_DISABLED"
PROTOCOL = "http/protobuf"
_stops: list[Callable[[], None]] = []
_EXPORTER = "opentelemetry.exporter.otlp.proto.http"


def endpoint_of(environ: Mapping[str, str]) -> str:
    """The name of the variable that says where to send traces; empty if none are asked for.

    Raises
    ------
    ImproperlyConfigured
        If they are asked for in a way that this server does not know.
    """
    name = next((one for one in ENDPOINTS if environ.get(one, "").strip()), "")
    if not name or environ.get(DISABLED, "").strip().lower() == "true":
        return ""
    exporter = environ.get(EXPORTERS, "").strip() or "otlp"
    if exporter == "none":
        return ""
    if exporter != "otlp":
        raise ImproperlyConfigured(f"{EXPORTERS} is {exporter!r}: this server knows `otlp` and `none`.")
    _check_address(name, environ[name].strip())
    _check_protocol(environ)
    return name


def _check_address(name: str, address: str) -> None:
    if not address.startswith(("http://", "https://")):
        raise ImproperlyConfigured(
            f"{name} is {address!r}: it must be the http:// or https:// address of a collector, such as"
            " http://localhost:4318."
        )


def _check_protocol(environ: Mapping[str, str]) -> None:
    name = next((one for one in PROTOCOLS if environ.get(one, "").strip()), "")
    if name and environ[name].strip() != PROTOCOL:
        raise ImproperlyConfigured(
            f"{name} is {environ[name]!r}: this server sends traces by `{PROTOCOL}`, to port 4318 of most collectors."
        )


def begin() -> None:
    """Trace the steps of this process, if the environment asks for it.

    Raises
    ------
    ImproperlyConfigured
        If it cannot be done: it says why.
    """
    name = endpoint_of(os.environ)
    if not name:
        return
    if not _is_installed():
        raise ImproperlyConfigured(
            f"{name} is set, but what sends traces is not installed: pip install 'brainstem-server[telemetry]', or"
            f" remove {name}."
        )
    _stops.append(import_module(f"{__package__}.spans").begin())


def end() -> None:
    """Send what waits to be sent, for a process that is about to end, and send nothing after that."""
    while _stops:
        _stops.pop()()


def _is_installed() -> bool:
    try:
        return find_spec(_EXPORTER) is not None and find_spec("opentelemetry.sdk") is not None
    except ModuleNotFoundError:
        return False


__all__ = ["begin", "end", "endpoint_of"]
