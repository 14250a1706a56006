"""What keys do on the pages: the one list of them, which the help page shows and the buttons are tested against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@dataclass(frozen=True)
class Key:
    """A key, or keys one after the other, and what they do.

    Parameters
    ----------
    keys : str
        As people read them, with spaces between.
    about : str
        What they do.
    pressed : tuple of str
        The ``aria-keyshortcuts`` of the button or link that they press, which is drawn on the pages of its group.
    goes : str
        The ``data-go`` of the link that they follow.
    """

    keys: str
    about: str
    pressed: tuple[str, ...] = ()
    goes: str = ""


SAVE = Key("Ctrl Enter", "save", ("Control+Enter",))
KEYS: Mapping[str, Sequence[Key]] = {
    "Everywhere": (
        Key("/", "search", ("/",)),
        Key("g d", "start page", goes="d"),
        Key("g p", "projects", goes="p"),
        Key("g s", "subjects", goes="s"),
        Key("g e", "sessions", goes="e"),
        Key("g i", "inbox", goes="i"),
        Key("?", "this list", ("?",)),
    ),
    "Lists": (
        Key("j", "next row"),
        Key("k", "row before"),
        Key("x", "select the row"),
        Key("Shift x", "select all rows from the last one"),
        Key("Enter", "open the row"),
        Key("e", "edit the row"),
        Key(".", "actions of the row"),
        Key("c", "add", ("c",)),
        Key("f", "filter", ("f",)),
        Key("v", "views", ("v",)),
        Key("[", "page before", ("[",)),
        Key("]", "next page", ("]",)),
        Key("Esc", "clear the selection", ("Escape",)),
    ),
    "Records": (
        Key("e", "edit", ("e",)),
        Key("d", "duplicate", ("d",)),
        Key("h", "history", ("h",)),
        Key("l", "add to the log; of other records: to their logs", ("l",)),
        Key("1 … 9", "tabs", tuple("123456789")),
        Key("c", "add to the list of a tab", ("c",)),
        Key("[", "record before, in the list one came from"),
        Key("]", "next record there"),
        Key(".", "actions", (".",)),
    ),
    "Histories": (
        Key("j", "next entry"),
        Key("k", "entry before"),
        Key("u", "undo the entry, or the change that the page is about", ("u",)),
        Key("r", "restore the record as it was then, or what was deleted", ("r",)),
        Key("f", "filter", ("f",)),
        Key("[", "newest entries", ("[",)),
        Key("]", "older entries", ("]",)),
    ),
    "Approvals": (
        Key("a", "accept the proposal", ("a",)),
        Key("b", "hand it back", ("b",)),
        Key("x", "reject it", ("x",)),
        Key("[", "proposal before", ("[",)),
        Key("]", "next proposal", ("]",)),
        Key("e", "change a proposal of one's own", ("e",)),
    ),
    "A field in its place": (
        Key("Enter", "save, in a control of one line"),
        SAVE,
        Key("Esc", "leave it as it was", ("Escape",)),
    ),
    "Forms": (
        SAVE,
        Key("Ctrl Shift Enter", "save and add another", ("Control+Shift+Enter",)),
        Key("Alt \u2191 \u2193", "move a row", ("Alt+ArrowUp", "Alt+ArrowDown")),
        Key("Esc", "leave the field, then to Cancel"),
    ),
}


def keys(request: HttpRequest) -> HttpResponse:
    """What keys do."""
    found = [(where, [(one.keys.split(), one.about) for one in some]) for where, some in KEYS.items()]
    return render(request, "portal/keys.html", {"groups": found})


__all__ = ["KEYS", "Key", "keys"]
