"""Django's command, except that help texts are not part of the schema."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import makemigrations
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector


class Autodetector(MigrationAutodetector):
    """Ignores help texts, so that rewording one needs no migration."""

    def deep_deconstruct(self, obj: object) -> Any:
        """What is compared between the migrations and the code."""
        found = super().deep_deconstruct(obj)
        if isinstance(obj, models.Field):
            path, positional, named = found
            return path, positional, {key: value for key, value in named.items() if key != "help_text"}
        return found


class Command(makemigrations.Command):
    """Write missing migrations."""

    autodetector = Autodetector


__all__ = ["Autodetector", "Command"]
