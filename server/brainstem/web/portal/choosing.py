"""Choosing the columns of a list: a form that leads to the address of the new ones, and keeps them for the person."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect, QueryDict

from brainstem.apps.users.signed_in import keep_columns, saved_views
from brainstem.core.text.numbers import whole_of

from .address import Address
from .asking import MOST, MOST_COLUMNS, PER, asked_in
from .columns import column_of
from .layers import DENSITIES
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
    keeps = writes and not any(one.slug == address.first("view") for one in saved_views(where.request.user))
    if not writes:
        address = Address(address.path, tuple(one for one in address.pairs if not _is_control(one[0])))
    if sent.get("_do") == "reset":
        if keeps:
            keep_columns(where.request.user, where.spec.label, None)
        return HttpResponseRedirect(address.at(columns="", widths="", pin="").url + "#columns", status=303)
    layout = _chosen(where, sent)
    if keeps:  # those of a view are saved with the view
        keep_columns(where.request.user, where.spec.label, layout.content)
    address = layout.within(address)
    if "per" in sent and "density" in sent:
        address = _with_rows(where, address, sent)
    menu = "" if sent.get("_do") == WIDEN else "#columns"  # open again, unless the column was dragged
    return HttpResponseRedirect(address.url + menu, status=303)


def _with_rows(where: Where, address: Address, sent: QueryDict) -> Address:
    """With the number of rows and the density that were chosen, where they differ from what it says already."""
    now = asked_in(where, address)
    per, density = whole_of(sent["per"], below=MOST + 1) or PER, sent["density"]
    if per != now.per:
        address = address.at(page="", per=per)
    if density != now.density and density in ("", *DENSITIES):
        address = address.at(density=density)
    return address


def _is_control(name: str) -> bool:
    return name in ("column", "pin", "per", "density", "_do") or name.startswith(WIDTH)


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
