"""What a laboratory owns and reuses across projects."""

from django.apps import AppConfig


class PersonalAttributesConfig(AppConfig):
    """Setups, inventories, behavioral assays, data storages and licenses."""

    name = "brainstem.apps.personal_attributes"
    label = "personal_attributes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what holds between the fields of these records."""
        from . import rules  # noqa: F401
