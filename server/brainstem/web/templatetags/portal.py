"""Tags of the portals' templates."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.template import Library
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from brainstem.web import formats, notices
from brainstem.web.notices import Undo

from .assets import asset

if TYPE_CHECKING:
    from brainstem.web.portal.cells import Cell, Chip
    from brainstem.web.portal.forms.alone import Unit

register = Library()
SPRITE = "vendor/icons.svg"


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """An icon of the sprite; it is hidden from screen readers, since words stand beside it."""
    return _icon(asset(SPRITE), name, classes)


@lru_cache(maxsize=512)
def _icon(sprite: str, name: str, classes: str) -> SafeString:
    named = f"icon {escape(classes)}".strip()
    return mark_safe(  # noqa: S308 - escaped here
        f'<svg class="{named}" aria-hidden="true"><use href="{escape(sprite)}#{escape(name)}"/></svg>'
    )


@register.filter
def initials(name: str) -> str:
    """The first letters of a person's names, for the circle beside them."""
    parts = [part for part in name.replace("@", " ").split() if part]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts[:1])).upper()


@register.simple_tag
def whole(cell: Cell, label: str = "") -> SafeString:
    """A value of a record."""
    from brainstem.web.portal import drawn  # noqa: PLC0415 - it draws icons with this module

    return drawn.whole(cell, label=label)


@register.simple_tag
def plain_cell(cell: Cell) -> SafeString:
    """A value without links: of a card that only shows."""
    from brainstem.web.portal import drawn  # noqa: PLC0415

    return drawn.unlinked(cell)


@register.simple_tag
def chip(one: Chip) -> SafeString:
    """A related record, or a word."""
    from brainstem.web.portal import drawn  # noqa: PLC0415

    return mark_safe(drawn.chip(one))  # noqa: S308 - escaped there


@register.simple_tag
def pencil(url: str, unit: Unit) -> SafeString:
    """The button that opens a field in its place on the page of a record; a link to the form where no script runs."""
    here = "" if unit.leads else f' data-edit="{escape(unit.name)}"'
    return mark_safe(  # noqa: S308 - escaped here
        f'<a class="pencil" href="{escape(url)}change/{escape(unit.anchor)}"{here}'
        f' aria-label="Edit {escape(unit.label)}">{icon("edit", "icon-sm")}</a>'
    )


@register.filter
def undo_of(tags: str | None) -> Undo | None:
    """What a notice can undo."""
    return notices.undo_of(tags or "")


@register.filter
def commas(number: int) -> str:
    """A count with its thousands set apart."""
    return formats.count(number)
