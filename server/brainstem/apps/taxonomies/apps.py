"""Vocabularies of the field, shared by everyone."""

from django.apps import AppConfig


class TaxonomiesConfig(AppConfig):
    """Species, strains, brain regions, behavioral paradigms, setup types, regulatory authorities."""

    name = "brainstem.apps.taxonomies"
    label = "taxonomies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what holds between the fields of these records."""
        from . import rules  # noqa: F401
