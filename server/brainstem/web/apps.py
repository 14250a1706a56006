"""The HTML door: pages for people, made from the same declarations as the API."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Gives Django the templates, the style sheet and the scripts of the pages.

    What only pages need (passkeys, other servers' accounts, pictures) is imported with their addresses, when the first
    page is asked for: a process that answers programs does without.
    """

    name = "brainstem.web"
    label = "web"

    def ready(self) -> None:
        """Put our words into forms, hash the keys of sessions, and listen to what happens to accounts."""
        from . import words

        words.teach()
        from allauth.usersessions.models import UserSession

        from .session_store import hash_keys_of

        hash_keys_of(UserSession)
        from .accounts import log
        from .two_factor import lasting

        log.connect()
        lasting.connect()
