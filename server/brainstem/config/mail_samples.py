"""Every email that this server can send, with the sample values of its template."""

from __future__ import annotations

from pathlib import Path

from django.template.utils import get_app_template_dirs

from brainstem.core.mail.message import Message, compose

FOLDER, ENDING = "mails", ".txt"


def names() -> list[str]:
    """Names of all emails, such as ``joining/offered``."""
    found = set()
    for folder in get_app_template_dirs("templates"):
        top = Path(folder) / FOLDER
        found |= {path.relative_to(top).with_suffix("").as_posix() for path in top.rglob(f"*{ENDING}")}
    return sorted(found)


def sample(name: str) -> Message:
    """An email with its sample values."""
    return compose(name, {}, preview=True)
