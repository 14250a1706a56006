"""Core: what every record shares; knows no app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    """Declarations, queries, access and history, shared by every app."""

    name = "brainstem.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register SQLite's functions, the deadlines of requests and the counters' triggers."""
        from .access import counters
        from .sql import sqlite, statements

        sqlite.install()
        statements.install()
        post_migrate.connect(counters.after_migrate, sender=self, dispatch_uid="brainstem.core.counters")
