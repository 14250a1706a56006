"""The command line against a server in this process: no socket, and everything is taken back after the test."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from brainstem_api_tools.cli.connection import Server
from brainstem_api_tools.core import Core, Options
from brainstem_api_tools.wire import Answer, Request


class InProcess:
    """Carries conversations to Django's test client."""

    def __init__(self) -> None:
        self.client, self.asked, self.timeout = Client(), 0, None

    def run(self, conversation: Any) -> Any:
        outcome = None
        try:
            while True:
                step = conversation.send(outcome)
                outcome = self.send(step) if isinstance(step, Request) else None
        except StopIteration as end:
            return end.value

    def send(self, request: Request) -> Answer:
        self.asked += 1
        parts = urlsplit(request.url)
        answer = self.client.generic(
            request.method,
            f"{parts.path}?{parts.query}",
            request.body or b"",
            content_type=request.headers.get("Content-Type", ""),
            headers={name: value for name, value in request.headers.items() if name != "Content-Type"},
        )
        return Answer(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content, raw=answer)


def server_for(token: str, portal: str = "private") -> Server:
    """A server as the commands see it."""
    core = Core(Options(token=token, url="http://testserver", env_file=None, cache=None))
    return Server(core, InProcess(), portal)
