"""Core: what every record shares; knows no app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    """Declarations, queries, access and history, shared by every app."""

    name = "brainstem.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register SQLite's functions, the deadlines of requests, the counters' triggers and the worker's chores."""
        from .access import counters
        from .mail import gathering  # noqa: F401  declares a chore
        from .sql import sqlite, statements

        sqlite.install()
        statements.install()
        post_migrate.connect(counters.after_migrate, sender=self, dispatch_uid="brainstem.core.counters")
