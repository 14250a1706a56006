"""The query string of a page as an ordered list of parameters, and addresses that change a part of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from brainstem.core.errors import QueryError

MOST = 200
MORE = "_more"  # the rows of a page alone, for those that are shown already
# What the steps of a page send, such as those of a new filter; they are never kept in an address.
STEPS = frozenset({"_field", "_op", "_value", "_unit", "_find", "_delete", MORE})
# These choose a part of the rows; anything that changes which rows there are starts again at the first.
PLACE = frozenset({"page"})
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Address:
    """A path with its parameters."""

    path: str
    pairs: Pairs = ()

    @classmethod
    def of(cls, path: str, query_string: str) -> Address:
        """As it was asked for.

        Raises
        ------
        QueryError
            If it cannot be read.
        """
        try:
            pairs = parse_qsl(query_string, keep_blank_values=True, max_num_fields=MOST, errors="strict")
        except (UnicodeDecodeError, ValueError) as error:
            raise QueryError.whole(f"The address is not UTF-8, or has more than {MOST} parameters.") from error
        if any("\x00" in name or "\x00" in value for name, value in pairs):
            raise QueryError.whole("The address holds a NUL character.")
        return cls(path, tuple(pairs))

    def first(self, name: str, default: str = "") -> str:
        """The last value of a parameter: later ones win, as in the API."""
        return next((value for key, value in reversed(self.pairs) if key == name), default)

    def without(self, *names: str) -> Address:
        """Without some parameters, and from the first row."""
        gone = {*names, *STEPS, *PLACE}
        return Address(self.path, tuple(pair for pair in self.pairs if pair[0] not in gone))

    def without_pair(self, pair: tuple[str, str]) -> Address:
        """Without one value of a parameter."""
        return Address(self.path, tuple(one for one in self.without().pairs if one != pair))

    def having(self, **changed: object) -> Address:
        """With parameters set, each once; those that are None are taken out."""
        kept = self.without(*changed)
        new = tuple((name, str(value)) for name, value in changed.items() if value not in (None, ""))
        return Address(self.path, kept.pairs + new)

    def at(self, **place: object) -> Address:
        """Another part of the same rows."""
        kept = tuple(pair for pair in self.pairs if pair[0] not in place and pair[0] not in STEPS)
        return Address(self.path, kept + tuple((name, str(value)) for name, value in place.items() if value))

    def plus(self, pairs: Iterable[tuple[str, str]]) -> Address:
        """With more conditions."""
        return Address(self.path, (*self.without().pairs, *pairs))

    def elsewhere(self, path: str) -> Address:
        """The same rows at another path."""
        return Address(path, self.without().pairs)

    @property
    def url(self) -> str:
        """As it stands in a link."""
        return f"{self.path}?{urlencode(self.pairs)}" if self.pairs else self.path

    def __str__(self) -> str:
        return self.url


__all__ = ["MORE", "PLACE", "STEPS", "Address"]
