"""Browser sessions in the database, under hashed keys: nobody can sign in with the table or a backup of it.

The cookie holds the key, the table its digest. allauth keeps a list of sessions for their owners, whose key column is
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

# 160 bits, about as many as a key has (32 characters out of 36), fill the 40 characters of Django's column. Keys are
# random, so a fast hash is enough.
_BYTES, _PURPOSE = 20, b"sessions"


class Digest(str):
    """A hashed key from the database; a type of its own, so that no text sent by a browser can pass as one."""

    __slots__ = ()


def digest_of(key: str) -> str:
    """The digest that is stored for a key; a digest is returned unchanged."""
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
        """The asynchronous form."""
        row: Session = await super().acreate_model_instance(data)  # type: ignore[assignment]
        row.session_key = digest_of(row.session_key)
        return row

    def exists(self, session_key: str) -> bool:
        """Whether there is such a session."""
        return bool(super().exists(digest_of(session_key)))

    async def aexists(self, session_key: str) -> bool:
        """The asynchronous form."""
        return bool(await super().aexists(digest_of(session_key)))

    def delete(self, session_key: str | None = None) -> None:
        """Delete a session, this one by default."""
        key = session_key or self.session_key
        if key is not None:
            super().delete(digest_of(key))

    async def adelete(self, session_key: str | None = None) -> None:
        """The asynchronous form."""
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
    """A column of keys that are hashed whenever they are written or looked up."""

    def get_prep_value(self, value: Any) -> object:
        """The digest."""
        return None if value is None else digest_of(value)

    def from_db_value(self, value: str | None, *_: object) -> Digest | None:
        """Marked as a digest, so that it is not hashed again."""
        return None if value is None else Digest(value)

    def deconstruct(self) -> Any:
        """The original column, so that allauth does not seem to need a migration."""
        name, _, arguments, named = super().deconstruct()
        return name, "django.db.models.CharField", arguments, named


def hash_keys_of(model: Any) -> None:
    """Have allauth's model of a person's sessions store digests, and recognise the current session by its digest."""
    model._meta.get_field("session_key").__class__ = _HashedKey
    model.is_current = _is_current


def _is_current(self: Any) -> bool:
    key = context.request.session.session_key
    return key is not None and digest_of(self.session_key) == digest_of(key)
