"""A process that serves: one event loop, and the threads of the application.

It ends on SIGTERM, and when the process that started it is gone, which closes the pipe on standard input.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from dataclasses import replace
from typing import Any

import uvloop
from django.conf import settings

from brainstem.config.body_limits import largest_body

from .front import Front
from .limits import Limits, connections_possible


def work(application: Any, descriptor: int, *, threads: int) -> None:
    """Serve on an open socket until told to stop."""
    # Nothing here uses it, but pyarrow loads it, and pandas with it, wherever they happen to be installed: 60 MB.
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]
    with socket.socket(fileno=descriptor) as listener, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(application, listener, threads))
    sys.stderr.flush()
    # A thread may still wait for its database: what it does was cancelled, and nobody waits for it.
    os._exit(0)


async def _serve(application: Any, listener: socket.socket, threads: int) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)
    loop.add_reader(sys.stdin.fileno(), stop.set)
    limits: Limits = settings.BRAINSTEM_LIMITS
    limits = replace(limits, connections=connections_possible(limits.connections))
    are_proxies = settings.BRAINSTEM_TRUSTED_PROXIES > 0 or bool(settings.SECURE_PROXY_SSL_HEADER)
    front = Front(application, limits, threads=threads, are_proxies=are_proxies, largest_body=largest_body)
    await front.serve(listener, stop)
