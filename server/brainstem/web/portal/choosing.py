"""Choosing the columns of a list: a form that leads to the address of the new ones, and keeps them for the person."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect, QueryDict

from brainstem.apps.users.signed_in import keep_columns
from brainstem.core.text.numbers import whole_of

from .address import Address
from .asking import MOST_COLUMNS
from .columns import column_of
from .layout import MOST_PINNED, NARROWEST, WIDEST, Layout, moved
from .where import Where, page

WIDEN = "widen"  # the edge of a column's head was dragged
WIDTH = "width."  # before the name of a column, the control for its width


@page
def choose_columns(where: Where) -> HttpResponse:
    """Columns were added, moved, hidden, widened or pinned."""
    address = Address.of(where.list_path, where.request.META.get("QUERY_STRING", ""))
    writes = where.writes
    # In the public portal nothing is kept, so the form is sent as a query.
    if writes and where.request.method != "POST":
        return HttpResponseRedirect(address.url)
    sent = where.request.POST if writes else where.request.GET
    if not writes:
        address = Address(address.path, tuple(one for one in address.pairs if not _is_control(one[0])))
    if sent.get("_do") == "reset":
        if writes:
            keep_columns(where.request.user, where.spec.label, None)
        return HttpResponseRedirect(address.at(columns="", widths="", pin="").url + "#columns", status=303)
    layout = _chosen(where, sent)
    if writes:
        keep_columns(where.request.user, where.spec.label, layout.content)
    menu = "" if sent.get("_do") == WIDEN else "#columns"  # open again, unless the column was dragged
    return HttpResponseRedirect(layout.within(address).url + menu, status=303)


def _is_control(name: str) -> bool:
    return name in ("column", "pin", "_do") or name.startswith(WIDTH)


def _chosen(where: Where, sent: QueryDict) -> Layout:
    action, _, name = str(sent.get("_do", "")).partition(":")
    names = [one for one in dict.fromkeys(sent.getlist("column")) if column_of(where.spec, one, where.viewer.view)]
    if action == "add" and name not in names and column_of(where.spec, name, where.viewer.view):
        names.append(name)
    if action == "hide":
        names = [one for one in names if one != name]
    if action in ("up", "down"):
        names = moved(names, name, -1 if action == "up" else 1)
    widths = {}
    for one in names:
        width = whole_of(sent.get(f"{WIDTH}{one}", ""), below=10_000)
        if width:
            widths[one] = min(max(width, NARROWEST), WIDEST)
    pin = whole_of(sent.get("pin", ""), below=MOST_PINNED + 1) or 0
    # Without a name, the address would ask for the usual columns; names are shown anyway.
    return Layout(tuple(names[:MOST_COLUMNS]) or ("id",), widths, pin)


__all__ = ["choose_columns"]
