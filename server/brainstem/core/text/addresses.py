"""E-mail addresses as they are kept and compared."""

from __future__ import annotations


def plain_address(text: str) -> str:
    """An address in small letters, without spaces around it.

    A letter of another script never becomes one of ASCII: ``lower()`` makes a k of the Kelvin sign, and then one
    person's address would stand for another's (as in Django's CVE-2019-19844).
    """
    return "".join(_small(one) for one in text.strip())


def _small(character: str) -> str:
    small = character.lower()
    return character if small.isascii() and not character.isascii() else small
