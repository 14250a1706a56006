"""Django's command; additionally explains what to do with a database from a development version."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

from brainstem.config.diagnosis import halfway

from .makemigrations import Autodetector


class Command(migrate.Command):
    """Create the tables, or bring them up to date.

    The migrations of the first release replace those of all development versions. If every one of those was applied,
    the new ones are marked as applied; if only some were, nothing is changed and the command says what to do.
    """

    autodetector = Autodetector

    def handle(self, *arguments: object, **options: Any) -> None:
        """Run it."""
        finding = halfway(connections[options["database"]])
        if finding is not None:
            raise CommandError(str(finding))
        super().handle(*arguments, **options)
