"""The HTML door: pages for people, made from the same declarations as the API."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Gives Django the templates, the style sheet and the scripts of the pages."""

    name = "brainstem.web"
    label = "web"

    def ready(self) -> None:
        """Put our words into forms, and listen to what happens to accounts."""
        from . import words

        words.teach()
        from .accounts import log

        log.connect()
