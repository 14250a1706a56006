"""Views and records that a person keeps in the side bar, in their own order; those they no longer see are left out.

Their names are asked for in the statement of the page, where it has one that asks for names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.http import HttpRequest

from brainstem.apps.users.list_models import PINS
from brainstem.apps.users.signed_in import Person, keep, kept, saved_views
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Conflict, Missing
from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.beside import Names

from .asking import views_of
from .faces import face_of
from .gathering import Gathering, caption
from .where import offered, path_of

MOST = 30
PORTAL = "private"
VIEW, RECORD = "view", "record"


@dataclass(frozen=True)
class Pin:
    """What is pinned: a view by its name in addresses, or a record by its identifier."""

    model: str
    kind: str
    name: str


@dataclass(frozen=True)
class Shown:
    """A pin as it stands in the side bar."""

    pin: Pin
    label: str
    url: str
    icon: str


def pins_of(user: Person) -> list[Pin]:
    """What a person has pinned, in their order; also what they no longer see."""
    return [Pin(**one) for one in kept(user, PINS) or []]


def ask(request: HttpRequest, gathering: Gathering) -> None:
    """Say that the names of pinned records are needed."""
    if gathering.viewer.portal != PORTAL:
        return
    ids: dict[str, list[str]] = {}
    for one in pins_of(request.user):
        if one.kind == RECORD and one.model in specs():
            ids.setdefault(one.model, []).append(one.name)
    for label, some in ids.items():
        gathering.ask(("pinned", label), names_in(specs()[label], some))


def names_in(spec: Spec, ids: Sequence[str]) -> Names:
    """The names of records that the viewer may open."""
    return Names(spec, tuple(ids), columns=face_of(spec).title or ("id",), hop=False)


def told(request: HttpRequest, gathering: Gathering) -> None:
    """Take the names, for the side bar of this page."""
    if gathering.viewer.portal == PORTAL:
        request._pinned = _shown(request.user, gathering)  # type: ignore[attr-defined]


def shown(request: HttpRequest, viewer: Viewer) -> list[Shown]:
    """The pins of the side bar; a statement of their own only if records are pinned and nobody asked for them."""
    if not hasattr(request, "_pinned"):
        gathering = Gathering(viewer)
        ask(request, gathering)
        gathering.run()
        told(request, gathering)
    found: list[Shown] = getattr(request, "_pinned", [])
    return found


def _shown(user: Person, gathering: Gathering) -> list[Shown]:
    views = {(one.model, one.slug): one.name for one in saved_views(user)}
    found = []
    for pin in pins_of(user):
        spec = specs().get(pin.model)
        if spec is None or not offered(spec, PORTAL):
            continue
        if pin.kind == VIEW:
            label = views.get((pin.model, pin.name)) or dict(views_of(spec, gathering.viewer)).get(pin.name, "")
            url, icon = f"{path_of(PORTAL, spec)}?view={pin.name}", "bookmark"
        else:
            texts = gathering.told(("pinned", pin.model)).get(pin.name)
            label = caption(spec, texts, pin.name) if texts is not None else ""
            url, icon = f"{path_of(PORTAL, spec)}{pin.name}/", face_of(spec).icon
        if label:
            found.append(Shown(pin, label, url, icon))
    return found


def parse_pin(model: str, kind: str, name: str, *, user: Person, viewer: Viewer) -> Pin:
    """What a form wants to pin.

    Raises
    ------
    Missing
        If there is no such view or record that the person sees.
    """
    spec = specs().get(model)
    if spec is None or not offered(spec, PORTAL):
        raise Missing
    if kind == VIEW:
        known = {one.slug for one in saved_views(user, model)} | dict(views_of(spec, viewer)).keys()
        if name in known:
            return Pin(model, VIEW, name)
    elif kind == RECORD:
        try:
            pk = spec.parse_id(name, below=2**31)
        except ValueError:
            pk = None
        if pk is not None and viewer.seen(spec, [pk], hop=False):
            return Pin(model, RECORD, str(pk))
    raise Missing


def add(user: Person, pin: Pin, seen: Sequence[Pin]) -> None:
    """Pin something below the others; where there are too many, those that are no longer seen yield.

    Raises
    ------
    Conflict
        If there are too many that are seen.
    """
    pins = pins_of(user)
    if pin in pins:
        return
    if len(pins) >= MOST:
        pins = [one for one in pins if one in seen]
    if len(pins) >= MOST:
        raise Conflict(f"{MOST} views and records are pinned, and no more can be. Unpin one first.")
    write(user, [*pins, pin])


def move(user: Person, pin: Pin, by: int, seen: Sequence[Pin]) -> None:
    """Move a pin up or down among those that are seen."""
    order = [one for one in seen if one != pin]
    if pin in seen:
        order.insert(max(0, seen.index(pin) + by), pin)
    write(user, [*order, *(one for one in pins_of(user) if one not in seen)])


def write(user: Person, pins: Sequence[Pin]) -> None:
    """Keep these pins in this order."""
    keep(user, PINS, [asdict(one) for one in pins] or None)


__all__ = [
    "PORTAL",
    "RECORD",
    "VIEW",
    "Pin",
    "Shown",
    "add",
    "ask",
    "move",
    "names_in",
    "parse_pin",
    "pins_of",
    "shown",
    "told",
    "write",
]
