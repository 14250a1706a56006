"""``import`` as the server does it: it plans the whole table, and writes the plan as one event."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core import reached
from ..errors import BrainstemError, Conflict, ValidationError
from ..names import route
from ..transport import both
from ..wire import Answer, Verbatim
from .sheet import JSONL, PARQUET
from .terminal import notice

if TYPE_CHECKING:
    from .connection import Server

# 403: a token that is bound to one project may write rows, but not plan imports. The others: servers before imports.
NOT_OFFERED = frozenset({403, 404, 405})
MOVED = 409
PATIENCE_S = 900.0  # for an answer: where no worker is, thousands of rows are planned in the request
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.3, 3.0
MOST_BYTES = 10 * 1024 * 1024  # as the server has it
MOST_ROWS = 10_000
ALONE = "No worker is running on this server, so the rows are done in the request. This takes longer; nothing is lost."


def by_rows_because(arguments: argparse.Namespace, kind: str) -> str:
    """The option for which the table has to be compared here and sent row by row; nothing if the server can plan it."""
    given = {
        f"--portal {arguments.portal}": arguments.portal != "private",
        "--key": arguments.key,
        "--partial": arguments.partial,
        "--ignore": arguments.ignore,
        "--timezone local": arguments.timezone == "local",
        kind: kind in {JSONL, PARQUET},
    }
    return next((name for name, is_given in given.items() if is_given), "")


def is_too_large(content: bytes, kind: str) -> bool:
    """Whether a file has more than a server plans at once; of workbooks, it counts the rows itself."""
    return len(content) > MOST_BYTES or (kind in {"csv", "tsv"} and content.count(b"\n") > MOST_ROWS + 1)


class Plan:
    """An import that the server keeps, as last seen."""

    def __init__(self, server: Server, arguments: argparse.Namespace, body: Any) -> None:
        self.server, self.arguments = server, arguments
        self.told_alone = False
        self.see(body)

    def see(self, body: Any) -> None:
        """Take over the state in an answer."""
        if not isinstance(body, dict) or not isinstance(body.get("import"), dict):
            raise BrainstemError("The server did not answer with an import.", body=body)
        self.facts: dict[str, Any] = body["import"]

    @property
    def url(self) -> str:
        """Its address in the API."""
        return f"{self.server.core.base}private/imports/{self.facts['id']}/"

    @property
    def page(self) -> str:
        """Where somebody looks at it and corrects it."""
        return f"{page_of(self.server)}{self.facts['id']}/"

    @property
    def counts(self) -> dict[str, int]:
        """Number of rows by what they do."""
        return dict(self.facts["counts"])

    @property
    def refusal(self) -> dict[str, Any] | None:
        """Why a worker did not do what it was asked."""
        return self.facts["refusal"] or None

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """Columns that are not understood: sheet, head and message."""
        return [
            (sheet["name"], one["head"] or one["column"], one["problem"])
            for sheet in self.facts["sheets"]
            for one in sheet["columns"]
            if "problem" in one
        ]

    def rows(self, action: str, most: int) -> list[dict[str, Any]]:
        """The first rows that do a thing."""
        return list(self.server.ask("GET", f"{self.url}rows/?action={action}&limit={most}")["rows"])

    def wait(self) -> None:
        """Until no worker has it any more; shows how far it is."""
        pause, shown = FIRST_PAUSE_S, ""
        while self.facts["state"] in {"planning", "committing"}:
            shown = self._show_progress(shown)
            if self.facts["worker"] is False and self._do_without_worker():
                break
            time.sleep(pause)
            pause = min(LONGEST_PAUSE_S, pause * 1.5)
            self.see(self.server.ask("GET", self.url))
        if shown and sys.stderr.isatty():
            notice(self.arguments, "")

    def commit(self) -> Answer:
        """The answer to writing it; 409 if it no longer holds."""
        # Sent again, it answers the same and writes nothing.
        asked = self.server.core.ask("POST", f"{self.url}commit/", repeatable=True)
        answer = self.server.transport.run(reached(asked))
        if answer.status != MOVED or not isinstance(answer.body, dict) or "import" not in answer.body:
            answer.checked()
        self.see(answer.body)
        return answer

    def delete(self) -> None:
        """Forget it, as far as the server can be reached; it would expire otherwise."""
        with contextlib.suppress(BrainstemError):
            self.server.ask("DELETE", self.url)

    def _show_progress(self, shown: str) -> str:
        doing = "planned" if self.facts["state"] == "planning" else "written"
        text = f"{self.facts['done']} of {self.facts['total']} rows {doing}"
        if text != shown and not self.arguments.quiet:
            line = f"\r{text}" if sys.stderr.isatty() else f"{text}\n"
            print(line, end="", file=sys.stderr, flush=True)
        return text

    def _do_without_worker(self) -> bool:
        """Have it done in the request; not if a worker is there after all."""
        if not self.told_alone:
            notice(self.arguments, ALONE)
        self.told_alone = True
        method, rest = ("PATCH", "") if self.facts["state"] == "planning" else ("POST", "commit/")
        try:
            self.see(self.server.ask(method, f"{self.url}{rest}?background=no", {}))
        except Conflict:
            return False
        return True


def planned(server: Server, content: bytes, arguments: argparse.Namespace) -> Plan | None:
    """The plan of a table; None if the server has no imports, or not for this token or this model.

    Raises
    ------
    BrainstemError
        If there is no table in the file, its model is not known, or too many plans are kept.
    """
    server.transport.timeout = both(PATIENCE_S)
    body, kind = multipart(content, name=_name(arguments.file), options=_options(arguments))
    asked = server.core.ask(
        "POST", f"{server.core.base}private/imports/?kind=table", body, headers={"Content-Type": kind}
    )
    answer = server.transport.run(reached(asked))
    if answer.status in NOT_OFFERED:
        return None
    try:
        return Plan(server, arguments, answer.checked())
    except ValidationError as error:
        if "model" in error.errors:  # one that this client knows, and of which no tables are imported
            return None
        if "models" in error.errors:
            error.advice = "Here: call each sheet after its model (subject), or name one for all rows with --model."
        raise
    except Conflict as error:
        error.advice = f"Your imports are at {page_of(server)}"
        raise


def page_of(server: Server) -> str:
    """The page with all imports of a person."""
    return f"{server.core.url}private/import-tool/"


def _name(file: str) -> str:
    return "standard input" if file == "-" else Path(file).name


def _options(arguments: argparse.Namespace) -> dict[str, str]:
    given = {
        "model": "/".join(route(arguments.model.replace("_", ""))) if arguments.model else "",
        "timezone": arguments.timezone,
        "dates": arguments.dates,
        "empty": "clear" if arguments.clear_empty else "",
    }
    return {name: value for name, value in given.items() if value}


def multipart(content: bytes, *, name: str, options: dict[str, str]) -> tuple[Verbatim, str]:
    """A form with a file and its options, and the media type that says where its parts end."""
    boundary = uuid.uuid4().hex
    quoted = name.replace("\\", "_").replace('"', "_").replace("\r", "_").replace("\n", "_")
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="options"\r\n\r\n{json.dumps(options)}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = b"".join([head.encode("utf-8", "replace"), content, f"\r\n--{boundary}--\r\n".encode()])
    return Verbatim(body), f"multipart/form-data; boundary={boundary}"
