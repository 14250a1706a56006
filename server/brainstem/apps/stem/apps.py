"""The trunk of the data model."""

from brainstem.core.model import found


class StemConfig(found.FindsModels):
    """Projects, subjects, sessions, and what gathers them."""

    name = "brainstem.apps.stem"
    label = "stem"

    def ready(self) -> None:
        """Register what holds between the fields of these records."""
        from . import life, rules  # noqa: F401
