"""Adding, changing and duplicating records: one form for every model, which works without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, wraps
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods

from brainstem.apps.users.formats import formats_of
from brainstem.apps.users.time_zones import is_zone, zone_of
from brainstem.core.model.registry import spec_of
from brainstem.core.text.shown import shown
from brainstem.core.text.words import nearest

from ..fragments import FRAGMENT, is_fragment
from ..where import answered
from ..words import label_of
from . import drafts, moves
from .alone import alone, asked_for
from .columns import default_of
from .copying import copied
from .description import Form, form_of, selectors
from .doors import Door, to_add, to_change, to_copy, to_suggest
from .drafts import Kept, place_of
from .logs import brought_up, settled
from .made import made_in_dialog
from .meeting import values_at
from .merging import Base, base_of
from .nodes import ABSENT, WAS
from .pages import Page, asked_about, drawn, known_names, leftovers, page_of, prefilled, restored, told
from .parts import TAKE
from .reading import Outcome, pruned, strays
from .saving import Order, Refused, Stored, overtaken, save, stored
from .sent import Sent, tree_of
from .starting import projects_of
from .tagging import suggested
from .telling import tell_written
from .typed import as_stored
from .writers import last_writer

View = Callable[..., HttpResponse]
MOST_UNKNOWN = 20  # names that are told at once


class SeeOther(HttpResponseRedirect):
    """303: what was sent is done, and the page to look at is another one."""

    status_code = 303


@dataclass(frozen=True)
class Case:
    """One request for a form: ``values`` is what it starts from, ``copies`` whether that is another record.

    ``version`` is that of the record to change, ``only`` the one field that is asked for, if it is not the whole form.
    """

    door: Door
    values: Mapping[str, object]
    copies: bool = False
    version: str = ""
    only: str = ""

    @property
    def is_new(self) -> bool:
        """Whether it adds a record."""
        return self.door.record_id is None or self.copies

    def form(self, sent: Sent) -> Form:
        """The form for the chosen types, or its one field."""
        door = replace(self.door, record_id=None) if self.is_new else self.door
        chosen = {name: sent.at(name).text or str(self.values.get(name) or "") for name in selectors(door.spec)}
        if not self.is_new:
            fixed = door.spec.resource.create_only
            chosen |= {name: str(self.values.get(name) or "") for name in chosen if name in fixed}
        form = form_of(door.spec, chosen, zone=self.zone(sent), without=door.withheld)
        return alone(form, self.only) if self.only else form

    def zone(self, sent: Sent) -> str:
        """The zone in which the form was drawn, else that of the person's profile."""
        drawn_in = sent.at("_zone").text
        return drawn_in if is_zone(drawn_in) else zone_of(self.door.request.user)

    def read(self, form: Form, sent: Sent) -> Sent:
        """What was sent, with what an earlier type had no control for, and with numbers as they are stored."""
        return as_stored(form, restored(form, sent), formats_of(self.door.request.user).number)


def page_of_forms(view: View) -> View:
    """A page of the forms, with the answers that all pages share."""

    @wraps(view)
    def answer(request: HttpRequest, **named: str) -> HttpResponse:
        return answered(request, lambda: view(request, **named))

    return require_http_methods(["GET", "HEAD", "POST"])(answer)


@page_of_forms
def add(request: HttpRequest, portal: str, app: str, model: str) -> HttpResponse:
    """A new record: ``add/?type=Weighing&subject=...`` draws the form of that type, filled in."""
    door = to_add(request, portal, app, model)
    return _answer(Case(door, _defaults(door)))


@page_of_forms
def change(request: HttpRequest, portal: str, app: str, model: str, record: str) -> HttpResponse:
    """A record to change."""
    door = to_change(request, portal, app, model, record)
    held = stored(door.spec, door.record_id, viewer=door.viewer)
    return _answer(Case(door, held.values, version=held.version))


@page_of_forms
def field(request: HttpRequest, portal: str, app: str, model: str, record: str) -> HttpResponse:
    """One field of a record, ``?name=``, as its page changes it; a fragment for the script of that page."""
    door = to_change(request, portal, app, model, record)
    name = asked_for(request.GET)
    held = stored(door.spec, door.record_id, viewer=door.viewer)
    return _answer(Case(door, held.values, version=held.version, only=name))


@page_of_forms
def duplicate(request: HttpRequest, portal: str, app: str, model: str, record: str) -> HttpResponse:
    """A new record like this one, with the next name."""
    door = to_copy(request, portal, app, model, record)
    values = stored(door.spec, door.record_id, viewer=door.viewer).values
    return _answer(Case(door, copied(door.spec, values, viewer=door.viewer), copies=True))


@page_of_forms
def tags(request: HttpRequest, portal: str, app: str, model: str) -> HttpResponse:
    """Tags to suggest for what was typed, ``?q=``, as a fragment."""
    door = to_suggest(request, portal, app, model)
    found = suggested(door.spec, request.GET.get("q", ""), viewer=door.viewer)
    return render(request, "portal/forms/tags.html", {"tags": found})


# -- one request ------------------------------------------------------------------------------------------------------


def _answer(case: Case) -> HttpResponse:
    if case.door.request.method != "POST":
        return _fresh(case)
    request = case.door.request
    sent = tree_of((name, request.POST.getlist(name)) for name in request.POST)
    form = case.form(sent)
    sent = case.read(form, sent)
    if mark := sent.at(drafts.DISCARD).text:
        return _discarded(case, mark)
    do = sent.at("_do").text or moves.SAVE
    if do == moves.CONTINUE:
        return _continued(case, sent)
    if do not in (moves.SAVE, moves.ANOTHER):
        if form.log is not None and not case.is_new:
            sent.parts[form.log.key] = settled(form.log, sent, case.values.get(form.log.key))
        return _shown(case, moves.moved(sent, do))
    if errors := _unknown(case, form, sent):
        return _shown(case, sent, errors=errors, status=422)
    if _would_lose(form, sent):
        return _shown(case, sent, errors={"non_field_errors": [_TYPE_CHANGED]}, status=422)
    return _saved(case, form, sent, another=do == moves.ANOTHER and not case.only)


_TYPE_CHANGED = (
    "The type was changed, and some values have no place in the new one. They are listed below, and are left out when"
    " you save."
)


def _fresh(case: Case) -> HttpResponse:
    """The form as it is opened; ``?_draft=`` continues a draft."""
    request = case.door.request
    if case.only:
        return _shown(case, drawn(case.form(Sent()), case.values))
    name, place = request.GET.get(drafts.DRAFT, ""), place_of(case.door, copies=case.copies)
    if name and (kept := drafts.found(case.door, place, name, case.version)):
        return _continued(case, kept.sent, kept)
    if name:
        messages.info(request, "This draft is no longer kept: it was saved or discarded, or is older than 30 days.")
    given = {name: request.GET.getlist(name) for name in request.GET} if case.is_new else {}
    starts = projects_of(case.door, given) if case.is_new and not case.copies else []
    query = tree_of([*given.items(), *starts])
    form = case.form(query)
    sent = drawn(form, case.values)
    return _shown(case, prefilled(form, sent, query), kept=drafts.offered(case.door, place, case.version))


def _continued(case: Case, sent: Sent, kept: Kept | None = None) -> HttpResponse:
    """The form with what was typed before, merged with what others have saved since; asks about what both changed."""
    form = case.form(sent)
    sent = case.read(form, sent)
    if case.is_new:
        return _shown(case, sent, continued=kept)
    # Sides that were chosen are for the record as it was then: whose words go is asked again.
    asked = Sent(sent.texts, {key: part for key, part in sent.parts.items() if key != TAKE})
    order, held = Order(form, asked, case.door.viewer, case.door.record_id), Stored(case.values, case.version)
    met = overtaken(order, held)
    base, shown = _redrawn(case, form, sent, met)
    return _shown(case, shown, base=base, met=met, continued=kept)


def _discarded(case: Case, mark: str) -> HttpResponse:
    """A draft is thrown away; then the form as it was opened."""
    request = case.door.request
    if not drafts.end(case.door, place_of(case.door, copies=case.copies), [mark]):
        messages.info(request, "This draft was written again meanwhile, and is still kept.")
    return SeeOther(request.path if drafts.DRAFT in request.GET else request.get_full_path())


def _saved(case: Case, form: Form, sent: Sent, *, another: bool) -> HttpResponse:
    door, request = case.door, case.door.request
    record_id = None if case.is_new else door.record_id
    order = Order(form, sent, door.viewer, record_id, case.values if case.is_new else {}, whole=case.copies)
    if case.copies:
        order = replace(order, copies_of=door.record_id)
    files = {name: request.FILES[name] for name in request.FILES}
    try:
        written = save(order, files)
    except Refused as refused:
        return _refused(case, form, sent, refused)
    drafts.end(door, place_of(door, copies=case.copies), sent.at(drafts.DRAFT).texts or ())
    if request.headers.get("Brainstem-Form") == "dialog":
        return made_in_dialog(door, written)
    tell_written(door, written, is_new=case.is_new, field=form.sections[0].title if case.only else "")
    spec = spec_of(written.record)
    if another:
        return _leading(request, f"{door.list_url}add/{_again(form, sent)}")
    stands = "review/" if spec.tree.keeps_proposals else ""
    return _leading(request, f"/{door.portal}/{spec.app}/{spec.segment}/{written.record.pk}/{stands}")


def _leading(request: HttpRequest, url: str) -> HttpResponse:
    """To the next page. A script that sent the form follows by itself, or the page's messages would be lost to it."""
    if request.headers.get("Brainstem-Form") != "script":
        return SeeOther(url)
    return HttpResponse(status=204, headers={"Brainstem-Location": url})


def _refused(case: Case, form: Form, sent: Sent, refused: Refused) -> HttpResponse:
    """The form with everything typed. After a conflict it is drawn from the record as it is now."""
    if refused.stored is not None:
        case = replace(case, values=refused.stored.values, version=refused.stored.version)
    base, shown = _redrawn(case, form, sent, refused)
    errors = dict(refused.errors)
    for name in dict.fromkeys(conflict.at for conflict in refused.conflicts):
        errors.setdefault(name, []).append("Somebody else changed this while you wrote. Choose which to keep.")
    return _shown(case, shown, errors=errors, base=base, met=refused, status=refused.status)


def _redrawn(case: Case, form: Form, sent: Sent, met: Outcome | Refused) -> tuple[Base, Sent]:
    """The base and the controls with what was merged: those of the record as it is now, if others have changed it."""
    base = Base.parsed(sent.at("_base").text)
    if met.conflicts or met.merged:
        base = base_of(form, case.values, case.version)
    for path, part in [*met.merged.items(), *((one.path, one.mine) for one in met.conflicts if not one.control)]:
        if part.is_there:
            _replace(sent, path, part)
    shown = pruned(form, sent)
    if form.log is not None and not case.is_new:
        shown.parts[form.log.key] = brought_up(form.log, shown, case.values.get(form.log.key))
    return base, shown


def _shown(
    case: Case,
    sent: Sent,
    *,
    errors: Mapping[str, list[str]] | None = None,
    base: Base | None = None,
    met: Outcome | Refused | None = None,
    kept: Sequence[Kept] = (),
    continued: Kept | None = None,
    status: int = 200,
) -> HttpResponse:
    form = case.form(sent)
    if base is None:
        came = sent.at("_base").text
        base = Base.parsed(came) if came else base_of(form, case.values, case.version)
    door = case.door
    page = page_of(
        door,
        form,
        sent,
        values=case.values,
        zone=case.zone(sent),
        base=base,
        errors=errors or {},
        copies=case.copies,
    )
    page.only = case.only
    page.drafts, page.continued = kept, continued
    if not case.is_new:
        _tell_met(case, form, page, sent, met)
    return _rendered(door.request, page, status)


def _tell_met(case: Case, form: Form, page: Page, sent: Sent, met: Outcome | Refused | None) -> None:
    """Say on the page what others changed meanwhile: what both changed, also if that was asked before, and the rest."""
    conflicts = list(met.conflicts) if met is not None else []
    if sent.at(TAKE).is_there:
        known = {one.path for one in conflicts}
        asked = asked_about(form, sent, case.values, cache(lambda version: _at_version(case, form, version)))
        conflicts += [one for one in asked if one.path not in known]
    page.conflicts = told(conflicts, page, sent)
    page.merged = [label_of(path[-1]) for path in met.merged] if met is not None else []
    partly = dict.fromkeys(one.path for one in conflicts if one.part is not None and one.part.more)
    page.merged += [f"other parts of {label_of(path[-1])}" for path in partly]
    if page.conflicts or page.merged:
        page.who = last_writer(case.door, case.zone(sent), {one.path[0] for one in conflicts})


def _at_version(case: Case, form: Form, version: str) -> Mapping[str, object] | None:
    return values_at(form, case.door.record_id, version, stored=case.values, viewer=case.door.viewer)


def _rendered(request: HttpRequest, page: Page, status: int) -> HttpResponse:
    if not page.only:
        return render(request, "portal/forms/page.html", {"page": page}, status=status)
    frame = "portal/forms/fragment.html" if is_fragment(request) else "portal/forms/alone.html"
    response = render(request, frame, {"page": page}, status=status)
    patch_vary_headers(response, [FRAGMENT])
    return response


# -- parts ------------------------------------------------------------------------------------------------------------


def _defaults(door: Door) -> dict[str, object]:
    """What a new record gets where nothing is said."""
    found = {name: default_of(door.spec, name) for name in door.spec.keys if door.spec.writable(name)}
    return {name: value for name, value in found.items() if value is not ABSENT}


def _unknown(case: Case, form: Form, sent: Sent) -> dict[str, list[str]]:
    """Names of no control, unless they belong to the type that the form was drawn for."""
    request, known = case.door.request, known_names(form)
    names = sorted({node.key for node in form.nodes} | known)
    files = [name for name in request.FILES if name not in names]
    changed = _changed_types(form, sent)
    wrong = [".".join(path) for path, _ in strays(form, sent, known) if not (changed and len(path) > 1)]
    return {
        name: [f"The form has no field {shown(name)}.{nearest(name, names)}"]
        for name in [*wrong, *files][:MOST_UNKNOWN]
    }


def _changed_types(form: Form, sent: Sent) -> bool:
    return any(
        sent.at(WAS, name).texts is not None and sent.at(WAS, name).text != sent.at(name).text
        for name in selectors(form.spec)
    )


def _would_lose(form: Form, sent: Sent) -> bool:
    """Whether values of another type would be left out that the person was not told of yet."""
    told_before = {name for name, text in sent.at("_kept").pairs("_kept") if text}
    return any(name not in told_before for name, _ in leftovers(form, sent))


def _again(form: Form, sent: Sent) -> str:
    """The query string of a form for another record in the same place."""
    place = form.spec.tree.place
    names = [name for name in ("type", place) if name and sent.at(name).is_there]
    pairs = [(name, text) for name in names for text in sent.at(name).texts or () if text]
    return f"?{urlencode(pairs)}" if pairs else ""


def _replace(sent: Sent, path: tuple[str, ...], part: Sent) -> None:
    at = sent
    for key in path[:-1]:
        at = at.parts.setdefault(key, Sent())
    at.parts[path[-1]] = part


__all__ = ["add", "change", "duplicate", "field", "page_of_forms", "tags"]
