"""What a laboratory owns and reuses across projects."""

from brainstem.core.model import found


class PersonalAttributesConfig(found.FindsModels):
    """Setups, inventories, behavioral assays, data storages and licenses."""

    name = "brainstem.apps.personal_attributes"
    label = "personal_attributes"

    def ready(self) -> None:
        """Register what holds between the fields of these records."""
        from . import rules  # noqa: F401
