"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from ..names import PORTALS, model_name
from .files import MEGABYTE, read_bytes

FORMATS = ("table", "json", "jsonl", "csv", "parquet")
STDIN = "@-"
MOST_BYTES = 64 * MEGABYTE  # of a value that is read from a file


def common(default: str | None) -> argparse.ArgumentParser:
    """Options that every command takes, before or after its name."""
    parser = argparse.ArgumentParser(add_help=False, argument_default=default)
    parser.add_argument("--token", help="token; default: BRAINSTEM_API_TOKEN, BRAINSTEM_TOKEN, .env, or the saved one")
    parser.add_argument(
        "--url",
        "--server",
        help="address of the server; default: BRAINSTEM_URL, the one you last signed in to, or the public one",
    )
    flag: dict[str, Any] = {"action": "store_true", "default": default}
    parser.add_argument("--headless", help="sign in on another device, with a code", **flag)
    parser.add_argument("--browser", help="sign in with a browser (two-factor)", **flag)
    parser.add_argument("--quiet", help="print records and errors only", **flag)
    parser.add_argument("--debug", help="show the traceback of an error", **flag)
    return parser


def add_record(command: argparse.ArgumentParser) -> None:
    """The model and the portal."""
    command.add_argument("model", type=model, metavar="MODEL", help="such as session; `brainstem models` lists them")
    add_portal(command)


def add_portal(command: argparse.ArgumentParser) -> None:
    """The portal."""
    command.add_argument("--portal", default="private", choices=sorted(PORTALS), help="default: private")


def add_output(command: argparse.ArgumentParser, formats: tuple[str, ...]) -> None:
    """How records are written."""
    group = command.add_argument_group("output")
    group.add_argument("--output", choices=formats, help="default: json")
    group.add_argument("--columns", type=names, metavar="A,B.C", help="only these fields; use dots to follow relations")
    group.add_argument("--to", type=Path, metavar="FILE", help="write to a file, all or nothing")
    group.add_argument(
        "--spreadsheet",
        action="store_true",
        help="CSV for Excel: with a UTF-8 mark and Windows line endings",
    )


def model(text: str) -> str:
    """The name of a model."""
    try:
        return model_name(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def pair(text: str) -> list[str]:
    """``FIELD=VALUE``."""
    if "=" not in text:
        raise argparse.ArgumentTypeError(f"Invalid filter '{text}': expected FIELD=VALUE")
    return text.split("=", 1)


def names(text: str) -> list[str]:
    """Names with commas between them."""
    found = [name.strip() for name in text.split(",")]
    if not all(found):
        raise argparse.ArgumentTypeError(f"'{text}' contains an empty name: expected A,B.C")
    return found


def data(text: str) -> Any:
    """JSON: given directly, from ``@file``, or from standard input (``@-`` or ``-``)."""
    try:
        return json.loads(_text(text))
    except RecursionError:
        raise argparse.ArgumentTypeError("Invalid JSON: it is nested too deeply.") from None
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"Invalid JSON: {error}") from None
    except OSError as error:
        raise argparse.ArgumentTypeError(f"Cannot read {text[1:]}: {error.strerror}") from None


def _text(text: str) -> str:
    if text == "-" or text.startswith("@"):
        return read_bytes(text.removeprefix("@"), most=MOST_BYTES).decode("utf-8-sig")
    return text
