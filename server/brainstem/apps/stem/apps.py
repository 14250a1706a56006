"""The trunk of the data model."""

from django.apps import AppConfig


class StemConfig(AppConfig):
    """Projects, subjects, sessions, and what gathers them."""

    name = "brainstem.apps.stem"
    label = "stem"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what holds between the fields of these records."""
        from . import life, rules  # noqa: F401
