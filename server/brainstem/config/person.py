"""Who sends a request, as far as threads and limits of rate need to know. Pure."""

from __future__ import annotations

from dataclasses import dataclass

PLACE = "brainstem.person"  # in the environ of a request: whose it is, once known


@dataclass(frozen=True)
class Person:
    """Who is signed in with a credential, and with which token if it is one; ``NOBODY`` has no account."""

    user_id: int | None = None
    token_id: int | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether this is anybody."""
        return self.user_id is not None


NOBODY = Person()

__all__ = ["NOBODY", "PLACE", "Person"]
