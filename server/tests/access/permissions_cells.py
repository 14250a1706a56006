"""The cells of the permission matrix: what is asked over HTTP, and what of the answer is held against the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ..over_socket import Direct, Wire
from .permissions_model import ASKING, HISTORIES, PEOPLE, TAKING_BACK, VERBS, Model
from .permissions_model import Person as Role
from .permissions_world import MEASURED, MOMENT, World

PEOPLE_KEYS = ("email", "users", "groups", "created_by")
READS = ("list", "detail", "OPTIONS", "GET difference", "GET deleted", *ASKING, *HISTORIES)
BODIES: dict[str, dict[str, Any]] = {
    "add_entry": {"date_time": "2026-02-02T10:00:00Z", "details": MEASURED},
    "change_entry": {"date_time": MOMENT, "notes": "tail wet"},
    "remove_entry": {"date_time": MOMENT},
    "accept": {"comment": "Fine."},
    "reject": {"comment": "No."},
    "request_revision": {"comment": "Which one?"},
}


@dataclass(frozen=True)
class Cell:
    """One question, with the answer that the contract gives and the one that came."""

    portal: str
    person: str
    model: str
    verb: str
    is_open: bool
    expected: str
    found: str

    def __str__(self) -> str:
        where = " (public roots)" if self.is_open else ""
        return (
            f"{self.portal} {self.person} {self.model} {self.verb}{where}: expected {self.expected}, got {self.found}"
        )


def cells(
    world: World, wire: Wire | Direct, rules: Model, portal: str, model: str, *, only: str = ""
) -> Iterator[Cell]:
    """Every cell of one model in one portal, or those of one person; each asked when it is its turn."""
    asker = _Asker(world, wire, portal, model)
    for is_open in (False, True):
        with transaction.atomic():
            if is_open:
                world.open_roots()
            # What is public changes what is seen; writing has nothing to do with it.
            verbs = ("list", "detail") if is_open else (*VERBS, "OPTIONS", *rules.actions(model))
            for person in (one for one in PEOPLE if only in ("", one.name)):
                for verb in verbs:
                    expected = rules.expected(portal, person, model, verb, is_open=is_open)
                    found = asker.outcome(person, verb)
                    yield Cell(portal, person.name, model, verb, is_open, expected, found)
            transaction.set_rollback(True)


class _Asker:
    """Asks about one model in one portal."""

    def __init__(self, world: World, wire: Wire | Direct, portal: str, model: str) -> None:
        self.world, self.wire, self.portal, self.model = world, wire, portal, model
        self.row = world.rows[model]
        self.list_path = f"{portal}/{world.paths[model]}/"
        self.path = f"{self.list_path}{self.row}/"
        boss = world.lab.admin.token
        status, body = wire.send("GET", f"super/{world.paths[model]}/{self.row}/", token=boss)
        assert status == 200, body
        self.record = next(iter(body.values()))

    def outcome(self, person: Role, verb: str) -> str:
        """What one request led to, as the model words it; nothing of it stays."""
        token = self.world.tokens[person.name]
        request = self._request(verb, token)
        if verb in READS:
            status, body = self.wire.send(*request, token=token)
        else:
            with transaction.atomic():
                status, body = self.wire.send(*request, token=token)
                transaction.set_rollback(True)
        return f"{status}{self._remark(verb, body)}" if status < 300 else str(status)

    def _request(self, verb: str, token: str | None) -> tuple[str, str, Any]:
        if verb == "list":
            return "GET", f"{self.list_path}?filter{{id}}={self.row}", None
        if verb == "list history":
            return "GET", f"{self.list_path}history/?limit=100", None
        if verb in ("detail", "OPTIONS", "DELETE"):
            return {"detail": "GET"}.get(verb, verb), self.path, None
        if verb == "add":
            return "POST", self.list_path, self.world.additions.get(self.model, {"name": "x"})
        if verb == "PUT":
            return "PUT", self.path, self._whole(token)
        if verb == "PATCH" or verb.startswith("change"):
            return "PATCH", self.path, self._change(verb)
        if verb in TAKING_BACK:
            return self._taking_back(verb)
        method, name, *level = verb.split()
        body = self._invitation(*level) if name == "invite" else BODIES.get(name)
        return method, f"{self.path}{name}/", None if method == "GET" else body

    def _taking_back(self, verb: str) -> tuple[str, str, Any]:
        first, second = self.world.events.get(self.model, ("", ""))
        return {
            "POST revert": ("POST", f"{self.path}revert/", {"to": first}),
            "POST undo": ("POST", f"{self.portal}/history/{second}/undo/", None),
            "GET deleted": ("GET", f"{self.list_path}deleted/", None),
            "POST restore": ("POST", f"{self.list_path}deleted/{self.world.gone.get(self.model)}/restore/", None),
        }[verb]

    def _whole(self, token: str | None) -> dict[str, Any]:
        """The record as the person sees it, else as it is, with one key changed."""
        status, body = (0, None) if self.portal != "private" else self.wire.send("GET", self.path, token=token)
        record = next(iter(body.values())) if status == 200 else self.record
        return record | self.world.changes[self.model]

    def _invitation(self, level: str = "") -> dict[str, Any]:
        flags = {"manage_project": True, "new_manager": True} if level else {}
        return {"email": self.world.users["stranger"].email, **flags}

    def _change(self, verb: str) -> dict[str, Any]:
        stranger = self.world.users["stranger"].email
        return {
            "PATCH": self.world.changes[self.model],
            "change users": {"users": {stranger: {}}},
            "change managers": {"users": {stranger: {"is_manager": True}}},
            "change is_public": {"is_public": True},
        }[verb]

    def _remark(self, verb: str, body: Any) -> str:
        if verb in ("list", "GET deleted"):
            wanted = self.record["id"] if verb == "list" else self.world.gone[self.model]
            return " with it" if [row["id"] for row in next(iter(body.values()))] == [wanted] else " without it"
        if verb == "list history":
            found = self.record["id"] in {one["record"] for one in body["history"]}
            return " with it" if found else " without it"
        key, record = next(iter(body.items())) if body else ("", {})
        if verb == "detail":
            return " with people" if any(record.get(name) for name in PEOPLE_KEYS) else ""
        proposed = (
            verb in ("add", "PATCH", "PUT", "POST revert")
            and key.endswith("approval")
            and not self.model.endswith("approval")
        )
        return " as a proposal" if proposed else ""


__all__ = ["Cell", "cells"]
