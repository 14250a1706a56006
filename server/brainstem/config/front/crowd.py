"""All connections of a process, and which ones to drop when there are too many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .connection import Connection, Phase
from .limits import Limits


class Crowd:
    """A bounded number of connections, in total and per address.

    Newcomers are never kept out: they replace an idle connection. The first to go is the oldest one of the address
    that holds most, so a client that keeps opening connections evicts its own.

    Parameters
    ----------
    limits : Limits
        The bounds.
    are_proxies : bool
        Whether peers are proxies, which carry everyone's connections: then only the total counts.
    """

    def __init__(self, limits: Limits, *, are_proxies: bool) -> None:
        self._most = limits.connections
        self._most_of_one = limits.connections if are_proxies else limits.connections_per_address
        self._all: dict[Connection, None] = {}  # in order of arrival
        self._by_address: dict[str, dict[Connection, None]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._all))

    def add(self, connection: Connection) -> None:
        """Add a connection. If none can be evicted for it, it is marked and its request will be refused."""
        neighbours = self._by_address.setdefault(connection.address, {})
        if len(neighbours) >= self._most_of_one:
            connection.is_over = not self._evict(neighbours)
        if len(self._all) >= self._most:
            connection.is_over = not self._evict(self._all) or connection.is_over
        self._all[connection] = None
        self._by_address.setdefault(connection.address, neighbours)[connection] = None

    def discard(self, connection: Connection) -> None:
        """Remove a closed connection."""
        self._all.pop(connection, None)
        neighbours = self._by_address.get(connection.address, {})
        neighbours.pop(connection, None)
        if not neighbours:
            self._by_address.pop(connection.address, None)

    def evict_reader(self) -> bool:
        """Drop the connection that has left a response unread for longest; False if there is none."""
        unread = [one for one in self._all if one.phase is Phase.UNREAD]
        if unread:
            min(unread, key=lambda one: one.since).leave()
        return bool(unread)

    def _evict(self, among: Iterable[Connection]) -> bool:
        found = [(one.phase, -len(self._by_address[one.address]), one.since, one) for one in among]
        idle = [one for one in found if one[0] is not Phase.WORKING]
        if not idle:
            return False
        min(idle, key=lambda one: one[:3])[3].leave()
        return True


__all__ = ["Crowd"]
