"""Django's command; says what to do with a database of a development version."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

from brainstem.config.diagnosis import halfway

from .makemigrations import Autodetector


class Command(migrate.Command):
    """Make the tables, or bring them up to date.

    The first release gathers the migrations of all development versions. Where each of those was applied, the gathered
    ones are marked as applied; where only some were, nothing is changed and the command says what to do.
    """

    autodetector = Autodetector

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Run it."""
        finding = halfway(connections[options["database"]])
        if finding is not None:
            raise CommandError(str(finding))
        super().handle(*arguments, **options)
