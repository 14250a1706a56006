"""What a list shows of views: those that come with it, the saved ones, and whether the one it shows was changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brainstem.apps.users.signed_in import Saved, saved_views
from brainstem.web import formats

from . import pins, words
from .asking import EVERYTHING, Asked, views_of
from .chips import Link
from .where import Where

IN_ROW = 5  # saved views beside those that come with the list; the menu has all of them


@dataclass(frozen=True)
class Menu:
    """The saved views of a list in groups, and where they are saved and managed."""

    groups: Sequence[tuple[str, Sequence[Link]]]
    path: str
    current: Saved | None
    changed: str
    reset: str
    pin: pins.Pin | None
    is_pinned: bool


def row_of(where: Where, asked: Asked, total: int) -> list[Link]:
    """The views of the row above a list; all records are the first of them, unless types stand there."""
    typed = bool(words.type_group(asked.spec))
    base = asked.plain if asked.stored is not None else asked.address
    plain = asked.view in ("", EVERYTHING)
    none = EVERYTHING if asked.opens_with else ""
    found = [] if typed else [Link("All", base.having(view=none).url, plain, formats.count(total))]
    for name, label in views_of(asked.spec, asked.viewer):
        found.append(Link(label, base.having(view=none if asked.view == name else name).url, asked.view == name))
    saved = saved_views(where.request.user, asked.spec.label) if where.writes else []
    found += [_link(where, one, asked) for one in saved if one == asked.stored or one in saved[:IN_ROW]]
    return found if len(found) > 1 or typed else []


def _link(where: Where, one: Saved, asked: Asked) -> Link:
    return Link(one.name, where.list_path + f"?view={one.slug}", one.slug == asked.view)


def menu_of(where: Where, asked: Asked) -> Menu | None:
    """The menu of saved views; None where none can be saved."""
    if not where.writes:
        return None
    saved = saved_views(where.request.user, asked.spec.label)
    groups = [(label, [_link(where, one, asked) for one in some]) for label, some in grouped(saved)]
    reset = f"{where.list_path}?view={asked.view}"
    path = f"{where.list_path}views/"
    named = asked.view not in ("", EVERYTHING) and "view" not in asked.problems and where.portal == pins.PORTAL
    pin = pins.Pin(asked.spec.label, pins.VIEW, asked.view) if named else None
    changed, is_pinned = ", ".join(asked.changed), pin in pins.pins_of(where.request.user)
    return Menu(groups, path, asked.stored, changed, reset, pin, is_pinned)


def grouped(saved: Sequence[Saved]) -> list[tuple[str, list[Saved]]]:
    """Views by who they belong to, each with its name."""
    found: dict[tuple[str, str], list[Saved]] = {}
    for one in saved:
        found.setdefault((one.kind, one.holder), []).append(one)
    return [(holder or "Yours", some) for (_, holder), some in found.items()]


__all__ = ["Menu", "grouped", "menu_of", "row_of"]
