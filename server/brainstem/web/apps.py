"""The pages for people, built from the same declarations as the API."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Gives Django the templates, the style sheet and the scripts of the pages.

    What only pages need (passkeys, other servers' accounts, pictures) is imported with their URLs when the first page
    is requested: processes that serve only programs do without.
    """

    name = "brainstem.web"
    label = "web"

    def ready(self) -> None:
        """Set the messages of forms, hash the keys of sessions, and connect the signals of accounts."""
        from . import words

        words.teach()
        from allauth.usersessions.models import UserSession

        from .session_store import hash_keys_of

        hash_keys_of(UserSession)
        from .accounts import log
        from .two_factor import lasting

        log.connect()
        lasting.connect()
