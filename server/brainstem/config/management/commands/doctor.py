"""``brainstem-server doctor``: says what is misconfigured, and how to mend it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from brainstem.config import diagnosis


class Command(BaseCommand):
    """Looks at settings, database, files, mail and access; changes nothing."""

    help = "Say what is misconfigured and how to mend it; exits with 1 if something is."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print one line a finding."""
        found = diagnosis.findings()
        for finding in found:
            self.stdout.write(f"- {finding}")
        if found:
            raise CommandError(f"{len(found)} to mend.", returncode=1)
        self.stdout.write("All is well.")
