"""Who sends a request: a person, how they signed in, and the limits of their token."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Actor:
    """The caller of one request.

    ``read_only`` and ``project_id`` are limits of the token, not of the person. A read-only token never writes. One
    bound to a project sees only that project, shared data and its owner's attributes, and writes only in that project.
    ``client`` is the name of the program, as it gave it.
    """

    user_id: int | None = None
    email: str = ""
    is_admin: bool = False
    via: str = "anonymous"
    token_id: int | None = None
    read_only: bool = False
    project_id: uuid.UUID | None = None
    request_id: str = ""
    token_name: str = ""
    client: str = ""

    @classmethod
    def in_browser(cls, user: Any, *, request_id: str, client: str = "") -> Actor:
        """A person who is signed in with a browser, or was recognised there by a link in an email."""
        return cls(
            user_id=user.pk,
            email=user.email,
            is_admin=bool(user.is_superuser),
            via="browser",
            request_id=request_id,
            client=client,
        )

    @property
    def is_anonymous(self) -> bool:
        """True if nobody is signed in."""
        return self.user_id is None


ANONYMOUS = Actor()
