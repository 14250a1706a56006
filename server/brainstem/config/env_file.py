"""The file that ``BRAINSTEM_ENV_FILE`` names: lines NAME=value, as systemd and Docker read them.

Knows the form of such files, not what the settings mean.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, MutableMapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

VARIABLE = "BRAINSTEM_ENV_FILE"
OTHER_USERS = 0o077


def add_to(environ: MutableMapping[str, str]) -> None:
    """Add what the file says, if one is named; values that are already set win.

    Raises
    ------
    ImproperlyConfigured
        If the file cannot be read, is open to other users, or has a line that is not NAME=value.
    """
    if path := environ.get(VARIABLE, ""):
        for name, value in read(Path(path)).items():
            environ.setdefault(name, value)


def read(path: Path) -> dict[str, str]:
    """The settings of a file; refused if other users may read or change it, since it holds secrets.

    Raises
    ------
    ImproperlyConfigured
        As :func:`add_to`.
    """
    try:
        with path.open("rb") as file:
            mode, content = os.fstat(file.fileno()).st_mode, file.read()
    except FileNotFoundError as error:
        where = shlex.quote(str(path.parent))
        raise ImproperlyConfigured(
            f"{VARIABLE} names {path}, which does not exist. Correct it, or run: brainstem-server init {where}"
        ) from error
    except OSError as error:
        raise ImproperlyConfigured(
            f"{VARIABLE} names {path}, which cannot be read: {error.strerror}. It must belong to whoever runs this."
        ) from error
    if mode & OTHER_USERS:
        raise ImproperlyConfigured(
            f"{path} holds secrets, and other users may read or change it. Run: chmod 600 {shlex.quote(str(path))}"
        )
    try:
        return dict(_pairs(content.decode("utf-8-sig"), path))
    except UnicodeDecodeError as error:
        raise ImproperlyConfigured(f"{path} is not text in UTF-8.") from error


def _pairs(text: str, path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(map(str.strip, text.split("\n")), 1):
        if not line or line[0] in "#;":
            continue
        name, equals, value = line.partition("=")
        # What the line says is not repeated: it may be a secret.
        if not equals or not is_name(name) or "\0" in value:
            raise ImproperlyConfigured(f"{path}, line {number}: expected NAME=value, or a comment that begins with #.")
        try:
            yield name, value_of(value.strip())
        except ValueError as error:
            raise ImproperlyConfigured(f"{path}, line {number}: the value of {name} {error}") from error


def is_name(text: str) -> bool:
    """Whether a variable may have this name."""
    return text.isascii() and text.isidentifier()


def value_of(text: str) -> str:
    """What is written behind ``=``, without the quotes around it.

    Raises
    ------
    ValueError
        If systemd and Docker would not agree on what it means.
    """
    quote = text[:1] if text[:1] in ("'", '"') else ""
    inner = text[1:-1] if quote else text
    if quote and (len(text) < 2 or text[-1] != quote or quote in inner):
        raise ValueError("begins with a quote that does not end it.")
    if quote != "'" and "\\" in inner:
        raise ValueError("has a backslash: write it in single quotes.")
    if not quote and re.search(r"\s#", inner):
        raise ValueError("has a # after a space: write comments on lines of their own, or the value in single quotes.")
    return inner


def written(value: str) -> str:
    """A value as it is written behind ``=``.

    Raises
    ------
    ValueError
        If it cannot be written on a line.
    """
    # Docker replaces what follows a $, except in single quotes.
    for text in (f"'{value}'",) if "$" in value else (value, f"'{value}'"):
        try:
            if value_of(text) == value and text == text.strip() and text.isprintable():
                return text
        except ValueError:
            continue
    raise ValueError("has characters that a line of such a file cannot hold, such as a single quote or a line break.")
