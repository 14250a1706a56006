"""Reading files that may come from anyone: regular files only, up to a limit."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

MEGABYTE = 1024 * 1024


def read_bytes(file: str, *, most: int) -> bytes:
    """What is in a file, or in the input (``-``).

    Raises
    ------
    ValueError
        If it is no file, or larger than ``most`` bytes; no more than that is read.
    """
    if file == "-":
        content = sys.stdin.buffer.read(most + 1)
    else:
        kind = Path(file).stat().st_mode
        if stat.S_ISDIR(kind):
            raise ValueError(f"{file} is a folder: name a file in it instead.")
        # A pipe, such as <(command) of a shell, ends; a device need not.
        if not (stat.S_ISREG(kind) or stat.S_ISFIFO(kind)):
            raise ValueError(f"{file} is a device: name a file instead.")
        with Path(file).open("rb") as opened:
            content = opened.read(most + 1)
    if len(content) > most:
        name = "The input" if file == "-" else file
        raise ValueError(f"{name} is larger than {_size(most)}: use a smaller file.")
    return content


def _size(number: int) -> str:
    return f"{number // MEGABYTE} MB" if number >= MEGABYTE else f"{number // 1024} kB"
