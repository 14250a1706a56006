"""How the columns of a list stand: which, how wide, and how many of them stay when the others scroll.

In the address ``columns=sex,age``, ``widths=sex-8,age-5`` (in rem) and ``pin=2`` (the first two columns stay, beside
the name, which always does). Without columns in the address, a person's list has those that they keep.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from brainstem.core.text.numbers import whole_of
from brainstem.core.text.shown import shown

from .address import Address

NARROWEST, WIDEST = 3, 30
PINNED = 10  # of a column that stays, and has no width
NAME = 14  # of the names, where columns beside them stay
MOST_PINNED = 3
LAYOUT = ("columns", "widths", "pin")


@dataclass(frozen=True)
class Layout:
    """The columns by name, their widths in rem, and the number of those that stay."""

    columns: tuple[str, ...] = ()
    widths: Mapping[str, int] = field(default_factory=dict)
    pin: int = 0
    chosen: bool = False

    @property
    def content(self) -> dict[str, object]:
        """As it is kept."""
        return {"columns": list(self.columns), "widths": dict(self.widths), "pin": self.pin}

    def within(self, address: Address) -> Address:
        """The address that shows it."""
        widths = ",".join(f"{name}-{width}" for name, width in self.widths.items() if name in self.columns)
        return address.at(columns=",".join(self.columns), widths=widths, pin=self.pin or "")

    def classes(self, number: int) -> str:
        """What sets the width of a column, and where it stays; -1 is that of the names."""
        width = self._width(number)
        found = [f"w{width}"] if width else []
        if self.pin and number < self.pin:
            left = sum(self._width(one) for one in range(-1, number))
            found += ["pin", f"left-{left // 8}", f"plus-{left % 8}"]
        return " ".join(found)

    def _width(self, number: int) -> int:
        if number < 0:
            return NAME if self.pin else 0
        name = self.columns[number] if number < len(self.columns) else ""
        return self.widths.get(name, PINNED if number < self.pin else 0)


USUAL = Layout()


def layout_of(address: Address, kept: Mapping[str, Any], problems: dict[str, str]) -> Layout:
    """The layout that an address asks for; the one that is kept if it asks for none."""
    if not any(address.first(name) for name in LAYOUT):
        return Layout(
            tuple(kept.get("columns", ())),
            dict(kept.get("widths", {})),
            int(kept.get("pin", 0)),
            chosen=bool(kept),
        )
    names = tuple(dict.fromkeys(one.strip() for one in address.first("columns").split(",") if one.strip()))
    widths = {}
    for one in filter(None, address.first("widths").split(",")):
        name, _, text = one.rpartition("-")
        width = whole_of(text, below=WIDEST + 1)
        if not name or width is None or width < NARROWEST:
            problems["widths"] = (
                f"Expected columns with widths from {NARROWEST} to {WIDEST}, such as sex-8, got {shown(one)}."
            )
        else:
            widths[name] = width
    pin = whole_of(address.first("pin"), below=MOST_PINNED + 1) if address.first("pin") else 0
    if pin is None or pin < 0:
        problems["pin"] = f"Expected a number up to {MOST_PINNED}, got {shown(address.first('pin'))}."
        pin = 0
    return Layout(names, widths, pin, chosen=bool(names))


def moved(names: Sequence[str], name: str, by: int) -> list[str]:
    """The names with one of them earlier or later."""
    found = list(names)
    if name in found:
        at = found.index(name)
        found.insert(max(0, at + by), found.pop(at))
    return found


__all__ = ["LAYOUT", "MOST_PINNED", "NARROWEST", "USUAL", "WIDEST", "Layout", "layout_of", "moved"]
