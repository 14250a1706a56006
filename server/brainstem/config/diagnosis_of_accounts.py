"""What ``doctor`` finds about accounts: who may register, whether anybody administers the server, known passwords."""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.conf import settings

from . import administrator
from .demo.lab import fixed_accounts
from .examinations import of_rows
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


@of_rows
def about_administrators() -> Iterator[Finding]:
    """Whether somebody can invite people and decide on proposals."""
    missing = not administrator.exists()
    if missing:
        yield Finding(
            "administrator",
            "there is none, so nobody can invite people or decide on proposals.",
            "Run: brainstem-server createsuperuser",
        )


@of_rows
def about_the_demo_lab() -> Iterator[Finding]:
    """Whether the passwords of the demo lab, which are known to everyone, sign in."""
    known = [account.email for account in fixed_accounts()]
    if known:
        yield Finding(
            "demo lab",
            f"its known passwords sign in: {', '.join(known)}.",
            f"Change them, or run: brainstem-server deactivate {known[0]}",
        )
