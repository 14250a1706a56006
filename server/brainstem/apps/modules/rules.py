"""What holds between the records of a session or subject."""

from __future__ import annotations

from typing import Any

from brainstem.apps.stem.models import Project, Subject
from brainstem.apps.stem.rules import hold_session
from brainstem.core.access.actor import Actor
from brainstem.core.details import details_fit_their_type
from brainstem.core.errors import Invalid
from brainstem.core.offers import narrows
from brainstem.core.rules import Draft, checks, guards

from .models import (
    Behavior,
    ConsumableStock,
    DataAcquisition,
    Equipment,
    Manipulation,
    Procedure,
    SubjectLog,
)

checks(ConsumableStock, DataAcquisition, Equipment, Manipulation, Procedure)(details_fit_their_type)

# That setup and assay of a behavior are shared with a project of its session needs no rule: the writer sees them, so
# they hold a role there or the record is public.


# --- epochs --------------------------------------------------------------------------------------------------------


@guards(Behavior, DataAcquisition, Manipulation)
def what_an_epoch_uses_stays(record: Any, _: Actor) -> None:
    """What is part of an epoch is taken out of it before it is deleted."""
    hold_session(record.session_id)
    name = _epoch_of(record)
    if name is not None:
        raise Invalid.whole(
            f"The epoch {name!r} uses this {record._meta.verbose_name}. Take it out of the epoch first."
        )


@checks(Behavior, DataAcquisition, Manipulation)
def what_an_epoch_uses_stays_in_its_session(draft: Draft) -> None:
    """What is part of an epoch does not move to another session."""
    record = draft.record
    if draft.creating or draft.old["session_id"] == record.session_id:
        return
    hold_session(draft.old["session_id"])
    name = _epoch_of(record)
    if name is not None:
        draft.error("session", f"The epoch {name!r} of its session uses it. Take it out of the epoch first.")


def _epoch_of(record: Any) -> str | None:
    name: str | None = record.epochs.values_list("name", flat=True).first()
    return name


# --- subjects ------------------------------------------------------------------------------------------------------


@checks(Behavior)
def subjects_share_a_project_with_the_session(draft: Draft) -> None:
    """Subjects that take part are in one of the session's projects."""
    if joining := _joining(draft, "subjects", Subject):
        subjects = Subject.objects.filter(pk__in=joining)
        _refuse(draft, "subjects", subjects.exclude(projects__in=_projects(draft)))


@checks(DataAcquisition, Manipulation)
def procedures_were_on_subjects_of_the_projects(draft: Draft) -> None:
    """Procedures were done on subjects that are in one of the session's projects."""
    if joining := _joining(draft, "procedures", Procedure):
        procedures = Procedure.objects.filter(pk__in=joining)
        _refuse(draft, "procedures", procedures.exclude(subject__projects__in=_projects(draft)))


def _joining(draft: Draft, name: str, model: Any) -> set[Any]:
    """What comes to a session with this write, of what the writer sees."""
    if not draft.changed(name, "session"):
        return set()
    wanted = set(draft.linked(name))
    moves = draft.creating or draft.changed("session")
    here = set() if moves else set(getattr(draft.record, name).values_list("pk", flat=True))
    return draft.seen(model, wanted - here)


def _projects(draft: Draft) -> set[Any]:
    """The projects of the session that the writer sees; another one that is shared would tell of itself."""
    return draft.seen(Project, draft.record.session.projects.values_list("pk", flat=True))


def _refuse(draft: Draft, name: str, wrong: Any) -> None:
    ids = [str(pk) for pk in wrong.values_list("pk", flat=True)[:5]]
    if ids:
        draft.error(name, f"In no project of the session: {', '.join(ids)}.")


# --- logs ----------------------------------------------------------------------------------------------------------


@checks(SubjectLog)
def logs_name_who_started_them(draft: Draft) -> None:
    """The author is whoever adds the log."""
    if draft.creating:
        draft.record.user_id = draft.actor.user_id


# --- what is offered -----------------------------------------------------------------------------------------------

narrows(Procedure, session="subject.projects.sessions", project="subject.projects", subject="subject")
narrows(Behavior, session="session")
narrows(DataAcquisition, session="session")
narrows(Manipulation, session="session")
narrows(Equipment, setup="setup")
narrows(ConsumableStock, inventory="inventory")
