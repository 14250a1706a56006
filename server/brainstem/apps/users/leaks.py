"""Leaked tokens, such as those in public code: recognized by their form and revoked.

Anyone who reads a token can use it, so nothing here shows or logs more than its prefix, which is not secret.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from brainstem.core.mail.sending import send_later
from brainstem.core.sql.retry import again_after_deadlock

from .token_models import Token
from .token_text import LENGTH, TOKEN_TEXT, matches, parse_key_id
from .tokens import about_of, revoke, whole_families

CHUNK = 1 << 20
BATCH = 500
AGENT = "brainstem-server revoke-leaked"
_FORM = re.compile(TOKEN_TEXT.pattern.encode())


@dataclass(frozen=True)
class Leaked:
    """A token of this server that was found; ``was_live`` says whether it was still valid."""

    id: int
    prefix: str
    user_id: int
    about: str
    was_live: bool


def texts_in(file: BinaryIO) -> Iterator[str]:
    """Yield texts with the form and checksum of a token, in order; reads in small chunks."""
    kept = b""
    while chunk := file.read(CHUNK):
        # Drop the zero bytes of UTF-16, which some programs write text files in.
        window = kept + chunk.replace(b"\0", b"")
        for found in _FORM.finditer(window):
            text = found[0].decode("ascii")
            if parse_key_id(text):
                yield text
        # A token cut in two is whole in the next window; one that is whole here does not appear there again.
        kept = window[-(LENGTH - 1) :]


def revoke_leaked(texts: Iterable[str]) -> list[Leaked]:
    """Revoke those of the tokens that are ours, with their whole families, and notify the owners by email.

    Returns
    -------
    list of Leaked
        Each token once, in the order of the file within batches of ``BATCH``.
    """
    found: dict[int, Leaked] = {}
    for some in _batches(texts):
        for leaked in _revoke(some):
            found.setdefault(leaked.id, leaked)
    _tell_owners([leaked for leaked in found.values() if leaked.was_live])
    return list(found.values())


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(texts)
    while some := list(islice(remaining, BATCH)):
        yield some


@again_after_deadlock
def _revoke(texts: list[str]) -> list[Leaked]:
    by_key = {parse_key_id(text): text for text in texts}
    with transaction.atomic():
        rows = Token.objects.filter(key_id__in=list(by_key)).order_by("pk")
        # Match the whole text, not only the prefix: prefixes are displayed, and copying one must not revoke a token.
        tokens = [token for token in rows if matches(by_key[token.key_id], token.digest)]
        whole = whole_families(Token.objects.filter(pk__in=[token.pk for token in tokens]))
        usable = whole.filter(revoked_at=None, used_at=None, expires_at__gt=timezone.now())
        live = {one for pair in usable.values_list("pk", "family") for one in pair if one is not None}
        revoke(whole, agent=AGENT)
    return [_leaked(token, live) for token in tokens]


def _leaked(token: Token, live: set[Any]) -> Leaked:
    was_live = token.pk in live or token.family in live
    return Leaked(token.pk, token.prefix, token.user_id, about_of(token), was_live)


def _tell_owners(leaked: list[Leaked]) -> None:
    told: dict[int, list[str]] = defaultdict(list)
    for one in leaked:
        told[one.user_id].append(one.about)
    people = get_user_model()._default_manager.filter(pk__in=list(told), is_active=True)
    for user_id, address in people.order_by("pk").values_list("pk", "email"):
        send_later("tokens/leaked", {"tokens": told[user_id]}, [address])
