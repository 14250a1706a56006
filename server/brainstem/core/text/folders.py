"""Paths of the folders in which data of sessions are kept: a base path, or address, and one folder a level below it."""

from __future__ import annotations

import ntpath
from collections.abc import Sequence
from urllib.parse import quote

OF_WINDOWS = '/\\:*?"<>|'  # what its names of files cannot hold
_WEB = ("http://", "https://", "ftp://")


def joined(base: str, folders: Sequence[str]) -> str:
    """A base path with folders below it, written as the base is.

    Each name is one folder: what would part it, or cannot be part of an address, is quoted (``%2F``).
    """
    of_windows = "\\" in base or bool(ntpath.splitdrive(base)[0] and "/" not in base)
    separator = "\\" if of_windows else "/"
    root = [base.rstrip("/\\")] if base else []
    return separator.join([*root, *(_quoted(one, base) for one in folders)])


def is_folder(name: str) -> bool:
    """Whether a name stays below the folder that it is put into; names may come from other people."""
    parts = name.replace("\\", "/").split("/")
    return ".." not in parts and name.strip(". ") != "" and not name.startswith(("/", "\\"))


def _quoted(folder: str, base: str) -> str:
    if base.lower().startswith(_WEB):
        return quote(folder, safe=" ")
    unfit = OF_WINDOWS if "\\" in base or ntpath.splitdrive(base)[0] else "/"
    return "".join(f"%{ord(one):02X}" if one in unfit else one for one in folder)


__all__ = ["is_folder", "joined"]
