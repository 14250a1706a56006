"""The page that lists the keys, and switches them off."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# Where -> (keys, what they do).
KEYS = {
    "Everywhere": (
        ("/", "search"),
        ("g d", "start page"),
        ("g p", "projects"),
        ("g s", "subjects"),
        ("g e", "sessions"),
        ("?", "this list"),
    ),
    "Lists": (
        ("j", "next row"),
        ("k", "row before"),
        ("x", "select the row"),
        ("Shift x", "select all rows from the last one"),
        ("Enter", "open the row"),
        ("e", "edit the row"),
        ("c", "add"),
        ("f", "filter"),
        ("v", "views"),
        ("[", "page before"),
        ("]", "next page"),
        ("Esc", "clear the selection"),
    ),
    "Forms": (
        ("Ctrl Enter", "save"),
        ("Ctrl Shift Enter", "save and add another"),
        ("Alt \u2191 \u2193", "move a row"),
    ),
}


def keys(request: HttpRequest) -> HttpResponse:
    """What keys do."""
    found = [(where, [(text.split(), about) for text, about in some]) for where, some in KEYS.items()]
    return render(request, "portal/keys.html", {"groups": found})


__all__ = ["KEYS", "keys"]
