"""URLs of scripts, style sheets and pictures, with a digest of their content: browsers may cache them for a year."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template import Library
from django.templatetags.static import static

register = Library()


@register.simple_tag
def asset(name: str) -> str:
    """URL of a static file, such as ``/static/brainstem/brainstem.css?v=1f0c2ab39d4e``."""
    return f"{static(name)}?v={digest(name)}"


def digest(name: str) -> str:
    """The first digits of a file's SHA-256.

    Raises
    ------
    ValueError
        If there is no such file.
    """
    path = _path(name)
    return _digest(path, path.stat().st_mtime_ns)


@lru_cache
def _path(name: str) -> Path:
    found = finders.find(name)
    if not found:
        raise ValueError(f"There is no static file {name!r}.")
    return Path(found)


@lru_cache
def _digest(path: Path, _changed: int) -> str:  # files that change during development are read again
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
