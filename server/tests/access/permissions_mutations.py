"""Ways in which the rules of access could be wrong, each of which the permission matrix has to notice.

Every one replaces a rule of :mod:`brainstem.core.access.scope` by one that is a little too kind.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from brainstem.api import views
from brainstem.api.actor import signed_in
from brainstem.core.access import scope
from brainstem.core.access import viewer as viewers
from brainstem.core.access.viewer import Viewer
from brainstem.core.history import permission
from brainstem.core.model.trees import Catalogue, Joining, OfGroup, People, Proposals, Role, Root, Under, UnderAttribute
from brainstem.core.query import run
from brainstem.core.review import flow
from brainstem.core.sql.fragment import TRUE, Sql
from brainstem.core.write import rights, saving

Patch = pytest.MonkeyPatch
Where = tuple[str, str, str]
MUTATIONS: dict[str, tuple[Callable[[Patch], None], tuple[Where, ...]]] = {}


def _notices(*where: Where) -> Callable[[Callable[[Patch], None]], Callable[[Patch], None]]:
    """Name a mutation by its function, with the (portal, model, person) for whom it has to show."""

    def named(mutate: Callable[[Patch], None]) -> Callable[[Patch], None]:
        MUTATIONS[mutate.__name__] = (mutate, where)
        return mutate

    return named


def forget_statements() -> None:
    """Let statements be made anew: those that are kept hold the rules as they were."""
    run.forget_compiled()


def _lower(level: Role) -> Role:
    return Role(max(Role.MEMBER, level - 1))


@_notices(("private", "setup", "manager"), ("private", "project", "contributor through a group"))
def roles_on_objects_count_one_level_too_high(patch: Patch) -> None:
    kept = scope.held
    patch.setattr(scope, "held", lambda holder, view, level=Role.MEMBER: kept(holder, view, _lower(level)))


@_notices(("private", "session", "member"), ("private", "procedurelog", "member through a group"))
def roles_in_projects_count_one_level_too_high(patch: Patch) -> None:
    kept = scope.audience_held
    patch.setattr(
        scope,
        "audience_held",
        lambda alias, view, level=Role.MEMBER, *, sweep=False: kept(alias, view, _lower(level), sweep=sweep),
    )


@_notices(("private", "subject", "stranger"), ("private", "epoch", "owner of the attributes alone"))
def anybodys_role_in_a_project_counts(patch: Patch) -> None:
    def held(alias: str, view: scope.View, level: Role = Role.MEMBER, *, sweep: bool = False) -> Sql:
        source = "EXISTS (SELECT 1 FROM core_audienceproject ap JOIN core_role r ON r.object_id = ap.project_id"
        return Sql(f"{source} WHERE ap.audience_id = {alias}.audience_id AND r.level >= {int(level)})")

    patch.setattr(scope, "audience_held", held)


@_notices(("public", "project", "anonymous"))
def the_public_sees_every_root(patch: Patch) -> None:
    patch.setitem(scope._PUBLIC, Root, lambda spec, alias: TRUE)


@_notices(("public", "manipulation", "owner"))
def the_public_sees_what_is_below_every_project(patch: Patch) -> None:
    patch.setattr(scope, "audience_public", lambda alias, *, sweep=False: TRUE)


@_notices(("public", "user", "administrator"))
def the_public_sees_every_person(patch: Patch) -> None:
    patch.setitem(scope._PUBLIC, People, lambda spec, alias: TRUE)


@_notices(("public", "cohort", "anonymous"))
def the_public_learns_who_made_a_record(patch: Patch) -> None:
    patch.setattr(scope.PublicPortal, "hides", lambda self, spec, name: False)


@_notices(("private", "license", "stranger"))
def public_attributes_are_listed_for_all(patch: Patch) -> None:
    kept = scope._PRIVATE[Root]
    patch.setitem(scope._PRIVATE, Root, lambda spec, alias, view, hop: kept(spec, alias, view, True))


@_notices(("private", "equipment", "owner of the project alone"))
def what_is_below_an_attribute_is_seen_by_all(patch: Patch) -> None:
    patch.setitem(scope._PRIVATE, UnderAttribute, lambda spec, alias, view, hop: TRUE)


@_notices(("private", "behavior", "administrator"))
def what_is_below_a_session_is_seen_by_all(patch: Patch) -> None:
    patch.setitem(scope._PRIVATE, Under, lambda spec, alias, view, hop: TRUE)


@_notices(("private", "speciesapproval", "stranger"))
def proposals_are_seen_by_all(patch: Patch) -> None:
    patch.setitem(scope._PRIVATE, Proposals, lambda spec, alias, view, hop: TRUE)


@_notices(("private", "journalapproval", "administrator"))
def administrators_amend_the_proposals_of_others(patch: Patch) -> None:
    patch.setitem(scope._EDIT, Proposals, lambda spec, alias, view, level: TRUE)


@_notices(
    ("private", "groupmembershipinvitation", "member"), ("private", "projectgroupmembershipinvitation", "contributor")
)
def invitations_are_seen_by_all(patch: Patch) -> None:
    patch.setitem(scope._PRIVATE, Joining, lambda spec, alias, view, hop: TRUE)


@_notices(("private", "projectmembershipinvitation", "manager"), ("private", "groupmembershiprequest", "guest"))
def both_sides_answer_an_invitation(patch: Patch) -> None:
    patch.setattr(viewers, "on_side", lambda spec, alias, view, side: scope._PRIVATE[Joining](spec, alias, view, False))


@_notices(("private", "user", "stranger"))
def people_are_changed_by_all(patch: Patch) -> None:
    patch.setitem(scope._EDIT, People, lambda spec, alias, view, level: TRUE)


@_notices(("private", "group", "member"))
def any_member_of_a_group_manages_it(patch: Patch) -> None:
    kept = scope.group_held
    patch.setattr(scope, "group_held", lambda holder, level: kept(holder, Role.MEMBER))


@_notices(("private", "laboratory", "manager"))
def managers_write_the_laboratory(patch: Patch) -> None:
    rule = lambda spec, alias, view, level: scope.group_held(f"{alias}.group_id", Role.MANAGER)  # noqa: E731
    patch.setitem(scope._EDIT, OfGroup, rule)


@_notices(("private", "publication", "stranger"), ("private", "brainregion", "owner"))
def catalogues_are_written_by_all(patch: Patch) -> None:
    patch.setitem(scope._EDIT, Catalogue, lambda spec, alias, view, level: TRUE)


@_notices(("private", "inventory", "contributor"))
def contributors_delete_attributes(patch: Patch) -> None:
    kept = scope._EDIT[Root]
    patch.setitem(scope._EDIT, Root, lambda spec, alias, view, level: kept(spec, alias, view, None))


@_notices(("private", "dataacquisition", "member"), ("private", "datastorage", "member through a group"))
def what_is_seen_is_changed(patch: Patch) -> None:
    patch.setattr(
        scope.PrivatePortal, "editable", lambda self, spec, alias, view, level: self.visible(spec, alias, view, False)
    )


@_notices(("private", "session", "member"), ("private", "supplier", "stranger"), ("private", "project", "manager"))
def histories_are_read_by_all_who_see_the_record(patch: Patch) -> None:
    patch.setattr(permission, "_may_change", scope.visible)


@_notices(("super", "project", "stranger"), ("super", "protocol", "owner"))
def everybody_is_an_administrator(patch: Patch) -> None:
    patch.setattr(views, "admitted", lambda request, portal: signed_in(request))
    patch.setattr(scope.SuperPortal, "visible", lambda self, spec, alias, view, hop: TRUE)
    patch.setattr(scope.SuperPortal, "editable", lambda self, spec, alias, view, level: TRUE)


def _views(patch: Patch, **changed: Any) -> None:
    """Let every scope be made for a caller who is somewhat different."""
    kept = Viewer.view.func
    patch.setattr(Viewer, "view", property(lambda viewer: dataclasses.replace(kept(viewer), **changed)))


@_notices(("private", "collection", "read-only owner"), ("super", "setup", "read-only administrator"))
def tokens_that_only_read_write(patch: Patch) -> None:
    _views(patch, read_only=False)
    for module in (rights, saving):
        patch.setattr(module, "refuse_read_only", lambda actor: None)


@_notices(("private", "session", "owner bound elsewhere"), ("private", "setup", "owner bound here"))
def tokens_bound_to_a_project_are_free(patch: Patch) -> None:
    _views(patch, bound=False)


@_notices(("private", "consumable", "owner bound elsewhere"))
def tokens_bound_to_a_project_propose(patch: Patch) -> None:
    patch.setattr(flow, "_may_propose", lambda actor: None)


@_notices(("private", "breeding", "owner bound elsewhere"))
def a_bound_token_sees_all_projects_of_its_person(patch: Patch) -> None:
    kept = scope.audience_held
    patch.setattr(
        scope,
        "audience_held",
        lambda alias, view, level=Role.MEMBER, *, sweep=False: kept(
            alias, dataclasses.replace(view, bound=False), level, sweep=sweep
        ),
    )


__all__ = ["MUTATIONS", "forget_statements"]
