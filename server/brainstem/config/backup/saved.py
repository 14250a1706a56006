"""A whole backup: its parts, checked, and read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.management.base import CommandError

from . import folders, manifest, sealing, streams, sums
from .manifest import Manifest, Stored


@dataclass(frozen=True)
class Saved:
    """A backup all of whose checksums are right."""

    folder: Path
    manifest: Manifest
    identity: str

    def file(self, stored: Stored, scratch: Path) -> Path:
        """What was saved; if it is encrypted, decrypted into the scratch folder."""
        return self.copied(stored, scratch / stored.path) if self._opener(stored) else self.folder / stored.part

    def copied(self, stored: Stored, target: Path) -> Path:
        """Write a file as it was when it was saved.

        Raises
        ------
        CommandError
            If it is another one.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        streams.copy(self.folder / stored.part, target, self._opener(stored))
        if streams.content_of(target) != streams.Content(stored.size, stored.sha256):
            raise CommandError(f"The backup {self.folder.name} is damaged: {stored.path} is another file.")
        return target

    def _opener(self, stored: Stored) -> tuple[str, ...]:
        return tuple(sealing.opener(stored.part, self.identity))


@contextmanager
def opened(folder: Path, *, name: str, identity: str, scratch: Path | None = None) -> Iterator[tuple[Saved, Path]]:
    """A backup of a folder, the newest if no name is given, and a folder that is removed again.

    Everything is read and compared with its checksum before the block begins.

    Raises
    ------
    CommandError
        If there is no such backup, it is damaged, or cannot be decrypted.
    """
    found = folders.find(folder, name)
    known = sums.read(found)
    sums.check(found, known)
    with tempfile.TemporaryDirectory(dir=scratch, prefix=".restoring-") as place:
        about = _manifest(found, known, identity=identity, scratch=Path(place))
        for stored in (about.database, *about.files):
            if stored.part not in known:
                raise CommandError(f"The backup {found.name} is damaged: it has no checksum of {stored.part}.")
        yield Saved(found, about, identity), Path(place)


def _manifest(found: Path, known: dict[str, str], *, identity: str, scratch: Path) -> Manifest:
    part = next((name for name in known if name.startswith(manifest.NAME)), "")
    if not part:
        raise CommandError(f"The backup {found.name} is damaged: it has no manifest.")
    path = found / part
    if command := sealing.opener(part, identity):
        path = scratch / manifest.NAME
        streams.copy(found / part, path, command)
    return manifest.read(path, found)


__all__ = ["Saved", "opened"]
