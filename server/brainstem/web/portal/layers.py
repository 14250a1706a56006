"""The layers of a list's address: its filter, columns, order, rows per page and density. Pure.

A saved view gives all of them. An address that names the view may say a layer differently: then it stands in the place
of the view's, and the others stay. An empty ``search`` says that there is no filter at all.
"""

from __future__ import annotations

from collections.abc import Iterable

from .address import PLACE, STEPS, Pairs
from .layout import LAYOUT

DENSITIES = ("comfortable", "compact")
FILTER, COLUMNS = "filter", "columns"
NO_FILTER = ("search", "")
_APART = dict.fromkeys(LAYOUT, COLUMNS) | {"sort": "order", "per": "rows per page", "density": "density"}
_NONE = frozenset({"view", "as", "page"}) | PLACE | STEPS


def layer_of(name: str) -> str:
    """The layer that a parameter belongs to; empty for what chooses no list."""
    return _APART.get(name) or ("" if name in _NONE else FILTER)


def said(pairs: Iterable[tuple[str, str]]) -> dict[str, None]:
    """The layers that an address says something about, in order."""
    return dict.fromkeys(layer for name, _ in pairs if (layer := layer_of(name)))


def merged(pairs: Pairs, stored: Pairs) -> Pairs:
    """An address with the layers of a view that it does not say itself."""
    own = said(pairs)
    return (*(pair for pair in stored if layer_of(pair[0]) not in own), *pairs)


def spelled(pairs: Pairs, stored: Pairs) -> Pairs:
    """An address that says the filter of its view itself, if only that there is none."""
    inherited = () if FILTER in said(pairs) else tuple(pair for pair in stored if layer_of(pair[0]) == FILTER)
    found = (*pairs, *inherited)
    return found if any(name == "search" for name, _ in found) else (*found, NO_FILTER)


def changed(pairs: Pairs, stored: Pairs) -> tuple[str, ...]:
    """The layers that an address says differently from its view."""
    return tuple(one for one in said(pairs) if _part(one, pairs) != _part(one, stored))


def _part(layer: str, pairs: Pairs) -> object:
    found = [pair for pair in pairs if layer_of(pair[0]) == layer and pair != NO_FILTER]
    return sorted(found) if layer == FILTER else dict(found)


__all__ = ["COLUMNS", "DENSITIES", "FILTER", "NO_FILTER", "changed", "layer_of", "merged", "said", "spelled"]
