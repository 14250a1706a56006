"""What becomes of the data."""

from django.apps import AppConfig


class DisseminationConfig(AppConfig):
    """Journals and publications."""

    name = "brainstem.apps.dissemination"
    label = "dissemination"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what holds between the fields of these records."""
        from . import rules  # noqa: F401
