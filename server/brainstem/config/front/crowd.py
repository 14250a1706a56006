"""All connections of a process, and who has to leave when there are too many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .connection import Connection, Phase
from .limits import Limits


class Crowd:
    """A bounded number of connections, in all and by address.

    Nobody is kept out: a newcomer takes the place of a connection on which nothing is being done. Of those the first to
    go is one of whoever holds most, and the oldest of these; so somebody who opens connections without end evicts their
    own.

    Parameters
    ----------
    limits : Limits
        How many there may be.
    are_proxies : bool
        Peers are proxies, which come with the connections of everybody: only the number in all counts.
    """

    def __init__(self, limits: Limits, *, are_proxies: bool) -> None:
        self._most = limits.connections
        self._most_of_one = limits.connections if are_proxies else limits.connections_per_address
        self._all: dict[Connection, None] = {}  # in the order of their coming
        self._by_address: dict[str, dict[Connection, None]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._all))

    def add(self, connection: Connection) -> None:
        """Let a connection in. If nobody can leave for it, it is marked, and its request will be refused."""
        neighbours = self._by_address.setdefault(connection.address, {})
        if len(neighbours) >= self._most_of_one:
            connection.is_over = not self._evict(neighbours)
        if len(self._all) >= self._most:
            connection.is_over = not self._evict(self._all) or connection.is_over
        self._all[connection] = None
        self._by_address.setdefault(connection.address, neighbours)[connection] = None

    def discard(self, connection: Connection) -> None:
        """A connection is gone."""
        self._all.pop(connection, None)
        neighbours = self._by_address.get(connection.address, {})
        neighbours.pop(connection, None)
        if not neighbours:
            self._by_address.pop(connection.address, None)

    def evict_reader(self) -> bool:
        """Let go of the one who has left an answer unread for longest; False if there is none."""
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
