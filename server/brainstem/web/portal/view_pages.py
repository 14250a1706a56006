"""The page where the views of a list are saved, shared, renamed and deleted, and where one says what it opens with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from brainstem.apps.users import saved_views as views
from brainstem.apps.users.list_models import DEFAULT
from brainstem.apps.users.signed_in import Saved, keep, saved_views
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Conflict, Forbidden, Invalid, Missing, QueryError

from . import layers, pins, withheld, words
from .address import Address
from .asking import PER, Asked, asked_in, views_of
from .selection import list_asked
from .viewing import grouped
from .where import Where, page


@page
def view_page(where: Where) -> HttpResponse:
    """The views of a list; sent as a form, what is done with one of them."""
    if not where.writes:
        raise Missing
    if where.request.method != "POST":
        return _shown(where)
    act = _ACTS.get(where.request.POST.get("_do", ""))
    if act is None:
        return HttpResponseRedirect(_path(where))
    try:
        return HttpResponseRedirect(act(where), status=303)
    except QueryError:
        raise
    except (Invalid, Conflict) as refused:
        return _shown(where, str(refused), 409 if isinstance(refused, Conflict) else 422)


def _shown(where: Where, problem: str = "", status: int = 200) -> HttpResponse:
    asked, mine = asked_in(where), _private(where)
    groups = grouped(saved_views(where.request.user, where.spec.label))
    slug = where.request.GET.get("_delete", "")
    choices = [("", "all records"), *views_of(where.spec, where.viewer)]
    choices += [(one.slug, one.name) for _, some in groups for one in some]
    context = {
        "where": where,
        "models": words.models_name(where.spec),
        "groups": groups,
        "asked": asked,
        "holders": views.holders(mine),
        "choices": choices,
        "query": asked.address.elsewhere("").url,
        "back": asked.address.elsewhere(where.list_path).url,
        "path": f"{where.list_path}views/",
        "problem": problem,
        "name": where.request.POST.get("name", ""),
        "holder": where.request.POST.get("holder", ""),
        "pinned": {one.name for one in pins.pins_of(where.request.user) if one.model == where.spec.label},
        "deletes": _seen(where, slug) if slug else None,
    }
    return render(where.request, "portal/views.html", context, status=status)


def _private(where: Where) -> Viewer:
    """The person, with the roles that they hold: not as an administrator of everything."""
    return Viewer(where.viewer.actor, "private")


def _path(where: Where) -> str:
    query = where.request.META.get("QUERY_STRING", "")
    return f"{where.list_path}views/" + (f"?{query}" if query else "")


def _seen(where: Where, slug: str) -> Saved:
    found = next((one for one in saved_views(where.request.user, where.spec.label) if one.slug == slug), None)
    if found is None:
        raise Missing
    return found


def _changeable(where: Where, slug: str) -> Saved:
    found = _seen(where, slug)
    if not found.may_change:
        raise Forbidden(f"Only managers and owners of this {found.kind} change the views that it shares.")
    return found


# -- what is saved -----------------------------------------------------------------------------------------------------


def query_of(asked: Asked) -> str:
    """All layers of a list as a query string, without what the person may not see of them."""
    pairs = [pair for pair in asked.spelled.pairs if layers.layer_of(pair[0]) == layers.FILTER]
    pairs = [pair for pair in pairs if pair != layers.NO_FILTER]
    if asked.stored is None:  # the conditions of a view that comes with the list are written out
        found = zip(asked.filters, asked.pairs, strict=True)
        pairs += [(".".join(one.path), one.value) for one, pair in found if pair is None and one is not asked.active]
    address = asked.layout.within(Address("", tuple(pairs))).at(sort=asked.sort, density=asked.density)
    return (address.at(per=asked.per) if asked.per != PER else address).url.removeprefix("?")


def _save(where: Where) -> str:
    """The list in the place of the view that it was changed from."""
    asked = list_asked(where)
    if asked.stored is None:
        raise Missing
    one = _changeable(where, asked.stored.slug)
    query = query_of(asked)
    if asked.inherited:  # as it is, with what this manager may not see
        known = Address.of("", one.query).pairs
        kept = tuple(pair for pair in known if layers.layer_of(pair[0]) == layers.FILTER)
        others = Address.of("", query).pairs
        pairs = kept + tuple(pair for pair in others if layers.layer_of(pair[0]) != layers.FILTER)
        query = Address("", pairs).url.removeprefix("?")
    views.rewrite(one.slug, query)
    messages.success(where.request, f"View “{one.name}” saved.")
    return f"{where.list_path}?view={one.slug}"


def _save_as(where: Where) -> str:
    """The list as a new view."""
    sent = where.request.POST
    holder = views.holder_of(sent.get("holder", ""), _private(where))
    asked = withheld.guarded_alone(list_asked(where))
    made = views.create(sent.get("name", ""), model=where.spec.label, query=query_of(asked), holder=holder)
    messages.success(where.request, f"View “{made.name}” saved.")
    return f"{where.list_path}?view={made.slug}"


# -- what is done with views -------------------------------------------------------------------------------------------


def _rename(where: Where) -> str:
    one = _changeable(where, where.request.POST.get("view", ""))
    renamed = views.rename(one.slug, where.request.POST.get("name", ""))
    messages.success(where.request, f"View “{one.name}” is “{renamed.name}” now.")
    return f"{where.list_path}views/"


def _delete(where: Where) -> str:
    one = _changeable(where, where.request.POST.get("view", ""))
    views.delete(one.slug)
    messages.success(where.request, f"View “{one.name}” deleted.")
    return f"{where.list_path}views/"


def _open(where: Where) -> str:
    """What the list opens with."""
    name, label = where.request.POST.get("view", ""), where.spec.label
    if name and name not in dict(views_of(where.spec, where.viewer)):
        _seen(where, name)
    keep(where.request.user, DEFAULT, {"view": name} if name else None, label)
    messages.success(where.request, "Saved: this is what the list opens with.")
    return f"{where.list_path}views/"


_ACTS: Mapping[str, Callable[[Where], str]] = {
    "save": _save, "save_as": _save_as, "rename": _rename, "delete": _delete, "open": _open,
}  # fmt: skip

__all__ = ["query_of", "view_page"]
