"""Products that laboratories buy, shared by everyone."""

from brainstem.core.model import found


class ResourcesConfig(found.FindsModels):
    """Suppliers, consumables and hardware devices."""

    name = "brainstem.apps.resources"
    label = "resources"

    def ready(self) -> None:
        """Register what holds between the fields of these records."""
        from . import rules  # noqa: F401
