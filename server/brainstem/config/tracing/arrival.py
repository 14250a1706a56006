"""When a request arrived, as the front tells the application."""

from __future__ import annotations

ARRIVED = "brainstem.arrived_ns"  # in the WSGI environ: nanoseconds since 1970, when the request had been read
