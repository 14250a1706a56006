"""Validation rules for births, deaths and descent, based on records that the writer can see.

Dates have no time zone: today in one part of the world is yesterday or tomorrow in another. So one day's tolerance
applies wherever a date is compared with now, with a time, or with the date of a litter born around midnight.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from brainstem.core.sql.setwise import among
from brainstem.core.write.rules import Draft, checks, checks_together, entangled, hold, one_at_a_time

from .models.breeding import Breeding
from .models.subject import Subject

A_DAY = dt.timedelta(days=1)
FUTURE = "Must not be in the future."


def latest_day() -> dt.date:
    """The latest date that it can be now in any time zone."""
    return timezone.now().date() + A_DAY


# --- facts ---------------------------------------------------------------------------------------------------------


@checks(Subject)
def births_and_deaths_have_happened(draft: Draft) -> None:
    """No birth or death in the future; a planned subject may have an expected birth date."""
    subject = draft.record
    if draft.changed("birth_date", "status") and subject.status != "planned" and _is_future(subject.birth_date):
        draft.error("birth_date", f"{FUTURE} Only subjects with the status 'planned' may have a future birth date.")
    if draft.changed("death_date") and _is_future(subject.death_date):
        draft.error("death_date", FUTURE)


@checks(Breeding)
def litters_are_born_before_they_are_weaned(draft: Draft) -> None:
    """No birth in the future, and no weaning before birth."""
    breeding = draft.record
    if draft.changed("birth_date") and _is_future(breeding.birth_date):
        draft.error("birth_date", FUTURE)
    born, weaned = breeding.birth_date, breeding.weaning_date
    if draft.changed("birth_date", "weaning_date") and born and weaned and weaned < born:
        draft.error("weaning_date", f"Must not be before birth_date, {born}.")


def _is_future(day: dt.date | None) -> bool:
    return day is not None and day > latest_day()


# --- litters -------------------------------------------------------------------------------------------------------


@checks_together(Subject)
def pups_are_born_with_their_litter(drafts: Sequence[Draft]) -> None:
    """A pup is born with its litter, and after its parents; two queries for all drafts."""
    asked = [one for one in drafts if one.record.birth_date and one.record.breeding_id]
    asked = [one for one in asked if one.changed("birth_date", "breeding")]
    if not asked:
        return
    hold(Breeding, {one.record.breeding_id for one in asked})
    seen = asked[0].seen(Breeding, {one.record.breeding_id for one in asked})
    breedings = {one.pk: one for one in Breeding.objects.filter(pk__in=seen).select_related("mother", "father")}
    parents = {parent for one in breedings.values() for parent in (one.mother_id, one.father_id)}
    hold(Subject, parents)
    shown = asked[0].seen(Subject, parents)
    for draft in asked:
        born, breeding = draft.record.birth_date, breedings.get(draft.record.breeding_id)
        if breeding is None:
            continue
        if breeding.birth_date and abs(born - breeding.birth_date) > A_DAY:
            draft.error("birth_date", f"The litter of {breeding.name!r} was born on {breeding.birth_date}.")
        for word, parent in (("mother", breeding.mother), ("father", breeding.father)):
            if parent.pk in shown and parent.birth_date and parent.birth_date >= born:
                draft.error("birth_date", f"The {word}, {parent.name!r}, was born on {parent.birth_date}.")


@checks(Breeding)
def litters_agree_with_parents_and_pups(draft: Draft) -> None:
    """The same, when the birth date or parents of a litter change."""
    breeding = draft.record
    born = breeding.birth_date
    if not born or not draft.changed("birth_date", "mother", "father"):
        return
    for word in ("mother", "father"):
        hold(Subject, [getattr(breeding, f"{word}_id")])
        parent = getattr(breeding, word)
        if parent.birth_date and parent.birth_date >= born and draft.seen(Subject, [parent.pk]):
            draft.error("birth_date", f"The {word}, {parent.name!r}, was born on {parent.birth_date}.")
    if draft.creating:
        return
    others = breeding.offspring.filter(Q(birth_date__lt=born - A_DAY) | Q(birth_date__gt=born + A_DAY))
    for pup in _seen(draft, Subject, others)[:1]:
        draft.error("birth_date", f"The subject {pup.name!r} of this litter was born on {pup.birth_date}.")


@checks_together(Subject)
def parents_are_born_before_their_litters(drafts: Sequence[Draft]) -> None:
    """The same, when the birth date of a parent changes; two queries for all drafts."""
    changed = [one for one in drafts if not one.creating and one.record.birth_date and one.changed("birth_date")]
    if not changed:
        return
    subjects = among(Subject, [one.record.pk for one in changed])
    theirs = Breeding.objects.filter(Q(mother__in=subjects) | Q(father__in=subjects), birth_date__isnull=False)
    litters: dict[object, list[Any]] = defaultdict(list)
    for breeding in _seen(changed[0], Breeding, theirs):
        for parent in (breeding.mother_id, breeding.father_id):
            litters[parent].append(breeding)
    for draft in changed:
        early = [one for one in litters[draft.record.pk] if one.birth_date <= draft.record.birth_date]
        for breeding in early[:1]:
            draft.error("birth_date", f"Its litter of {breeding.name!r} was born on {breeding.birth_date}.")


def _seen(draft: Draft, model: Any, records: Any) -> list[Any]:
    found = list(records.order_by("pk"))
    shown = draft.seen(model, [one.pk for one in found]) if found else set()
    return [one for one in found if one.pk in shown]


def _are_parents(ids: Sequence[object]) -> bool:
    """Whether some of these subjects are parents: their pups, and who descends from them, may be among the others."""
    return bool(Breeding.objects.filter(Q(mother__in=among(Subject, ids)) | Q(father__in=among(Subject, ids))).exists())


entangled(Subject, "birth_date", "breeding", when=_are_parents)
entangled(Breeding, "mother", "father", when=lambda _: True)


# --- descent -------------------------------------------------------------------------------------------------------


@checks(Subject)
def subjects_do_not_descend_from_themselves(draft: Draft) -> None:
    """No subject is its own ancestor."""
    subject = draft.record
    if draft.creating or subject.breeding_id is None or not draft.changed("breeding"):
        return
    one_at_a_time("descent")
    above = _breedings_above(draft, [subject.breeding_id])
    closing = Breeding.objects.filter(Q(mother=subject) | Q(father=subject), pk__in=above).first()
    if closing is not None:
        draft.error("breeding", f"The subject is a parent in {closing.name!r} and would be its own ancestor.")


@checks(Breeding)
def parents_do_not_descend_from_their_litter(draft: Draft) -> None:
    """Neither the parents nor their ancestors were born from the breeding."""
    breeding = draft.record
    if draft.creating or not draft.changed("mother", "father"):
        return
    one_at_a_time("descent")
    for word in ("mother", "father"):
        if not draft.changed(word):
            continue
        parent = getattr(breeding, word)
        if breeding.pk in _breedings_above(draft, [parent.breeding_id]):
            draft.error(word, f"{parent.name!r} descends from this breeding and would be its own ancestor.")


def _breedings_above(draft: Draft, start: Iterable[Any]) -> set[Any]:
    """These breedings and the ones their parents descend from, as far as the writer can see."""
    found: set[Any] = set()
    new = set(start) - {None}
    while new := draft.seen(Breeding, new) - found if new else set():
        found |= new
        rows = Breeding.objects.filter(pk__in=new).values_list("mother__breeding_id", "father__breeding_id")
        new = {one for row in rows for one in row} - {None}
    return found
