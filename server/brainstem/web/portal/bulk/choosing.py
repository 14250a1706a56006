"""The page on which somebody says what is to be changed of the selected records, with the control of the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.http import HttpResponse
from django.shortcuts import render

from brainstem.core.models import TableImport
from brainstem.web import formats

from .. import words
from ..asking import Asked
from ..forms import moves
from ..forms.fields import Drawing, Field
from ..forms.nodes import ABSENT
from ..forms.options import ITSELF
from ..forms.pages import pickers_of
from ..forms.problems import Problem, place
from ..forms.sent import Sent, tree_of
from ..gathering import Gathering
from ..rows import ask, called, fetch, title_of
from ..selection import ALL, IDS, NAMED, Selection, Stopped, unmoved, versions_of
from ..where import Where, path_of
from ..zone import zone_for
from .change import Change, MemberChange, change_of, wrong_with
from .kept import MOST, Kept, begun, query_of
from .looking import looked
from .offers import ADD, DELETE, HOWS, SET, Offer, grouped, offers_of

WHAT, HOW = "_what", "_how"


@dataclass
class Choice:
    """What was chosen so far."""

    offer: Offer | None
    how: str
    sent: Sent
    errors: dict[str, list[str]] = field(default_factory=dict)


def choosing(where: Where, asked: Asked, selection: Selection) -> HttpResponse | Kept:
    """The page; or the change, once it is fully said.

    Raises
    ------
    Stopped
        If none of the records can be changed, or they are not those that were selected.
    """
    _refuse_too_many(selection)
    posted = where.request.POST
    choice = _chosen(where, asked, posted)
    done = posted.get("_do", "")
    if done == moves.SAVE and choice.offer is not None:
        change = change_of(choice.offer, choice.how, choice.sent, spec=where.spec, viewer=where.viewer, base=where.base)
        choice.errors = wrong_with(change)
        if not choice.errors:
            return _kept(where, asked, selection, choice)
    elif done == moves.SAVE:
        choice.errors = {WHAT: ["Choose what to change."]}
    return _page(where, asked, selection, choice)


def _chosen(where: Where, asked: Asked, posted: Mapping[str, str]) -> Choice:
    offers = offers_of(where, asked.type)
    offer = offers.get(posted.get(WHAT, ""))
    if offer is None:
        return Choice(None, "", Sent())
    request = where.request
    sent = tree_of((name, request.POST.getlist(name)) for name in request.POST)
    if (do := posted.get("_do", "")) not in ("", moves.SAVE, moves.REDRAW):
        sent = moves.moved(sent, do)
    how = posted.get(HOW, "")
    return Choice(offer, how if how in offer.hows else offer.hows[0], sent)


def _kept(where: Where, asked: Asked, selection: Selection, choice: Choice) -> Kept:
    """The change with its records, looked at."""
    assert choice.offer is not None
    change = change_of(choice.offer, choice.how, choice.sent, spec=where.spec, viewer=where.viewer, base=where.base)
    kept = Kept(
        TableImport(),
        title=_title(choice.offer, choice.how, change, where),
        what=choice.offer.name,
        how=choice.how,
        pairs=tuple(choice.sent.at(choice.offer.path[0]).pairs(choice.offer.path[0])),
        type=asked.type,
        query=query_of(asked),
        count=selection.count,
        by_query=selection.by_query,
        rows=tuple(versions_of(where, selection)),
    )
    return begun(where, looked(where, kept, kept.change(where)))


def deleting(where: Where, asked: Asked, selection: Selection) -> Kept:
    """The deletion of selected records, to be looked at.

    Raises
    ------
    Stopped
        If they are not those that were selected.
    """
    _refuse_too_many(selection)
    title = f"Delete {words.models_name(where.spec).lower()}"
    kept = Kept(
        TableImport(),
        title=title,
        what=DELETE,
        how="",
        pairs=(),
        type="",
        query=query_of(asked),
        count=selection.count,
        by_query=selection.by_query,
        rows=tuple(versions_of(where, selection)),
    )
    return begun(where, looked(where, kept, kept.change(where)))


def again(where: Where, kept: Kept) -> Kept:
    """The same change, looked at anew: of all that match now, or of those of the records that are still there."""
    before = kept.selection(where)
    _, count = fetch(where.spec, replace(before.query, limit=1), (), viewer=where.viewer)
    if not count:
        raise Stopped("Nothing is selected", "None of the records are there any more.")
    rows = tuple(versions_of(where, replace(before, count=count)))
    new = replace(kept, one=TableImport(), rows=rows, count=count, done=0, steps=(), left_out=frozenset())
    return begun(where, looked(where, new, new.change(where)))


def _refuse_too_many(selection: Selection) -> None:
    if selection.count > MOST:
        found, most = formats.count(selection.count), formats.count(MOST)
        text = f"{found} rows are selected. At most {most} are changed in one go: narrow the list."
        raise Stopped("Too many at once", text)


def _title(offer: Offer, how: str, change: Change, where: Where) -> str:
    """What is done, in words: "Set sex", "Add tags", "Add to cohort Batch 3"."""
    label = offer.label if offer.label[1:2].isupper() else f"{offer.label[:1].lower()}{offer.label[1:]}"
    if isinstance(change, MemberChange):
        name = called(change.other, change.record_id, where.viewer)
        return f"{'Add to' if how == ADD else 'Remove from'} {label} {name}".strip()
    return f"{'Set' if how == SET else HOWS[how]} {label}"


# -- the page ----------------------------------------------------------------------------------------------------------


def _page(where: Where, asked: Asked, selection: Selection, choice: Choice) -> HttpResponse:
    names, count = _names(where, selection)
    control, problems = _control(where, choice)
    ids = [] if selection.by_query else _ids(selection)
    context: dict[str, object] = {
        "where": where,
        "models": words.models_name(where.spec),
        "what": words.counted(where.spec, count),
        "count": count,
        "by_query": selection.by_query,
        "ids": ids,
        "all_name": ALL,
        "names": names,
        "more": max(0, count - len(names)),
        "back": asked.address.url,
        "action": asked.address.elsewhere(f"{where.list_path}bulk/").url,
        "groups": grouped(offers_of(where, asked.type)),
        "choice": choice,
        "hows": [(name, HOWS[name]) for name in choice.offer.hows] if choice.offer else [],
        "control": control,
        "problems": problems,
        "typed": bool(words.type_group(where.spec)) and not asked.type,
        "page": {"publish_url": ""},
        "zone": zone_for(where.request),
    }
    return render(where.request, "portal/bulk/choose.html", context, status=422 if choice.errors else 200)


def _ids(selection: Selection) -> list[str]:
    return next(one.value for one in selection.query.filters if one.path == (IDS, "in")).split(",")


def _names(where: Where, selection: Selection) -> tuple[list[str], int]:
    """The first names, and how many there are; two statements.

    Raises
    ------
    Stopped
        If none of a few records can be changed by this person.
    """
    records, count = fetch(where.spec, replace(selection.query, limit=NAMED), (), viewer=where.viewer)
    unmoved(selection, count)
    gathering = Gathering(where.viewer)
    ask(records, where.spec, (), gathering)
    gathering.run()
    names = [title_of(where.spec, one, gathering) for one in records]
    ids = [where.parse_id(str(one["id"])) for one in records]
    if count <= NAMED and not where.editable(ids):
        text = f"You may change none of the {words.counted(where.spec, count)} that are selected."
        raise Stopped("You may not change these", text, names=names, status=403)
    return names, count


def _control(where: Where, choice: Choice) -> tuple[list[Field], list[Problem]]:
    """The control, drawn with what was typed; and what is wrong, beside it."""
    if choice.offer is None:
        return [], [Problem("what", "", text) for texts in choice.errors.values() for text in texts]
    form, sent = choice.offer.form, choice.sent
    drawn = Sent(parts={node.key: moves.overlaid(node.draw(ABSENT), sent.at(node.key)) for node in form.nodes})
    pickers = pickers_of(where.spec, sent, viewer=where.viewer, given=drawn)
    drawing = Drawing(form, drawn, {}, pickers, portal=where.portal)
    fields = [one for _, found in drawing.sections() for one in found]
    if choice.offer.relation is not None:
        _of_list(where, choice.offer, fields[0])
    return fields, place(fields, choice.errors)


def _of_list(where: Where, offer: Offer, control: Field) -> None:
    """The record with the list is chosen among those of its model, which no form of this one asks for."""
    change = change_of(offer, offer.hows[0], Sent(), spec=where.spec, viewer=where.viewer, base=where.base)
    assert isinstance(change, MemberChange)
    control.options_url = f"{path_of(where.portal, change.other)}options/"
    control.choose = ITSELF
    control.add_url = ""


__all__ = ["HOW", "WHAT", "again", "choosing", "deleting"]
