"""No procedure, session or log entry precedes the birth of its subject; one day's tolerance for time zones."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models.fields.json import KT
from django.utils import timezone

from brainstem.apps.stem.life import A_DAY, FUTURE
from brainstem.apps.stem.models.session import Session
from brainstem.apps.stem.models.subject import Subject
from brainstem.core.errors import Invalid
from brainstem.core.history.recording import as_json
from brainstem.core.model.ids import RecordId
from brainstem.core.model.values import moment_of
from brainstem.core.sql.setwise import among
from brainstem.core.write.rules import Draft, checks, checks_together, hold

from .log_entries import EntryKind, kind_of, refuse_full
from .models.behavior import Behavior
from .models.logs import ProcedureLog, SubjectLog
from .models.procedure import Procedure


def _is_before(moment: dt.datetime, birth: dt.date | None) -> bool:
    return birth is not None and moment.date() < birth - A_DAY


def _born(subjects: Iterable[Any]) -> dict[object, dt.date]:
    """Subject id -> birth date, where known."""
    known = Subject.objects.filter(pk__in=set(subjects), birth_date__isnull=False)
    return {pk: birth for pk, birth in known.order_by().values_list("pk", "birth_date") if birth is not None}


@checks_together(Procedure)
def procedures_are_done_after_birth(drafts: Sequence[Draft]) -> None:
    """One query for all drafts."""
    asked = [one for one in drafts if one.record.date_time and one.changed("date_time", "subject")]
    hold(Subject, {one.record.subject_id for one in asked})
    births = _born(one.record.subject_id for one in asked) if asked else {}
    for draft in asked:
        birth = births.get(draft.record.subject_id)
        if _is_before(draft.record.date_time, birth):
            draft.error("date_time", f"Must not be before the birth of the subject, {birth}.")


@checks_together(Behavior)
def subjects_take_part_after_birth(drafts: Sequence[Draft]) -> None:
    """Two queries for all drafts, none if no session has a time."""
    joining = {id(one): set(one.linked("subjects")) for one in drafts if one.changed("subjects", "session")}
    asked = [one for one in drafts if joining.get(id(one))]
    hold(Session, {one.record.session_id for one in asked})
    hold(Subject, set().union(*(joining[id(one)] for one in asked)))
    timed = Session.objects.filter(pk__in={one.record.session_id for one in asked}, date_time__isnull=False)
    times = dict(timed.order_by().values_list("pk", "date_time")) if asked else {}
    asked = [one for one in asked if one.record.session_id in times]
    births = _born(set().union(*(joining[id(one)] for one in asked))) if asked else {}
    seen = asked[0].seen(Subject, births) if births else set()
    for draft in asked:
        time = times[draft.record.session_id]
        young = [one for one in joining[id(draft)] & seen if time is not None and _is_before(time, births[one])]
        if young:
            named = ", ".join(sorted(map(str, young))[:5])
            draft.error("subjects", f"Born after the session of {time:%Y-%m-%d}: {named}.")


@checks(Session)
def sessions_are_held_after_the_births_of_their_subjects(draft: Draft) -> None:
    """Checked when the time of a session changes."""
    session = draft.record
    if draft.creating or session.date_time is None or not draft.changed("date_time"):
        return
    hold(Subject, Subject.objects.filter(behaviors__session=session).order_by().values_list("pk", flat=True))
    day = session.date_time.date() + A_DAY
    young = Subject.objects.filter(behaviors__session=session, birth_date__gt=day).distinct().order_by("pk")
    births = {one.pk: one for one in young}
    for one in sorted(draft.seen(Subject, births) if births else (), key=str)[:1]:
        subject = births[one]
        draft.error("date_time", f"Must not be before the birth of the subject {subject.name!r}, {subject.birth_date}.")


@checks_together(Subject)
def subjects_are_born_before_what_was_done_with_them(drafts: Sequence[Draft]) -> None:
    """Checked when the birth dates of subjects change: four queries for all drafts."""
    changed = [one for one in drafts if not one.creating and one.record.birth_date and one.changed("birth_date")]
    if not changed:
        return
    by_id = {draft.record.pk: draft for draft in changed}
    limits = {
        pk: dt.datetime.combine(draft.record.birth_date - A_DAY, dt.time(), dt.UTC) for pk, draft in by_id.items()
    }
    _not_after_procedures(by_id, limits)
    _not_after_sessions(by_id, limits)
    _not_after_entries(by_id)


def _not_after_procedures(drafts: Mapping[RecordId, Draft], limits: Mapping[RecordId, dt.datetime]) -> None:
    early = Procedure.objects.filter(subject__in=among(Subject, drafts), date_time__lt=max(limits.values()))
    told: set[RecordId] = set()
    for subject, moment, kind in early.order_by("date_time", "pk").values_list("subject_id", "date_time", "type"):
        if moment is not None and subject not in told and moment < limits[subject]:
            told.add(subject)
            drafts[subject].error("birth_date", f"Later than a procedure ({kind}) of {moment:%Y-%m-%d}.")


def _not_after_sessions(drafts: Mapping[RecordId, Draft], limits: Mapping[RecordId, dt.datetime]) -> None:
    taking_part = Behavior.subjects.through.objects.filter(
        subject__in=among(Subject, drafts), behavior__session__date_time__lt=max(limits.values())
    )
    rows = taking_part.values_list("subject_id", "behavior__session_id", "behavior__session__date_time")
    early: dict[uuid.UUID, dict[uuid.UUID, dt.datetime]] = {}
    for subject, session, moment in rows:
        if moment is not None and moment < limits[subject]:
            early.setdefault(subject, {})[session] = moment
    if not early:
        return
    seen = next(iter(drafts.values())).seen(Session, {one for sessions in early.values() for one in sessions})
    for subject, sessions in early.items():
        for one in sorted(sessions.keys() & seen, key=str)[:1]:
            text = f"Later than a session of {sessions[one]:%Y-%m-%d} in which the subject took part."
            drafts[subject].error("birth_date", text)


def _not_after_entries(drafts: Mapping[RecordId, Draft]) -> None:
    # Entries are in order of time. Only the first one is read, since a log may have a hundred thousand.
    logs = SubjectLog.objects.filter(subject__in=among(Subject, drafts)).order_by("pk")
    firsts = logs.values_list("subject_id", "type", KT("entries__0__date_time"), KT("entries__0__start_date_time"))
    for subject, log_type, instant, start in firsts:
        first = instant or start
        if first and _is_before(moment_of(first), drafts[subject].record.birth_date):
            drafts[subject].error("birth_date", f"Later than the log entry of {first[:10]} ({log_type}).")


def refuse_untimely(record: Any, kind: EntryKind, body: Mapping[str, Any]) -> None:
    """Refuse a log entry dated before the subject's birth or in the future.

    Raises
    ------
    Invalid
    """
    moment = moment_of(body[kind.time])
    if moment > timezone.now() + A_DAY:
        raise Invalid.at(kind.time, f"{FUTURE} Logs record what has happened.")
    subject_id = record.subject_id if hasattr(record, "subject_id") else record.procedure.subject_id
    hold(Subject, [subject_id])
    subject = Subject.objects.get(pk=subject_id)
    if _is_before(moment, subject.birth_date):
        raise Invalid.at(kind.time, f"Must not be before the birth of the subject, {subject.birth_date}.")


@checks(ProcedureLog, SubjectLog)
def entries_brought_back_are_timely(draft: Draft) -> None:
    """Entries of a log that come back from its history are dated like new ones, and the log has a limit."""
    if draft.creating or not draft.changed("entries"):
        return
    log, kind = draft.record, kind_of(type(draft.record).__name__, draft.record.type)
    held = {as_json(one) for one in draft.old["entries"]}
    try:
        refuse_full(draft.old["entries"], log.entries)
        for entry in log.entries:
            if as_json(entry) not in held:
                refuse_untimely(log, kind, entry)
    except Invalid as error:
        draft.errors["entries"] += [text for texts in error.errors.values() for text in texts]
