"""What tests do with the database, watched on SQLite to choose those that run on PostgreSQL too.

The shape of a statement is its text without what changes from call to call: values, how many of them a list has, names of
savepoints. A value of a kind that databases are known to take differently makes a shape of its own. Served processes
of a test note theirs in a file, since they are asked by one test at a time.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.backends.utils import CursorWrapper

NOTES = "BRAINSTEM_TEST_SHAPES"  # names the file in which served processes note shapes, one a line

_LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_SAVEPOINT = re.compile(r'"s\d+_x\d+"')
_LIST = re.compile(r"\?(?:\s*,\s*\?)+")
_ROWS = re.compile(r"\(\?\)(?:\s*,\s*\(\?\))+")
_LONG = 255  # columns of text with a limit mostly have this one, which SQLite does not enforce


@lru_cache(maxsize=50_000)
def shape(sql: str) -> str:
    """A short name for the shape of a statement."""
    text = _LITERAL.sub("?", _SAVEPOINT.sub("savepoint", sql).replace("%s", "?"))
    text = _ROWS.sub("(?)", _LIST.sub("?", " ".join(text.split())))
    return hashlib.blake2s(text.encode(errors="replace"), digest_size=5).hexdigest()


def kinds(values: Any) -> set[str]:
    """The special properties of a statement's values, in one word each."""
    if isinstance(values, dict):
        values = list(values.values())
    return {kind for value in values or () for kind in _kinds_of(value)}


def _kinds_of(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple):
        yield from kinds(value)
    elif isinstance(value, str):
        yield from (name for name, test in _TEXTS.items() if test(value))
    elif isinstance(value, float) and not (math.isfinite(value) and 1e-4 < abs(value) < 1e15):
        yield "extreme"
    elif isinstance(value, int) and abs(value) > 2**31 - 1:
        yield "large"
    elif isinstance(value, bytes):
        yield "bytes"


_TEXTS: dict[str, Callable[[str], object]] = {
    "empty": lambda text: not text,
    "not ascii": lambda text: not text.isascii(),
    "nul": lambda text: "\0" in text,
    "signs": lambda text: any(sign in text for sign in "%_\\'"),
    "spaces": lambda text: text != text.strip(),
    "long": lambda text: len(text) > _LONG,
}


@dataclass
class Seen:
    """What was seen while one test ran, including its fixtures."""

    shapes: set[str] = field(default_factory=set)
    statements: int = 0
    senders: set[int] = field(default_factory=set)  # threads that sent statements
    processes: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For a report."""
        return {
            "shapes": sorted(self.shapes),
            "statements": self.statements,
            "threads": len(self.senders) > 1,
            "processes": self.processes,
        }


class Watch:
    """Records what this process does, test by test."""

    def __init__(self) -> None:
        self.seen = Seen()
        self._file = os.environ.get(NOTES)
        self._read = 0

    def begin(self) -> None:
        """Forget what was seen before."""
        self._from_served()
        self.seen = Seen()

    def end(self) -> Seen:
        """What was seen since."""
        found = self._from_served()
        self.seen.shapes.update(found)
        self.seen.statements += len(found)
        return self.seen

    def _from_served(self) -> list[str]:
        if not self._file or not Path(self._file).exists():
            return []
        with Path(self._file).open() as file:
            file.seek(self._read)
            found = file.read().splitlines()
            self._read = file.tell()
        return found

    def statement(self, sql: Any, values: Any = None) -> None:
        name = shape(str(sql))
        self.seen.statements += 1
        self.seen.senders.add(threading.get_ident())
        self.seen.shapes.update((name, *(f"{name} {kind}" for kind in kinds(values))))

    def process(self, *_: Any) -> None:
        self.seen.processes = True


def watch() -> Watch:
    """Record the statements and subprocesses of this process from now on."""
    found = Watch()
    for name in ("execute", "executemany"):
        _noting(CursorWrapper, name, found.statement)
    _noting(subprocess.Popen, "__init__", found.process)
    return found


def watch_into(file: str) -> None:
    """Record the statements of a served process in a file that other processes write to as well."""
    target = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(sql: Any, values: Any = None) -> None:
        name = shape(str(sql))
        os.write(target, "\n".join([name, *(f"{name} {kind}" for kind in kinds(values)), ""]).encode())

    for name in ("execute", "executemany"):
        _noting(CursorWrapper, name, note)


def _noting(holder: type, name: str, note: Callable[..., None]) -> None:
    original = getattr(holder, name)

    def noted(self: Any, *arguments: Any, **named: Any) -> Any:
        note(*arguments)
        return original(self, *arguments, **named)

    setattr(holder, name, noted)
