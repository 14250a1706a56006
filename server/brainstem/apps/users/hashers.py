"""How passwords are hashed: Argon2, with bounded memory whatever number of people sign in, or try to."""

from __future__ import annotations

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

# Hashing takes 19 MB for some tens of milliseconds. Threads that wait for their turn wait for a fraction of a second.
AT_ONCE = 2
_turns = BoundedSemaphore(AT_ONCE)


class Argon2(Argon2PasswordHasher):
    """Argon2id with parameters of OWASP's Password Storage Cheat Sheet, and few hashes at the same time.

    Django's own parameters take 100 MB for each hash: a few wrong passwords at once would take a worker's memory. Of
    those that OWASP names as equally strong, these take 19 MB; the first take 46 MB.
    """

    time_cost = 2
    memory_cost = 19_456  # KiB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """The hash to keep."""
        with _turns:
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Whether a hash is that of the password."""
        with _turns:
            return bool(super().verify(password, encoded))


__all__ = ["AT_ONCE", "Argon2"]
