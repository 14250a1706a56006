"""A serving process: one event loop, and the threads of the application.

It ends on SIGTERM, or when the process that started it is gone, which closes the pipe on standard input.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from dataclasses import replace
from importlib.abc import MetaPathFinder

import uvloop
from django.conf import settings

from brainstem.config.body_limits import largest_body
from brainstem.config.metrics.board import share
from brainstem.config.rates.buckets import share as share_rates
from brainstem.config.recognition import recognition
from brainstem.config.tracing import chosen

from .front import Front
from .limits import Limits, connections_possible
from .memory import keep_large_blocks_apart


def work(application: object, descriptor: int, *, threads: int, metrics: int, rates: int, place: int) -> None:
    """Serve on an open socket until told to stop.

    Parameters
    ----------
    metrics, place : int
        Descriptor of the memory in which all workers count, and the part of this one.
    rates : int
        Descriptor of the memory with what callers have left of their limits.
    """
    keep_large_blocks_apart()
    share(metrics, place=place)
    share_rates(rates)
    sys.meta_path.insert(0, _Without())
    with socket.socket(fileno=descriptor) as listener, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(application, listener, threads))
    chosen.end()
    sys.stderr.flush()
    # A thread may still be waiting for its database: its work was canceled, and nobody waits for it.
    os._exit(0)


class _Without(MetaPathFinder):
    """Pretends that numpy is not installed: pyarrow would load it, and pandas too, 60 MB that nothing here uses.

    Setting ``sys.modules["numpy"] = None`` would do so too, but psycopg mistakes it for the module.
    """

    def find_spec(self, fullname: str, *_: object) -> None:
        """None for all other modules."""
        if fullname == "numpy":
            raise ModuleNotFoundError("The server does not use numpy.", name=fullname)


async def _serve(application: object, listener: socket.socket, threads: int) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)
    loop.add_reader(sys.stdin.fileno(), stop.set)
    limits: Limits = settings.BRAINSTEM_LIMITS
    limits = replace(limits, connections=connections_possible(limits.connections))
    are_proxies = settings.BRAINSTEM_TRUSTED_PROXIES > 0 or bool(settings.SECURE_PROXY_SSL_HEADER)
    front = Front(
        application, limits, threads=threads, are_proxies=are_proxies, largest_body=largest_body,
        recognition=recognition,
    )  # fmt: skip
    await front.serve(listener, stop)
