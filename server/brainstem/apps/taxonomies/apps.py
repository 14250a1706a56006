"""Vocabularies of the field, shared by everyone."""

from brainstem.core.model import found


class TaxonomiesConfig(found.FindsModels):
    """Species, strains, brain regions, behavioral paradigms, setup types, regulatory authorities."""

    name = "brainstem.apps.taxonomies"
    label = "taxonomies"

    def ready(self) -> None:
        """Register what holds between the fields of these records."""
        from . import rules  # noqa: F401
