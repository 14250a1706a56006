"""Django's command, for which the help text of a field is no part of the schema."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import makemigrations
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector


class Autodetector(MigrationAutodetector):
    """Finds what changes tables, so that a better wording of a help text needs no migration."""

    def deep_deconstruct(self, obj: Any) -> Any:
        """What is compared of a value in the state of the migrations and in the code."""
        found = super().deep_deconstruct(obj)
        if isinstance(obj, models.Field):
            path, positional, named = found
            return path, positional, {key: value for key, value in named.items() if key != "help_text"}
        return found


class Command(makemigrations.Command):
    """Write what is missing in the migrations."""

    autodetector = Autodetector


__all__ = ["Autodetector", "Command"]
