"""Email addresses in normalized form."""

from __future__ import annotations


def plain_address(text: str) -> str:
    """An address in lowercase, without surrounding spaces.

    Letters of other scripts never become ASCII: ``lower()`` turns the Kelvin sign into a k, so that one person's
    address would match another's (as in Django's CVE-2019-19844).
    """
    return "".join(_small(one) for one in text.strip())


def _small(character: str) -> str:
    small = character.lower()
    return character if small.isascii() and not character.isascii() else small
