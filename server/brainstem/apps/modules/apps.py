"""What is done to subjects and in sessions."""

from brainstem.core.model import found


class ModulesConfig(found.FindsModels):
    """Procedures, behaviors, data acquisitions, manipulations, logs, equipment and consumable stocks."""

    name = "brainstem.apps.modules"
    label = "modules"

    def ready(self) -> None:
        """Register the validation rules of these models, and that logs are imported entry by entry."""
        from . import imports, life, rules  # noqa: F401
