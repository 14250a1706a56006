"""What a password must not be, in the words of this server; Django's own rules decide."""

from __future__ import annotations

from django.contrib.auth import password_validation as rules


class NotLikeThePerson(rules.UserAttributeSimilarityValidator):
    """Nothing that stands in the name or address."""

    def get_error_message(self) -> str:
        """What is wrong."""
        return "This password is too much like your name or your e-mail address."


class LongEnough(rules.MinimumLengthValidator):
    """So many characters."""

    def get_error_message(self) -> str:
        """What is wrong."""
        return f"This password is too short; it needs at least {self.min_length} characters."


class NotOnlyDigits(rules.NumericPasswordValidator):
    """More than a number."""

    def get_error_message(self) -> str:
        """What is wrong."""
        return "This password has only digits; add letters or signs."
