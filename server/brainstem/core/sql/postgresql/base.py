"""The backend: what Django sends besides statements is limited by the request's ticket, like statements."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db.backends.postgresql import base

from ..deadlines import current
from .schema import SchemaEditor

CHECK_SECONDS = 5.0  # a connection that does not answer to "SELECT 1" in this time is given up
SHORTEST_CONNECT_SECONDS = 2  # libpq takes less for this


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that can be given up by the thread that watches deadlines, whatever it waits for."""

    SchemaEditorClass = SchemaEditor

    def get_new_connection(self, conn_params: dict[str, object]) -> object:
        """Connect within the time that the request has left."""
        ticket = current()
        if ticket is not None and ticket.ends is not None:
            ticket.check()
            left = max(SHORTEST_CONNECT_SECONDS, int(ticket.ends - time.monotonic()))
            usual = int(str(conn_params.get("connect_timeout") or left))
            conn_params = conn_params | {"connect_timeout": min(usual, left)}
        return super().get_new_connection(conn_params)

    def is_usable(self) -> bool:
        """Whether the server answers on this connection within seconds."""
        ticket = current()
        if ticket is None:
            return bool(super().is_usable())
        with ticket.at_most(CHECK_SECONDS):
            return bool(self._limited(super().is_usable))

    def _commit(self) -> None:
        self._limited(super()._commit)  # type: ignore[misc]

    def _rollback(self) -> None:
        self._limited(super()._rollback)  # type: ignore[misc]

    def _limited(self, send: Callable[[], object]) -> object:
        ticket = current()
        if ticket is None or self.connection is None:
            return send()
        return ticket.run(self.connection, send)


__all__ = ["DatabaseWrapper"]
