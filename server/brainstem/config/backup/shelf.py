"""Puts files into the backup being written: encrypted if asked for, and linked if an earlier backup has them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.crypto import salted_hmac

from . import streams, sums
from .manifest import Stored
from .sealing import Seal

UPLOADS, SEALED = "uploads", "sealed"
SCRATCH = ".backup-"


@dataclass
class Shelf:
    """The parts of one backup; ``sums`` has the SHA-256 of each as it lies on the disk."""

    folder: Path
    seal: Seal | None
    earlier: Sequence[Path]  # whole backups, oldest first
    sums: dict[str, str] = field(default_factory=dict)
    copied: int = 0  # uploads that no earlier backup had

    def __post_init__(self) -> None:
        self._kept: dict[str, list[tuple[Path, str]]] = defaultdict(list)
        for backup in self.earlier:
            for name, digest in sums.read(backup).items():
                if name.startswith((f"{UPLOADS}/", f"{SEALED}/")):
                    self._kept[name].append((backup / name, digest))

    @contextmanager
    def scratch(self, beside: Path) -> Iterator[Path]:
        """A folder for what is to be put: if it is to be encrypted, not where the backup will lie, but ``beside``.

        Only one process at a time may do this.
        """
        for left in beside.glob(f"{SCRATCH}*"):  # by a process that was killed
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(dir=beside if self.seal else self.folder, prefix=SCRATCH) as folder:
            yield Path(folder)

    def put(self, source: Path, name: str) -> Stored:
        """Move a file of the scratch folder here, under this name."""
        part = name + (self.seal.ending if self.seal else "")
        if self.seal is None:
            source.rename(self.folder / part)
            streams.to_disk(self.folder / part)
            read = streams.content_of(self.folder / part)
        else:
            read = self._copied(source, self.folder / part)
        self.sums[part] = streams.content_of(self.folder / part).sha256
        return Stored(name, read.size, read.sha256, part)

    def put_upload(self, source: Path, path: str) -> Stored:
        """Add an uploaded file, or a link to what an earlier backup has of it.

        Raises
        ------
        FileNotFoundError
            If it is gone meanwhile.
        """
        read = streams.content_of(source)
        part = self._part(path, read)
        if not self._linked(part, read):
            # It may have changed since it was read above; what was copied counts.
            incoming = self.folder / ".incoming"
            try:
                read = self._copied(source, incoming)
                part = self._part(path, read)
                incoming.rename(self._place(part))
            finally:
                incoming.unlink(missing_ok=True)
            self.sums[part] = streams.content_of(self.folder / part).sha256
            self.copied += 1
        return Stored(path, read.size, read.sha256, part)

    def _copied(self, source: Path, target: Path) -> streams.Content:
        return streams.copy(source, target, self.seal.command if self.seal else ())

    def _part(self, path: str, read: streams.Content) -> str:
        if self.seal is None:
            return f"{UPLOADS}/{path}"
        # Equal for equal files, so that it is found again; and without the key, nobody can tell which file it is.
        said = "\0".join((self.seal.tool, self.seal.recipient, str(read.size), read.sha256, path))
        digest = salted_hmac("brainstem.backup", os.fsencode(said), algorithm="sha256").hexdigest()
        return f"{SEALED}/{digest[:2]}/{digest}{self.seal.ending}"

    def _place(self, part: str) -> Path:
        place = self.folder / part
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def _linked(self, part: str, read: streams.Content) -> bool:
        """Whether an earlier backup has the file, undamaged, and the file system allows a link to it."""
        for kept, digest in reversed(self._kept[part]):
            if self.seal is None and digest != read.sha256:
                continue
            try:
                if streams.content_of(kept).sha256 != digest:
                    continue
                self._place(part).hardlink_to(kept)
            except OSError:  # It is gone, or has as many links as can be: copy it.
                continue
            self.sums[part] = digest
            return True
        return False


__all__ = ["UPLOADS", "Shelf"]
