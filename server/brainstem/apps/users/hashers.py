"""How passwords are hashed: Argon2, with bounded memory however many people try to sign in."""

from __future__ import annotations

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

# Hashing takes 19 MB for some tens of milliseconds, so waiting threads wait for a fraction of a second.
AT_ONCE = 2
_turns = BoundedSemaphore(AT_ONCE)


class Argon2(Argon2PasswordHasher):
    """Argon2id with parameters that OWASP's Password Storage Cheat Sheet recommends, and few hashes at a time.

    Django's own parameters take 100 MB for each hash: a few wrong passwords at once would take a worker's memory. Of
    those that OWASP names as equally strong, these take 19 MB; the first take 46 MB.
    """

    time_cost = 2
    memory_cost = 19_456  # KiB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """The hash to store."""
        with _turns:
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Whether the password matches a hash."""
        with _turns:
            return bool(super().verify(password, encoded))


__all__ = ["AT_ONCE", "Argon2"]
