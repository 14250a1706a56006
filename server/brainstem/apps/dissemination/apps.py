"""What becomes of the data."""

from brainstem.core.model import found


class DisseminationConfig(found.FindsModels):
    """Journals and publications."""

    name = "brainstem.apps.dissemination"
    label = "dissemination"

    def ready(self) -> None:
        """Register what holds between the fields of these records."""
        from . import rules  # noqa: F401
