"""Core: what all records share; independent of the apps."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    """Declarations, queries, access and history, shared by every app."""

    name = "brainstem.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Read all declarations; register SQLite functions, deadlines, triggers, chores.

        Raises
        ------
        ImproperlyConfigured
            A model declares something that cannot be served.
        """
        from .access import counters
        from .history import transactions
        from .mail import gathering, mornings  # noqa: F401  declare chores
        from .model import registry
        from .sql import sqlite, statements

        registry.specs()
        sqlite.install()
        statements.install()
        post_migrate.connect(counters.after_migrate, sender=self, dispatch_uid="brainstem.core.counters")
        post_migrate.connect(transactions.after_migrate, sender=self, dispatch_uid="brainstem.core.transactions")
