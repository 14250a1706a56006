"""Copies files, through a program if they are to be encrypted or decrypted, and says what was copied."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.core.management.base import CommandError

CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Content:
    """Bytes by their number and their SHA-256."""

    size: int
    sha256: str


def content_of(path: Path) -> Content:
    """What a file contains; reads all of it."""
    with path.open("rb") as file:
        return _passed(_chunks(file), None)


def copy(source: Path, target: Path, through: Sequence[str] = ()) -> Content:
    """Write a new file with what another one contains, and return the content that was read.

    Parameters
    ----------
    through : sequence of str
        A program and its arguments, through which the content goes: from its standard input to its output.

    Raises
    ------
    CommandError
        If the program fails.
    """
    with source.open("rb") as original, target.open("xb") as copied:
        read = _piped(original, copied, through) if through else _passed(_chunks(original), copied)
    to_disk(target)
    return read


def to_disk(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _piped(original: IO[bytes], copied: IO[bytes], through: Sequence[str]) -> Content:
    with tempfile.TemporaryFile() as complaints:
        program = subprocess.Popen(through, stdin=subprocess.PIPE, stdout=copied, stderr=complaints)  # noqa: S603 - ours
        assert program.stdin is not None
        try:
            read = _passed(_chunks(original), program.stdin)
            program.stdin.close()
        except BrokenPipeError:  # It ended early; its code and complaints say why.
            read = Content(0, "")
        except BaseException:
            program.kill()
            raise
        finally:
            code = program.wait()
        if code or not read.sha256:
            raise CommandError(f"{Path(through[0]).name} failed: {reason(complaints)}")
    return read


def reason(complaints: IO[bytes]) -> str:
    """What went wrong, of all that a program wrote to this file: the first line with an error, or else the last."""
    complaints.seek(0)
    lines = complaints.read().decode(errors="replace").strip().splitlines()
    errors = [line for line in lines if "error" in line.lower()]
    return next(iter(errors or lines[-1:]), "it gave no reason").strip().rstrip(".") + "."


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _passed(chunks: Iterator[bytes], target: IO[bytes] | None) -> Content:
    size, digest = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        digest.update(chunk)
        if target is not None:
            target.write(chunk)
    return Content(size, digest.hexdigest())


__all__ = ["Content", "content_of", "copy", "reason", "to_disk"]
