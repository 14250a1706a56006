"""What is done to subjects and in sessions."""

from django.apps import AppConfig


class ModulesConfig(AppConfig):
    """Procedures, behaviors, data acquisitions, manipulations, logs, equipment and consumable stocks."""

    name = "brainstem.apps.modules"
    label = "modules"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the validation rules of these models."""
        from . import life, rules  # noqa: F401
