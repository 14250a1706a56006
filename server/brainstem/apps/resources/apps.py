"""Products that laboratories buy, shared by everyone."""

from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    """Suppliers, consumables and hardware devices."""

    name = "brainstem.apps.resources"
    label = "resources"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what holds between the fields of these records."""
        from . import rules  # noqa: F401
