"""Django's password validators, with messages in the style of this server."""

from __future__ import annotations

from django.contrib.auth import password_validation as rules


class NotLikeThePerson(rules.UserAttributeSimilarityValidator):
    """Not similar to the person's name or address."""

    def get_error_message(self) -> str:
        """What is wrong."""
        return "This password is too similar to your name or email address."


class LongEnough(rules.MinimumLengthValidator):
    """A minimum number of characters."""

    def get_error_message(self) -> str:
        """What is wrong."""
        return f"This password is too short. It needs at least {self.min_length} characters."


class NotOnlyDigits(rules.NumericPasswordValidator):
    """Not just a number."""

    def get_error_message(self) -> str:
        """What is wrong."""
        return "This password is entirely numeric. Add letters or symbols."
