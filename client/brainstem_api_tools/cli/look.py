"""``models``, ``fields``, ``open``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any

from .connection import core_of, server_of
from .table import lines_of
from .terminal import width_of


def models(arguments: argparse.Namespace) -> int:
    """The models that this client knows; asks no server."""
    from .. import contract

    return _show([{"model": model, "app": facts["app"]} for model, facts in contract.models().items()], arguments)


def fields(arguments: argparse.Namespace) -> int:
    """The fields of a model, as the server describes them."""
    from .describe import fields_of

    with server_of(arguments) as server:
        found = fields_of(server, arguments.model)
    rows = [
        {
            "field": one.name,
            "type": one.kind + (f" of {one.related}" if one.related else ""),
            "": "required" if one.required else "read-only" if one.read_only else "",
            "values": list(one.choices),
            "meaning": one.help_text,
        }
        for one in found.values()
    ]
    if arguments.output == "json":
        from dataclasses import asdict

        print(json.dumps([asdict(one) for one in found.values()], indent=2))
        return 0
    return _show(rows, arguments)


def _show(rows: list[dict[str, Any]], arguments: argparse.Namespace) -> int:
    if arguments.output == "json":
        print(json.dumps(rows, indent=2))
    else:
        lines, _ = lines_of(rows, columns=list(rows[0]), width=width_of(sys.stdout))
        print("\n".join(lines))
    return 0


def open_page(arguments: argparse.Namespace) -> int:
    """Open the page of a record, or print its address if there is no browser."""
    from ..names import address, route

    core, _ = core_of(arguments, anonymous=True)  # a page is opened with the browser's own sign-in
    url = address(core.url, arguments.portal, *route(arguments.model), arguments.id)
    if arguments.print or arguments.headless or not _opened(url):
        print(url)
    return 0


def _opened(url: str) -> bool:
    """Whether a browser took the address; one that would take over the terminal is left alone."""
    import webbrowser

    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("BROWSER")
    ):
        return False
    return webbrowser.open(url)
