"""Validation rules between the records of a project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth import get_user_model

from brainstem.core.model.ids import RecordId
from brainstem.core.model.trees import Role
from brainstem.core.models import GroupGrant, ObjectRole, UserGrant
from brainstem.core.query.choices import narrows, offers_only, offers_own
from brainstem.core.sql.setwise import among
from brainstem.core.text.addresses import plain_address
from brainstem.core.text.shown import shown
from brainstem.core.write.rules import Draft, checks, checks_together, exclusive, hold

from .models.breeding import Breeding
from .models.cohort import Cohort
from .models.collection import Collection
from .models.epoch import Epoch
from .models.project import Project
from .models.session import Session, SessionDataStorage
from .models.subject import Subject

# --- projects ------------------------------------------------------------------------------------------------------


@checks(Project)
def user_roles_name_people_by_id(draft: Draft) -> None:
    """Turn email addresses into ids: a public project shows its roles to everyone, but addresses to nobody."""
    project, people = draft.record, get_user_model()._default_manager
    if not draft.changed("user_roles") or not project.user_roles:
        return
    named = [row["user"] for row in project.user_roles]
    emails = {plain_address(one) for one in named if isinstance(one, str)}
    by_email = {plain_address(email): pk for email, pk in people.filter(email__in=emails).values_list("email", "pk")}
    ids = {one for one in named if isinstance(one, int) and abs(one) < 2**31}
    # Users the project already names are known to the writer.
    named_before = {row["user"] for row in draft.old.get("user_roles") or [] if isinstance(row, dict)}
    known = draft.seen(get_user_model(), ids) | (ids & named_before) | set(by_email.values())
    rows = [{**row, "user": by_email.get(plain_address(str(row["user"])), row["user"])} for row in project.user_roles]
    unknown = [row["user"] for row in rows if row["user"] not in known]
    if unknown:
        draft.error("user_roles", f"There is no user {shown(unknown[0])}.")
    project.user_roles = rows


# --- subjects ------------------------------------------------------------------------------------------------------


@checks(Subject)
def subjects_are_born_before_they_die(draft: Draft) -> None:
    """Dates in order."""
    _dates_in_order(draft, "birth_date", "death_date")


@checks_together(Subject)
def parents_keep_their_sex(drafts: Sequence[Draft]) -> None:
    """A dam stays female and a sire male, in breedings the writer can see; four queries for all drafts."""
    asked = [draft for draft in drafts if not draft.creating and draft.changed("sex")]
    for parent, sex in (("mother", "F"), ("father", "M")):
        others = {draft.record.pk: draft for draft in asked if draft.record.sex != sex}
        if not others:
            continue
        rows = Breeding.objects.filter(**{f"{parent}__in": among(Subject, others)})
        breedings = dict(rows.order_by().values_list("pk", f"{parent}_id"))
        seen = asked[0].seen(Breeding, breedings) if breedings else set()
        for subject in {breedings[one] for one in seen}:
            others[subject].error("sex", f"This subject is the {parent} in a breeding, so its sex is {sex}.")


# --- cohorts, collections and breedings of one project ---------------------------------------------------------------


@checks(Cohort)
def cohorts_gather_subjects_of_their_project(draft: Draft) -> None:
    """Every subject must belong to the cohort's project."""
    _gathers_from_its_project(draft, "subjects", Subject)


@checks(Collection)
def collections_gather_sessions_of_their_project(draft: Draft) -> None:
    """Every session must belong to the collection's project."""
    _gathers_from_its_project(draft, "sessions", Session)


@checks(Breeding)
def breedings_pair_a_female_and_a_male_of_their_project(draft: Draft) -> None:
    """Dam F, sire M, both in the breeding's project."""
    breeding = draft.record
    if draft.changed("mother", "father") and breeding.mother_id == breeding.father_id:
        draft.error("father", "The father and mother must be different subjects.")
    if draft.changed("mother", "father", "project"):
        hold(Subject, (breeding.mother_id, breeding.father_id))
    for name, sex, word in (("mother", "F", "female"), ("father", "M", "male")):
        if not draft.changed(name, "project"):
            continue
        parent = getattr(breeding, name)
        if parent.sex != sex:
            draft.error(name, f"The {name} must be {word} (sex {sex}); this subject's sex is {parent.sex}.")
        if not parent.projects.filter(pk=breeding.project_id).exists():
            draft.error(name, f"The {name} must belong to the project of the breeding.")


@checks(Breeding)
def breedings_start_before_they_end(draft: Draft) -> None:
    """Dates in order."""
    _dates_in_order(draft, "start_date", "end_date")


@checks(Subject)
def subjects_stay_where_they_are_gathered(draft: Draft) -> None:
    """A subject cannot leave a project while it is in a cohort or breeding of that project."""
    for name in ("cohorts", "breedings_as_mother", "breedings_as_father"):
        _stays(draft, name)


@checks(Session)
def sessions_stay_where_they_are_gathered(draft: Draft) -> None:
    """A session cannot leave a project while it is in a collection of that project."""
    _stays(draft, "collections")


def _gathers_from_its_project(draft: Draft, name: str, model: Any) -> None:
    if not draft.changed(name, "project"):
        return
    wanted = set(draft.linked(name))
    hold(model, wanted)
    there = model.objects.filter(pk__in=wanted, projects=draft.record.project_id)
    elsewhere = wanted - set(there.values_list("pk", flat=True))
    if elsewhere:
        draft.error(name, f"Not in the project: {_listed(elsewhere)}. Choose {name} from the same project.")


def _stays(draft: Draft, name: str) -> None:
    if draft.creating or "projects" not in draft.links:
        return
    # Only in the projects that it leaves, which the writer can see; not in projects it left earlier.
    left = set(draft.record.projects.values_list("pk", flat=True)) - set(draft.links["projects"])
    holder = getattr(draft.record, name).filter(project_id__in=left).first()
    if holder is not None:
        kind = holder._meta.verbose_name
        draft.error("projects", f"The {kind} {holder.name!r} of that project contains it. Change the {kind} first.")


# --- epochs --------------------------------------------------------------------------------------------------------


def hold_session(*session_ids: Any) -> None:
    """Serialize changes to the epochs of a session; one query."""
    hold(Session, session_ids)


@checks(Epoch)
def epochs_start_before_they_end(draft: Draft) -> None:
    """Offsets from the start of the session, in order."""
    start, end = draft.record.start, draft.record.end
    if start is not None and end is not None and end <= start:
        draft.error("end", "Must be later than start.")


@checks_together(Epoch)
def epochs_link_what_is_in_their_session(drafts: Sequence[Draft]) -> None:
    """Linked behaviors, data acquisitions and manipulations must be of the same session."""
    linking = [one for one in drafts if one.changed("behavior", "dataacquisition", "manipulation", "session")]
    hold_session(*{one for draft in linking for one in (draft.record.session_id, draft.old.get("session_id"))})
    for name in ("behavior", "dataacquisition", "manipulation"):
        wanted = {id(draft): draft.linked(name) for draft in drafts if draft.changed(name, "session")}
        model: Any = Epoch._meta.get_field(name).related_model
        records = model._default_manager.filter(pk__in=set().union(*wanted.values()))
        session_of = dict(records.values_list("pk", "session_id"))
        for draft in drafts:
            linked, session_id = wanted.get(id(draft), ()), draft.record.session_id
            elsewhere = [one for one in linked if session_of.get(one, session_id) != session_id]
            if elsewhere:
                draft.error(name, f"Not in the session of the epoch: {_listed(elsewhere)}.")


@checks_together(Epoch)
def data_acquisitions_are_in_one_epoch(drafts: Sequence[Draft]) -> None:
    """Each data acquisition belongs to at most one epoch."""
    wanted = {id(draft): set(draft.linked("dataacquisition")) for draft in drafts if draft.changed("dataacquisition")}
    asked = [draft for draft in drafts if wanted.get(id(draft))]
    there = Epoch.objects.filter(dataacquisition__in=set().union(*wanted.values()))
    holders = list(there.values_list("pk", "dataacquisition", "name")) if asked else []
    for draft in asked:
        others = [(one, name) for pk, one, name in holders if pk != draft.record.pk and one in wanted[id(draft)]]
        for record_id, name in others[:5]:
            draft.error("dataacquisition", _in_an_epoch(record_id, name))


def _in_an_epoch(record_id: RecordId, name: str) -> str:
    return f"{record_id} is already in the epoch {name!r}. It can be in only one epoch."


exclusive(Epoch, "dataacquisition", say=lambda record_id, epoch: _in_an_epoch(record_id, epoch.name))


# --- data storages -------------------------------------------------------------------------------------------------


@checks(Session)
def sessions_are_kept_where_the_writer_may_keep_them(draft: Draft) -> None:
    """See :func:`_may_attach`; storages the session already has may stay."""
    if "datastorage" not in draft.links:
        return
    held = set() if draft.creating else set(draft.record.datastorage.values_list("pk", flat=True))
    _may_attach(draft, set(draft.links["datastorage"]) - held, draft.linked("projects"))


@checks(SessionDataStorage)
def storages_are_attached_by_those_who_may(draft: Draft) -> None:
    """See :func:`_may_attach`."""
    if draft.changed("session", "datastorage"):
        row = draft.record
        _may_attach(draft, {row.datastorage_id}, row.session.projects.values_list("pk", flat=True))


def _may_attach(draft: Draft, storages: Iterable[Any], projects: Iterable[Any]) -> None:
    """Require a contributor role on the storage, and a group it shares with a project that the writer can see.

    Users with a direct role on the storage, not through a group, do not need the shared group, since a person working
    alone has none. Administrators in ``super`` may attach any.
    """
    if draft.viewer.is_super:
        return
    wanted = set(storages)
    if not wanted:
        return
    seen = draft.seen(Project, projects)
    groups = list(GroupGrant.objects.filter(object_id__in=seen).values_list("group_id", flat=True))
    theirs = {"user_id": draft.viewer.actor.user_id or 0, "level__gte": int(Role.CONTRIBUTOR), "object_id__in": wanted}
    held = set(ObjectRole.objects.filter(**theirs).values_list("object_id", flat=True))
    shared = set(UserGrant.objects.filter(**theirs).values_list("object_id", flat=True))
    shared |= set(
        GroupGrant.objects.filter(object_id__in=wanted, group_id__in=groups).values_list("object_id", flat=True)
    )
    for storage in sorted(wanted, key=str):
        if storage not in held:
            draft.error("datastorage", f"You must be a contributor of the data storage {storage}.")
        elif storage not in shared:
            draft.error("datastorage", f"The data storage {storage} shares no group with a project of the session.")


# --- helpers -------------------------------------------------------------------------------------------------------


def _dates_in_order(draft: Draft, first: str, last: str) -> None:
    starts, ends = getattr(draft.record, first), getattr(draft.record, last)
    if starts and ends and ends < starts:
        draft.error(last, f"Must not be before {first}, {starts}.")


def _listed(ids: Iterable[RecordId]) -> str:
    return ", ".join(sorted(map(str, ids))[:5])


# --- choices offered -----------------------------------------------------------------------------------------------

narrows(Subject, session="projects.sessions", project="projects")
narrows(Session, project="projects")
narrows(Breeding, project="project")
offers_only(Breeding, "mother", sex="F")
offers_only(Breeding, "father", sex="M")
offers_own(Session, "datastorage")
offers_own(SessionDataStorage, "datastorage")
