"""Browser sessions in the database, under hashed keys: who reads the table, or a backup, can sign in as nobody.

The cookie holds the key, the table its digest. allauth keeps a list of sessions for their owners, whose column is
hashed in the same way (:func:`hash_keys_of`).
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from allauth.core import context
from django.contrib.sessions.backends.db import SessionStore as InClear
from django.contrib.sessions.models import Session
from django.core.exceptions import SuspiciousOperation
from django.db import models
from django.utils import timezone

# 160 bits, about as many as a key has (32 signs of 36), fill the 40 characters of Django's column. Keys are random, so
# that a fast hash will do.
_BYTES, _PURPOSE = 20, b"sessions"


class Digest(str):
    """A hashed key as the database gives it back; told by its type, for no text that a browser sends is one."""

    __slots__ = ()


def digest_of(key: str) -> str:
    """What is kept in the place of a key; a digest stays what it is."""
    if isinstance(key, Digest):
        return str(key)
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_BYTES, person=_PURPOSE).hexdigest()


class SessionStore(InClear):
    """Django's sessions in the database, found by the digest of their key."""

    def create_model_instance(self, data: dict[str, object]) -> Session:
        """The row to save."""
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        row.session_key = digest_of(row.session_key)
        return row

    async def acreate_model_instance(self, data: dict[str, object]) -> Session:
        """The same, awaited."""
        row: Session = await super().acreate_model_instance(data)  # type: ignore[assignment]
        row.session_key = digest_of(row.session_key)
        return row

    def exists(self, session_key: str) -> bool:
        """Whether there is such a session."""
        return bool(super().exists(digest_of(session_key)))

    async def aexists(self, session_key: str) -> bool:
        """The same, awaited."""
        return bool(await super().aexists(digest_of(session_key)))

    def delete(self, session_key: str | None = None) -> None:
        """End a session, this one if none is named."""
        key = session_key or self.session_key
        if key is not None:
            super().delete(digest_of(key))

    async def adelete(self, session_key: str | None = None) -> None:
        """The same, awaited."""
        key = session_key or self.session_key
        if key is not None:
            await super().adelete(digest_of(key))

    def _get_session_from_db(self) -> Session | None:
        try:
            return Session.objects.get(session_key=digest_of(self.session_key or ""), expire_date__gt=timezone.now())
        except (Session.DoesNotExist, SuspiciousOperation):
            self._session_key = None
            return None

    async def _aget_session_from_db(self) -> Session | None:
        try:
            key = digest_of(self.session_key or "")
            return await Session.objects.aget(session_key=key, expire_date__gt=timezone.now())
        except (Session.DoesNotExist, SuspiciousOperation):
            self._session_key = None
            return None


class _HashedKey(models.CharField[Any, Any]):
    """A column of keys that are hashed whenever they are written or looked for."""

    def get_prep_value(self, value: Any) -> object:
        """The digest."""
        return None if value is None else digest_of(value)

    def from_db_value(self, value: str | None, *_: object) -> Digest | None:
        """Marked as a digest, so that it is not hashed again."""
        return None if value is None else Digest(value)

    def deconstruct(self) -> Any:
        """As the column was: its package must not seem to need a migration."""
        name, _, arguments, named = super().deconstruct()
        return name, "django.db.models.CharField", arguments, named


def hash_keys_of(model: Any) -> None:
    """Have allauth's model of the sessions of a person keep digests, and know the present session by its own."""
    model._meta.get_field("session_key").__class__ = _HashedKey
    model.is_current = _is_current


def _is_current(self: Any) -> bool:
    key = context.request.session.session_key
    return key is not None and digest_of(self.session_key) == digest_of(key)
