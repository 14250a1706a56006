"""``brainstem-server contract``: the wire format as files, so that every change shows up in a diff."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

import brainstem
from brainstem.api.describe import description
from brainstem.api.openapi.document import document
from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.operators import OPERATORS, WIRE_KINDS

PACKAGE = Path(brainstem.__file__).resolve().parent
# A wheel holds the files in the package. In the repository they are beside it; the link in the package is for building.
PACKAGED = PACKAGE / "contract"
FOLDER = PACKAGED if PACKAGED.is_dir() and not PACKAGED.is_symlink() else PACKAGE.parent / "contract"


class Command(BaseCommand):
    """Writes ``server/contract/``, or reports whether it is stale."""

    help = "Write the contract files, or with --check report whether they are stale."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Check only; folder."""
        parser.add_argument("--check", action="store_true", help="Exit with 1 if the files are stale; write nothing.")
        parser.add_argument("--folder", type=Path, default=FOLDER, help="Folder of the contract files.")

    def handle(self, *_args: object, check: bool, folder: Path, **_options: object) -> None:
        """Compare or write."""
        files = {
            "openapi.json": spread(document(), depth=3),
            "models.json": spread(models(), depth=3),
            "operators.json": operators(),
        }
        if check:
            stale = [name for name, text in files.items() if _read(folder / name) != text]
            if stale:
                raise CommandError(f"Stale: {', '.join(stale)} in {folder}. Run `make contract` and commit the result.")
            return
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
            self.stdout.write(f"{folder / name}: {len(text) // 1024} KB")


def models() -> dict[str, Any]:
    """Facts of every model by ``app/model``."""
    return {f"{spec.app}/{spec.segment}": _facts(spec) for spec in specs().values()}


def operators() -> str:
    """The operators of filters in the order in which they are offered, a line each, with what they apply to."""
    rows = [
        {"name": one.name, "label": one.label, "kinds": sorted(one.kinds & WIRE_KINDS)} for one in OPERATORS.values()
    ]
    return "[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]\n"


def _facts(spec: Spec) -> dict[str, object]:
    resource = spec.resource
    fields: dict[str, Any] = description(spec).pop("fields")
    return {
        **{name: value for name, value in description(spec).items() if name != "fields"},
        "keys": list(spec.keys),
        "portals": sorted({*resource.portals, "super"}),
        "verbs": sorted(resource.verbs),
        "tree": repr(spec.tree),
        "links": list(resource.links),
        "app_aliases": list(resource.app_aliases),
        "model_aliases": list(resource.segment_aliases),
        "filter_aliases": {name: list(paths) for name, paths in resource.filter_aliases.items()},
        "fields": fields,
    }


def spread(value: object, *, depth: int) -> str:
    """JSON with sorted keys and line breaks down to a depth: compact, yet one line per fact in a diff."""
    return _spread(value, depth, "") + "\n"


def _spread(value: object, depth: int, indent: str) -> str:
    if depth == 0 or not isinstance(value, dict) or not value:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    inner = indent + " "
    rows = [f"{inner}{json.dumps(key)}: {_spread(value[key], depth - 1, inner)}" for key in sorted(value)]
    return "{\n" + ",\n".join(rows) + f"\n{indent}}}"


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
