"""``SHA256SUMS``: the checksum of every file of a backup, in the form that ``sha256sum --check`` reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from django.core.management.base import CommandError

from . import streams

NAME = "SHA256SUMS"
_LINE = re.compile(r"(\\?)([0-9a-f]{64})  (.+)")


def write(folder: Path, sums: Mapping[str, str]) -> None:
    """Write the file: path in the backup -> SHA-256."""
    lines = [_line(name, digest) for name, digest in sorted(sums.items())]
    (folder / NAME).write_text("".join(lines), "utf-8", "surrogateescape")


def _line(name: str, digest: str) -> str:
    told = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{chr(92) if told != name else ''}{digest}  {told}\n"


def read(folder: Path) -> dict[str, str]:
    """Path in the backup -> SHA-256.

    Raises
    ------
    CommandError
        If it is not such a file, or names something outside.
    """
    try:
        lines = (folder / NAME).read_text("utf-8", "surrogateescape").split("\n")
    except OSError as error:
        raise CommandError(f"{folder} is no complete backup: it has no {NAME}.") from error
    return dict(_pair(folder, line) for line in lines if line)


def _pair(folder: Path, line: str) -> tuple[str, str]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise CommandError(f"The backup {folder.name} is damaged: {NAME} cannot be read; nothing was changed.")
    escaped, digest, name = found.groups()
    if escaped:
        name = re.sub(r"\\([\\nr])", lambda sign: {"n": "\n", "r": "\r"}.get(sign[1], sign[1]), name)
    return inside(folder, name), digest


def inside(folder: Path, name: str) -> str:
    """The name, if it is that of something inside a folder.

    Raises
    ------
    CommandError
        If it would lead out.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
        raise CommandError(f"The backup {folder.name} names a file outside of it: {name!r}; nothing was changed.")
    return name


def check(folder: Path, sums: Mapping[str, str]) -> None:
    """Read every file.

    Raises
    ------
    CommandError
        If one is missing or has changed.
    """
    wrong = [f"{name} {problem}" for name, digest in sums.items() if (problem := _problem(folder / name, digest))]
    if wrong:
        others = f", and {len(wrong) - 1} more files are missing or have changed" if len(wrong) > 1 else ""
        raise CommandError(f"The backup {folder.name} is damaged: {wrong[0]}{others}; nothing was changed.")


def _problem(file: Path, digest: str) -> str:
    if not file.is_file():
        return "is missing"
    try:
        return "" if streams.content_of(file).sha256 == digest else "has changed"
    except OSError as error:
        return f"cannot be read ({error.strerror})"


__all__ = ["NAME", "check", "inside", "read", "write"]
