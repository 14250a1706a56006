"""What ``doctor`` finds about accounts: who may register, whether anybody administers the server, known passwords."""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.conf import settings
from django.db import Error

from . import administrator
from .demo.lab import fixed_accounts
from .safety import Finding


def about_registration() -> Iterator[Finding]:
    """Whether a setting still uses its former name."""
    if "BRAINSTEM_INVITATION_ONLY" in os.environ:
        value = settings.BRAINSTEM_REGISTRATION
        yield Finding(
            "BRAINSTEM_INVITATION_ONLY",
            "is the former name of BRAINSTEM_REGISTRATION.",
            f"Replace it with BRAINSTEM_REGISTRATION={value}.",
        )


def about_administrators() -> Iterator[Finding]:
    """Whether somebody can invite people and decide on proposals."""
    try:
        missing = not administrator.exists()
    except Error:
        return  # The database is missing or not migrated, which is already reported.
    if missing:
        yield Finding(
            "administrator",
            "there is none, so nobody can invite people or decide on proposals.",
            "Run: brainstem-server createsuperuser",
        )


def about_the_demo_lab() -> Iterator[Finding]:
    """Whether the passwords of the demo lab, which are known to everyone, sign in."""
    try:
        known = [account.email for account in fixed_accounts()]
    except Error:
        return  # As above.
    if known:
        yield Finding(
            "demo lab",
            f"its known passwords sign in: {', '.join(known)}.",
            f"Change them, or run: brainstem-server deactivate {known[0]}",
        )
