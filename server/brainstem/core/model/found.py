"""Models are found where they stand: a new one is a new file."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig


class FindsModels(AppConfig):
    """An app whose models are in the files of its folder ``models``, or in files of its own named ``..._models``.

    Its ``apps.py`` imports this module and not this class: Django takes an app's only configuration there for its own.
    """

    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        """Import each of these files."""
        super().import_models()
        for found in iter_modules([self.path]):
            if found.name.endswith("_models"):
                import_module(f"{self.name}.{found.name}")
        for found in iter_modules([f"{self.path}/models"]):
            import_module(f"{self.name}.models.{found.name}")
