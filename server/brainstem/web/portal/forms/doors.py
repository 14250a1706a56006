"""Who may open which form: the same answers as the API gives, as pages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest

from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Forbidden
from brainstem.core.model.registry import Spec, routes
from brainstem.core.model.trees import Role
from brainstem.core.write.proposals import approvals_of
from brainstem.core.write.rights import may_add, may_edit
from brainstem.web.shell import PUBLIC, SUPER, offered

from ..where import path_of, viewer_in
from .columns import control_of
from .description import SHARING


@dataclass(frozen=True)
class Door:
    """An opened form: whose, of which model, and of which record if it is not a new one."""

    request: HttpRequest
    portal: str
    spec: Spec
    viewer: Viewer
    record_id: Any = None

    @property
    def list_url(self) -> str:
        """Address of the list of the model."""
        return path_of(self.portal, self.spec)

    @property
    def url(self) -> str:
        """Address of the record, or of the list for a new one."""
        return self.list_url if self.record_id is None else f"{self.list_url}{self.record_id}/"

    @property
    def proposes(self) -> bool:
        """Whether what is sent is a proposal that administrators decide on."""
        return approvals_of(self.spec) is not None and not self.viewer.actor.is_admin

    @cached_property
    def withheld(self) -> frozenset[str]:
        """Keys that this person may not set, whose controls are left out; asked once for all drawings of a form."""
        spec = self.spec
        if self.record_id is None:
            return _elsewhere(spec, self.portal)
        left = set(fixed(spec, self.portal))
        shared = [name for name in SHARING if name in spec.keys and control_of(spec, name, "UTC") is not None]
        if spec.tree.holds_roles and shared:
            for name, level in (("is_public", Role.OWNER), ("authenticated_groups", Role.MANAGER)):
                if not self.viewer.editable(spec, [self.record_id], level=level):
                    left.add(name)
        return frozenset(left)


def fixed(spec: Spec, portal: str) -> frozenset[str]:
    """Keys of a stored record that nobody changes in its form."""
    return _elsewhere(spec, portal) | frozenset(spec.resource.create_only)


def _elsewhere(spec: Spec, portal: str) -> frozenset[str]:
    # Both mailboxes confirm a new address, on its own page.
    return frozenset({"email"} if spec.tree.is_people and portal != SUPER else ())


def to_add(request: HttpRequest, portal: str, app: str, model: str) -> Door:
    """The form for a new record.

    Raises
    ------
    Http404, NotSignedIn, Forbidden
    """
    door = _into(request, portal, app, model, verb="add")
    if approvals_of(door.spec) is None:
        may_add(door.spec, door.viewer)
    return door


def to_copy(request: HttpRequest, portal: str, app: str, model: str, record: str) -> Door:
    """The form for a new record like this one."""
    door = to_add(request, portal, app, model)
    return _at(door, record)


def to_change(request: HttpRequest, portal: str, app: str, model: str, record: str) -> Door:
    """The form of a record: 404 for people who do not see it, 403 for those who may not change it."""
    door = _at(_into(request, portal, app, model, verb="change"), record)
    if approvals_of(door.spec) is None:
        may_edit(door.spec, door.spec.model(pk=door.record_id), viewer=door.viewer)
        _may_edit_fields(door)
    return door


def _may_edit_fields(door: Door) -> None:
    """Managers of a group may change who is in it, which is not in its form."""
    level = door.spec.tree.change_level if door.spec.tree.keeps_members else None
    if level is not None and not door.viewer.editable(door.spec, [door.record_id], level=level):
        raise Forbidden(f"You may not change this {door.spec.singular_name}.")


def to_suggest(request: HttpRequest, portal: str, app: str, model: str) -> Door:
    """What helps to fill in a form; it tells nothing that a list of the model would not tell."""
    door = _into(request, portal, app, model, verb="change")
    if not door.spec.has_tags:
        raise Http404(request.path)
    return door


def to_choose(request: HttpRequest, portal: str, app: str, model: str) -> Door:
    """Records to choose from in a form of the model, for a new record or one to change."""
    spec = routes().get((app, model))
    verb = "change" if spec is not None and "change" in spec.resource.verbs else "add"
    return _into(request, portal, app, model, verb=verb)


def _into(request: HttpRequest, portal: str, app: str, model: str, *, verb: str) -> Door:
    spec = routes().get((app, model))
    if portal == PUBLIC or spec is None or not offered(spec, portal) or verb not in spec.resource.verbs:
        raise Http404(request.path)
    return Door(request, portal, spec, viewer_in(request, portal))


def _at(door: Door, record: str) -> Door:
    try:
        record_id = door.spec.parse_id(record, below=2**31)
    except ValueError as error:
        raise Http404(record) from error
    if not door.viewer.seen(door.spec, [record_id], hop=False):
        raise Http404(record)
    return Door(door.request, door.portal, door.spec, door.viewer, record_id)
