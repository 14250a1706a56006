"""Cells as HTML; everything that is not a tag here is escaped.

In Python rather than in a template, because a page has hundreds of them: a chain of conditions in a template takes ten
times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.template.loader import render_to_string
from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString, mark_safe

from brainstem.web.templatetags.portal import icon

from .cells import Cell, Chip

NOTHING = '<span class="faint" aria-hidden="true">-</span><span class="visually-hidden">none</span>'
LONGEST = 80
_UNLINKED = frozenset({"number", "date", "moment", "status", "yes"})


def drawn(cell: Cell) -> SafeString:
    """A value in a cell of a table."""
    return mark_safe(_DRAWERS[cell.kind](cell))  # noqa: S308 - each drawer escapes what it is given


def whole(cell: Cell, *, label: str = "") -> SafeString:
    """A value on the page of its record, where there is room for all of it; ``label`` names a table."""
    if cell.kind == "table":
        return _table(cell, label)
    drawer = _WHOLE.get(cell.kind) or _DRAWERS[cell.kind]
    return mark_safe(drawer(cell))  # noqa: S308


def unlinked(cell: Cell) -> SafeString:
    """A value in a few words, where nothing can be followed."""
    shown = cell if cell.kind in _UNLINKED else Cell("text", _shortened(cell.as_text))
    return mark_safe(_DRAWERS[shown.kind](shown))  # noqa: S308


def chip(one: Chip) -> str:
    """A related record, or a word."""
    text = f"<i>{escape(one.text)}</i>" if one.italic else escape(one.text)
    if not one.url:
        return f'<span class="chip"><span>{text}</span></span>'
    return f'<a class="chip" href="{escape(one.url)}"><span>{text}</span></a>'


def _none(_: Cell) -> str:
    return NOTHING


def _cut(cell: Cell) -> str:
    return f'<span class="cut">{escape(cell.text)}</span>'


def _number(cell: Cell) -> str:
    unit = f' <span class="unit">{escape(cell.unit)}</span>' if cell.unit else ""
    # For whoever copies from the page with a script: the number as it is stored.
    text = f'<data value="{escape(cell.exact)}">{escape(cell.text)}</data>' if cell.exact else escape(cell.text)
    return f'<span class="num">{text}{unit}</span>'


def _count(cell: Cell) -> str:
    if cell.url:
        return f'<a class="quiet num" href="{escape(cell.url)}">{escape(cell.text)}</a>'
    return f'<span class="num{" faint" if cell.text == "0" else ""}">{escape(cell.text)}</span>'


def _chips(cell: Cell) -> str:
    return f'<span class="chips nowrap-chips">{_all_chips(cell)}</span>'


def _all_chips(cell: Cell) -> str:
    more = f'<span class="chip chip-more">+{cell.more}</span>' if cell.more else ""
    return "".join(map(chip, cell.chips)) + more


def _date(cell: Cell) -> str:
    return _moment(cell) if cell.exact else f'<span class="date">{escape(cell.text)}</span>'


def _moment(cell: Cell) -> str:
    return f'<time class="date" datetime="{escape(cell.exact)}">{escape(cell.text)}</time>'


def _status(cell: Cell) -> str:
    tone = f" status-{escape(cell.tone)}" if cell.tone else ""
    return f'<span class="status{tone}">{icon(cell.icon)}{escape(cell.text)}</span>'


def _yes(cell: Cell) -> str:
    if not cell.icon:
        return f'<span class="faint">{escape(cell.text)}</span>'
    return f'<span class="status status-ok">{icon(cell.icon)}{escape(cell.text)}</span>'


def _link(cell: Cell) -> str:
    return f'<a class="cut" href="{escape(cell.url)}" rel="noopener nofollow">{escape(cell.text)}</a>'


def _code(cell: Cell) -> str:
    return f"<code>{escape(cell.text)}</code>"


def _path(cell: Cell) -> str:
    copy = f'<button class="btn btn-ghost btn-sm" type="button" data-copy hidden>{icon("copy")}Copy</button>'
    return f'<span class="copyable"><code>{escape(cell.text)}</code>{copy}</span>'


def _file(cell: Cell) -> str:
    return f'<a href="{escape(cell.url)}">{escape(cell.text or "Picture")}</a>'


def _excerpt(cell: Cell) -> str:
    return f'<span class="cut">{escape(_shortened(cell.as_text))}</span>'


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


_DRAWERS: Mapping[str, Callable[[Cell], str]] = {
    "none": _none,
    "text": _cut,
    "lines": _cut,
    "rich": _excerpt,
    "number": _number,
    "count": _count,
    "chips": _chips,
    "date": _date,
    "moment": _moment,
    "status": _status,
    "yes": _yes,
    "link": _link,
    "code": _code,
    "path": _path,
    "image": _file,
    "file": _file,
    "pairs": _excerpt,
    "table": _excerpt,
}

# -- on the page of a record -------------------------------------------------------------------------------------------


def _text(cell: Cell) -> str:
    return escape(cell.text)


def _prose(cell: Cell) -> str:
    # Sanitised just before (:func:`.cells.rich_cell`), with the rules of this version.
    return f'<div class="prose">{cell.text}</div>'


def _lines(cell: Cell) -> str:
    return f'<div class="prose">{linebreaks(cell.text, autoescape=True)}</div>'


def _wrapped(cell: Cell) -> str:
    return f'<span class="chips">{_all_chips(cell)}</span>'


def _picture(cell: Cell) -> str:
    url = escape(cell.url)
    return f'<a href="{url}"><img class="picture" src="{url}" alt="Picture of this record" loading="lazy"></a>'


def _pairs(cell: Cell) -> str:
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{whole(one)}</dd>" for name, one in cell.pairs)
    return f'<dl class="props props-inner">{lines}</dl>'


def _table(cell: Cell, label: str) -> SafeString:
    rows = [[whole(one) for one in row] for row in cell.rows]
    return render_to_string("portal/values.html", {"head": cell.head, "rows": rows, "label": label or "Values"})


_WHOLE: Mapping[str, Callable[[Cell], str]] = {
    "text": _text,
    "lines": _lines,
    "rich": _prose,
    "chips": _wrapped,
    "image": _picture,
    "pairs": _pairs,
    "yes": _text,
}

__all__ = ["chip", "drawn", "unlinked", "whole"]
