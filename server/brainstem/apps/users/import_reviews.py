"""Reviews of imports: whom the owner of a plan has asked to look at it, and what they answered.

A reviewer sees the plan and nothing else of it changes: only its owner corrects and commits it.
"""

from __future__ import annotations

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from brainstem.core.errors import Conflict, Invalid, Missing
from brainstem.core.mail import gathering
from brainstem.core.mail.sending import without_links
from brainstem.core.model.ids import uuid_of
from brainstem.core.models import ImportReview, TableImport
from brainstem.core.text.lines import one_line

REVIEWS, REVIEWED = "reviews", "reviewed"  # topics of emails
MOST_REVIEWERS = 20
MOST_LISTED = 200
LONGEST = 2_000  # characters of a note or a comment
ANSWERS = (ImportReview.FINE, ImportReview.REVISE)
_TEXTS = ("table_import__source", "table_import__plan", "table_import__asked", "table_import__summary")


def of_import(one: TableImport) -> list[ImportReview]:
    """The reviews of an import, in the order in which they were asked for."""
    return list(ImportReview.objects.filter(table_import=one.pk).select_related("person").order_by("asked_at", "pk"))


def of_person(user_id: int) -> QuerySet[ImportReview]:
    """The reviews that a person was asked for, the last one first, with the imports but without their tables."""
    rows = ImportReview.objects.filter(person=user_id).select_related("table_import", "table_import__user")
    return rows.defer(*_TEXTS).order_by("-asked_at", "-pk")


def waiting_for(user_id: int) -> list[ImportReview]:
    """Those that the person has not answered yet, of imports that are not done, the first one first."""
    rows = of_person(user_id).filter(answer=ImportReview.WAITING).exclude(table_import__state=TableImport.COMMITTED)
    return list(rows.order_by("asked_at", "pk")[:MOST_LISTED])


def find(user_id: int, import_id: str) -> ImportReview:
    """The review that a person was asked for, with the import and its tables.

    Raises
    ------
    Missing
        If they were asked for none, or no longer.
    """
    key = uuid_of(import_id)
    rows = ImportReview.objects.select_related("table_import", "table_import__user").filter(person=user_id)
    found = rows.filter(table_import=key).first() if key else None
    if found is None:
        raise Missing("There is no such import, or you may not see it.")
    return found


@transaction.atomic
def ask(one: TableImport, person_id: int, *, note: str = "") -> ImportReview:
    """Ask somebody to review a plan; asked again, they answer again.

    Raises
    ------
    Invalid
        If the person is its owner, or the note is too long.
    Conflict
        If too many people were asked.
    """
    if person_id == one.user_id:
        raise Invalid.at("person", "This is your own import. Ask somebody else.")
    _refuse_long("note", note)
    TableImport.objects.select_for_update().filter(pk=one.pk).values_list("pk").first()
    others = ImportReview.objects.filter(table_import=one.pk).exclude(person=person_id)
    if others.count() >= MOST_REVIEWERS:
        raise Conflict(f"{MOST_REVIEWERS} people were asked, and no more can be.")
    found, _ = ImportReview.objects.update_or_create(
        table_import=one,
        person_id=person_id,
        defaults={
            "note": note,
            "answer": ImportReview.WAITING,
            "comment": "",
            "asked_at": timezone.now(),
            "answered_at": None,
        },
    )
    _tell_reviewer(one, found)
    return found


def answer(user_id: int, import_id: str, said: str, *, comment: str = "") -> ImportReview:
    """Answer a review; answered again, the last answer counts.

    Raises
    ------
    Missing
        If the person was not asked.
    Invalid
        If it is no answer, or says that something is to be changed but not what.
    """
    found = find(user_id, import_id)
    if said not in ANSWERS:
        raise Invalid.at("answer", f"Expected one of {', '.join(ANSWERS)}.")
    if said == ImportReview.REVISE and not comment.strip():
        raise Invalid.at("comment", "Say what needs to be changed.")
    _refuse_long("comment", comment)
    found.answer, found.comment, found.answered_at = said, comment.strip(), timezone.now()
    found.save(update_fields=["answer", "comment", "answered_at"])
    gathering.forget(REVIEWS, _about(found))
    _tell_owner(found)
    return found


def withdraw(one: TableImport, review_id: int) -> None:
    """No longer ask somebody, who then does not see the plan any more.

    Raises
    ------
    Missing
        If the import has no such review.
    """
    found = ImportReview.objects.filter(table_import=one.pk, pk=review_id).first()
    if found is None:
        raise Missing("There is no such review.")
    gathering.forget(REVIEWS, _about(found))
    found.delete()


def _tell_reviewer(one: TableImport, review: ImportReview) -> None:
    """Tell a person by email what they are asked; asked again before the email went, the last note counts."""
    rows = orjson.loads(one.summary)["counts"] if one.summary else {}
    facts = _facts(one) | {"person": one.user.email, "rows": sum(rows.values()), "note": without_links(review.note)}
    gathering.forget(REVIEWS, _about(review))
    gathering.tell(REVIEWS, [review.person_id], facts, about=_about(review))


def _tell_owner(review: ImportReview) -> None:
    """Tell the owner of an import what was answered; answered again, only the last answer."""
    one = review.table_import
    told = {"fine": review.answer == ImportReview.FINE, "comment": without_links(review.comment)}
    gathering.forget(REVIEWED, _about(review))
    gathering.tell(REVIEWED, [one.user_id], _facts(one) | told | {"person": review.person.email}, about=_about(review))


def _facts(one: TableImport) -> dict[str, object]:
    address = f"{settings.BRAINSTEM_URL}/private/import-tool/{one.pk}/"
    return {"name": without_links(one_line(one.name)) or "pasted table", "address": address}


def _about(review: ImportReview) -> str:
    return f"review {review.pk}"


def _refuse_long(name: str, text: str) -> None:
    if len(text) > LONGEST:
        raise Invalid.at(name, f"Write at most {LONGEST} characters; this is {len(text)}.")
    if "\0" in text:
        raise Invalid.at(name, "A NUL character is not allowed.")


__all__ = [
    "ANSWERS",
    "LONGEST",
    "MOST_REVIEWERS",
    "answer",
    "ask",
    "find",
    "of_import",
    "of_person",
    "waiting_for",
    "withdraw",
]
