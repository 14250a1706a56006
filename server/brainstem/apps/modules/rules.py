"""Validation rules between the records of a session or subject."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from brainstem.apps.stem.models.project import Project
from brainstem.apps.stem.models.session import Session
from brainstem.apps.stem.models.subject import Subject
from brainstem.apps.stem.rules import hold_session
from brainstem.core.access.actor import Actor
from brainstem.core.errors import Invalid
from brainstem.core.query.choices import narrows, offered_types
from brainstem.core.write.details import details_fit_their_type, types_are_known
from brainstem.core.write.rules import Draft, checks, checks_together, guards

from .models.behavior import Behavior
from .models.consumable_stock import ConsumableStock
from .models.data_acquisition import DataAcquisition
from .models.equipment import Equipment
from .models.logs import ProcedureLog, SubjectLog
from .models.manipulation import Manipulation
from .models.procedure import Procedure

checks(ConsumableStock, DataAcquisition, Equipment, Manipulation, Procedure)(details_fit_their_type)
checks(ProcedureLog, SubjectLog)(types_are_known)

# No rule requires the setup and assay of a behavior to be shared with a project of its session: the writer can see
# them, so they have a role there or the record is public.


@checks(Procedure)
def types_that_have_coordinates_name_their_system(draft: Draft) -> None:
    """Types with coordinates need a coordinate system: a craniotomy has a location, anesthesia does not."""
    record = draft.record
    if record.coordinates_system or not draft.changed("type", "coordinates_system"):
        return
    systems = offered_types(type(record).__name__, record.type, "coordinates_system")
    if systems:
        draft.error("coordinates_system", f"This field is required for {record.type}: {', '.join(systems)}.")


# --- epochs --------------------------------------------------------------------------------------------------------


@guards(Behavior, DataAcquisition, Manipulation)
def what_an_epoch_uses_stays(record: Any, _: Actor) -> None:
    """Records that an epoch links cannot be deleted until they are removed from the epoch."""
    hold_session(record.session_id)
    name = _epoch_of(record)
    if name is not None:
        raise Invalid.whole(
            f"This {record._meta.verbose_name} is part of the epoch {name!r}. Remove it from the epoch first."
        )


@checks(Behavior, DataAcquisition, Manipulation)
def what_an_epoch_uses_stays_in_its_session(draft: Draft) -> None:
    """Records that an epoch links cannot move to another session."""
    record = draft.record
    if draft.creating or draft.old["session_id"] == record.session_id:
        return
    hold_session(draft.old["session_id"])
    name = _epoch_of(record)
    if name is not None:
        draft.error("session", f"This record is part of the epoch {name!r}. Remove it from the epoch first.")


def _epoch_of(record: Any) -> str | None:
    name: str | None = record.epochs.values_list("name", flat=True).first()
    return name


# --- subjects ------------------------------------------------------------------------------------------------------


@checks_together(Behavior)
def subjects_share_a_project_with_the_session(drafts: Sequence[Draft]) -> None:
    """Subjects of a behavior must belong to one of the session's projects."""
    _share_a_project(drafts, "subjects", Subject, "projects")


@checks_together(DataAcquisition, Manipulation)
def procedures_were_on_subjects_of_the_projects(drafts: Sequence[Draft]) -> None:
    """Procedures must have been done on subjects in one of the session's projects."""
    _share_a_project(drafts, "procedures", Procedure, "subject__projects")


def _share_a_project(drafts: Sequence[Draft], name: str, model: Any, way: str) -> None:
    """Refuse records added to a session that the writer sees in none of its projects; a few queries for all drafts."""
    joining = {id(draft): _joining(draft, name) for draft in drafts if draft.changed(name, "session")}
    asked = [draft for draft in drafts if joining.get(id(draft))]
    if not asked:
        return
    seen = asked[0].seen(model, set().union(*joining.values()))
    theirs = _pairs(model, seen, way)
    ours = _pairs(Session, {draft.record.session_id for draft in asked}, "projects")
    # Only visible projects count: otherwise the answer would reveal a hidden shared project.
    shown = asked[0].seen(Project, set().union(*ours.values()))
    for draft in asked:
        projects = ours[draft.record.session_id] & shown
        wrong = sorted(one for one in joining[id(draft)] & seen if projects.isdisjoint(theirs[one]))
        if wrong:
            draft.error(name, f"Not in any project of the session: {', '.join(map(str, wrong[:5]))}.")


def _joining(draft: Draft, name: str) -> set[Any]:
    """What this write adds to the session."""
    moves = draft.creating or draft.changed("session")
    here = set() if moves else set(getattr(draft.record, name).values_list("pk", flat=True))
    return set(draft.linked(name)) - here


def _pairs(model: Any, ids: set[object], way: str) -> dict[Any, set[Any]]:
    """Record id -> ids that a relation leads to."""
    found: dict[Any, set[Any]] = {one: set() for one in ids}
    for pk, far in model.objects.filter(pk__in=ids).order_by().values_list("pk", way):
        found[pk].add(far)
    return found


# --- logs ----------------------------------------------------------------------------------------------------------


@checks(SubjectLog)
def logs_name_who_started_them(draft: Draft) -> None:
    """The author is the user who creates the log."""
    if draft.creating:
        draft.record.user_id = draft.viewer.actor.user_id


# --- choices offered -----------------------------------------------------------------------------------------------

narrows(Procedure, session="subject.projects.sessions", project="subject.projects", subject="subject")
narrows(Behavior, session="session")
narrows(DataAcquisition, session="session")
narrows(Manipulation, session="session")
narrows(Equipment, setup="setup")
narrows(ConsumableStock, inventory="inventory")
