"""The folder of an export: filled under another name, and given its own when it is whole. Knows no server."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .._version import __version__
from .output import write_csv

Record = dict[str, Any]
FORMAT = "brainstem-export"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
STARTED = ".started.json"
USED = ".used.json"


class Folder:
    """An export on its way: ``records/*.jsonl``, ``tables/*.csv``, ``files/{model}/{id}/``."""

    def __init__(self, part: Path, about: dict[str, Any], *, goes_on: bool) -> None:
        self.part, self.about, self.goes_on = part, about, goes_on

    @classmethod
    def opened(cls, target: Path, about: dict[str, Any], *, force: bool) -> Folder:
        """``FOLDER.part``: a new one, or one that an earlier run left behind.

        Raises
        ------
        ValueError
            If it holds something else.
        """
        part = target.with_name(f"{target.name}.part")
        if not part.exists():
            part.mkdir(parents=True)
            started = {**about, "started_at": _now()}
            (part / STARTED).write_text(json.dumps(started), encoding="utf-8")
            return cls(part, started, goes_on=False)
        try:
            started = json.loads((part / STARTED).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise ValueError(f"{part} is in the way and is not an unfinished export: remove it.") from None
        if {name: started.get(name) for name in about} == about:
            return cls(part, started, goes_on=True)
        if not force:
            raise ValueError(
                f"{part} is an unfinished export of another project: remove it, or replace it with --force."
            )
        shutil.rmtree(part)
        return cls.opened(target, about, force=False)

    # --- records ---

    def has(self, model: str) -> bool:
        """Whether the records of a model are written."""
        return self._file(model).exists()

    def records(self, model: str) -> Iterator[Record]:
        """The records of a model that are written."""
        with self._file(model).open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)

    def count(self, model: str) -> int:
        """How many those are."""
        return sum(1 for _ in self.records(model))

    def models(self) -> list[str]:
        """The models that have records."""
        return sorted(file.stem for file in (self.part / "records").glob("*.jsonl"))

    def counts(self) -> dict[str, int]:
        """How many records there are of each model."""
        return {model: self.count(model) for model in self.models()}

    def write_records(self, model: str, records: Iterable[Record]) -> None:
        """Write the records of a model, all or none."""
        file = self._file(model)
        file.parent.mkdir(exist_ok=True)
        part = file.with_suffix(".part")
        with part.open("w", encoding="utf-8", newline="\n") as lines:
            lines.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        part.replace(file)

    def _file(self, model: str) -> Path:
        return self.part / "records" / f"{model}.jsonl"

    def write_tables(self) -> None:
        """Write the records of each model as CSV, too."""
        (self.part / "tables").mkdir(exist_ok=True)
        for model in self.models():
            with (self.part / "tables" / f"{model}.csv").open("w", encoding="utf-8", newline="") as text:
                write_csv(([record] for record in self.records(model)), text)

    # --- what is done ---

    def marked(self) -> bool:
        """Whether what the records use is written."""
        return (self.part / USED).exists()

    def mark(self, missing: list[str]) -> None:
        """Note that it is, and what of it could not be read."""
        self.write_text(USED, json.dumps(missing))

    def marked_missing(self) -> list[str]:
        """What of it could not be read."""
        found: list[str] = json.loads((self.part / USED).read_text(encoding="utf-8"))
        return found

    # --- files ---

    def has_file(self, model: str, record_id: object, field: str) -> bool:
        """Whether the file of a field is written."""
        return any(self._place(model, record_id).glob(f"{field}-*"))

    def write_file(self, model: str, record_id: object, name: str, content: bytes) -> None:
        """Write a file of a record, all or nothing."""
        place = self._place(model, record_id)
        place.mkdir(parents=True, exist_ok=True)
        part = place / f".{name}.part"
        part.write_bytes(content)
        part.replace(place / name)

    def _place(self, model: str, record_id: object) -> Path:
        return self.part / "files" / model / re.sub(r"[^\w-]", "_", str(record_id))

    def files(self) -> int:
        """How many images and documents there are."""
        return sum(1 for file in (self.part / "files").rglob("*") if file.is_file())

    def write_text(self, name: str, text: str) -> None:
        """Write a text."""
        (self.part / name).write_text(text, encoding="utf-8")

    # --- the end ---

    def write_manifest(self, *, project: Record, missing: list[str], server: str) -> None:
        """Write the manifest: what this is, where it comes from, and the contents of every file."""
        inside = sorted(one for one in self.part.rglob("*") if one.is_file() and not one.name.startswith("."))
        manifest = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "server": self.about["url"],
            "server_version": server,
            "client_version": __version__,
            "portal": self.about["portal"],
            "project": {"id": project["id"], "name": project.get("name")},
            "started_at": self.about["started_at"],
            "finished_at": _now(),
            "counts": self.counts(),
            "not_readable": missing,
            "files": [_described(file, self.part) for file in inside if file.name != MANIFEST],
        }
        self.write_text(MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")

    def finish(self, target: Path) -> None:
        """Give the folder its name; an export that has it makes room only now."""
        for name in (STARTED, USED):
            (self.part / name).unlink(missing_ok=True)
        old = target.with_name(f"{target.name}.{os.getpid()}.old")
        if target.exists():
            target.rename(old)
        self.part.rename(target)
        shutil.rmtree(old, ignore_errors=True)
        self.part = target


def _described(file: Path, top: Path) -> dict[str, Any]:
    content = file.read_bytes()
    return {
        "path": file.relative_to(top).as_posix(),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
