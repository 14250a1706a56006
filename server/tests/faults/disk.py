"""Disks that can be full: small ones in memory, which only root may mount."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PIECE = 1 << 20


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A disk of this size at an empty folder, if this process may mount one."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    is_mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def is_small(folder: Path) -> bool:
    """Whether it is a disk of its own, which may be filled."""
    return folder.is_mount()


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Nothing more fits on the disk at this folder."""
    assert is_small(folder)
    ballast = folder / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file:
            piece = PIECE
            while piece:
                try:
                    file.write(b"x" * piece)
                except OSError:
                    piece //= 2
        yield
    finally:
        ballast.unlink()
