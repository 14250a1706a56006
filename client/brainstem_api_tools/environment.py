"""The environment: variables, a ``.env`` file, and whether there is anyone to ask."""

from __future__ import annotations

import codecs
import os
import re
import string
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .errors import AuthenticationError

TOKEN_NAMES = ("BRAINSTEM_API_TOKEN", "BRAINSTEM_TOKEN")
URL_NAME = "BRAINSTEM_URL"
ENV_FILE = ".env"
_NAME = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)")
_COMMENT = re.compile(r"\s#")


def parse_env(text: str) -> dict[str, str]:
    """``NAME=value`` lines; quotes around a value, ``export`` before a name and comments are allowed."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, sign, value = line.partition("=")
        match = _NAME.fullmatch(name.strip())
        if match and sign:
            found[match[1]] = _unquoted(value.strip())
    return found


def _unquoted(value: str) -> str:
    if value[:1] in {'"', "'"}:
        end = value.find(value[0], 1)
        return value[1:end] if end > 0 else value[1:]
    return _COMMENT.split(f" {value}", maxsplit=1)[0].strip()


def surroundings(env_file: str | None = ENV_FILE, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """What is set in the environment, or else in the ``.env`` file of the working folder; no other folder is read."""
    given = {name: value for name, value in (os.environ if environ is None else environ).items() if value.strip()}
    return {**_read(env_file), **given}


def _read(env_file: str | None) -> dict[str, str]:
    if not env_file:
        return {}
    try:
        return parse_env(decoded(Path(env_file).read_bytes()))
    except OSError:
        return {}


def decoded(content: bytes) -> str:
    """The text of a file from any editor: UTF-8 or UTF-16, with or without a mark, or one byte per character."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif b"\0" in content[:2]:  # a letter of ASCII has its zero first in big-endian UTF-16
        encoding = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
    else:
        encoding = "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return content.decode("latin-1")


def token_of(settings: Mapping[str, str]) -> str:
    """The token that is set, or an empty string."""
    return next((settings[name].strip() for name in TOKEN_NAMES if settings.get(name, "").strip()), "")


def clean_token(token: str | None) -> str:
    """A token without the white space around it that copying leaves.

    Raises
    ------
    AuthenticationError
        If it contains a character that headers do not allow; the message does not show the token.
    """
    text = str(token or "").strip("\ufeff" + string.whitespace)
    wrong = next((at for at, one in enumerate(text, 1) if not "!" <= one <= "~"), 0)
    if wrong:
        what = f"character {wrong} of {len(text)} is a space, a line break, or not ASCII"
        raise AuthenticationError(
            f"The token is incomplete, or there is more than one: {what}.", advice="Copy it again."
        )
    return text


def notebook() -> Any:
    """The kernel of the notebook that this runs in, or None."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None)


def somebody_is_there() -> bool:
    """Whether a question can be answered: at a terminal, or in an interactive notebook."""
    kernel = notebook()
    if kernel is not None:
        # Notebooks that are run by a program, such as papermill, have nobody to ask.
        return bool(getattr(kernel, "_allow_stdin", True))
    return bool(sys.stdin and not sys.stdin.closed and sys.stdin.isatty())
