"""The records that a person opened last, on their start page: as many as fit, and only those that they still see."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from brainstem.apps.users.list_models import RECENT
from brainstem.apps.users.signed_in import Person, keep, kept
from brainstem.core.model.registry import specs
from brainstem.core.sql.noting import note_if_free

from . import words
from .faces import face_of
from .gathering import Gathering, caption
from .pins import PORTAL, names_in
from .where import Where, offered, path_of

MOST = 20


@dataclass(frozen=True)
class Opened:
    """A record that was opened."""

    title: str
    url: str
    icon: str
    model: str


def note(where: Where, record_id: object) -> None:
    """Note that a record was opened; the small write is left out while the database is busy."""
    if where.portal != PORTAL or where.request.method != "GET":
        return
    user, label, name = where.request.user, where.spec.label, str(record_id)
    known = kept(user, RECENT) or []
    if known and (known[0]["model"], known[0]["id"]) == (label, name):
        return
    others = [one for one in known if (one["model"], one["id"]) != (label, name)]
    opened = [{"model": label, "id": name, "at": timezone.now().isoformat(timespec="seconds")}, *others][:MOST]
    note_if_free(lambda: keep(user, RECENT, opened))


def ask(user: Person, gathering: Gathering) -> None:
    """Say that their names are needed."""
    ids: dict[str, list[str]] = {}
    for one in kept(user, RECENT) or []:
        if one["model"] in specs():
            ids.setdefault(one["model"], []).append(one["id"])
    for label, some in ids.items():
        gathering.ask(("opened", label), names_in(specs()[label], some))


def shown(user: Person, gathering: Gathering) -> list[Opened]:
    """The records opened last, the last one first."""
    found = []
    for one in kept(user, RECENT) or []:
        spec, texts = specs().get(one["model"]), gathering.told(("opened", one["model"])).get(one["id"])
        if spec is not None and texts is not None and offered(spec, PORTAL):
            url = f"{path_of(PORTAL, spec)}{one['id']}/"
            name = words.sentence(words.model_name(spec))
            found.append(Opened(caption(spec, texts, one["id"]), url, face_of(spec).icon, name))
    return found


__all__ = ["Opened", "ask", "note", "shown"]
