"""Email digests: everything that happens within some minutes goes into one email, however much it is.

A notice is written in the transaction that it reports. Some minutes after the first one, a task sends all of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from ..model.registry import specs
from ..models import Notice
from ..tasks.queue import background, chore, later, queue
from ..text.times import kept_moment
from . import quota
from .message import Message, compose
from .sending import deliver, is_quiet

FIRST_FEW = 20
# Notices left behind by a crash between commit and queueing, or by a queue emptied by hand.
OVERDUE = dt.timedelta(hours=2)


@dataclass(frozen=True)
class Topic:
    """A kind of news: the email for a single notice, the title for several, and how long they are held."""

    mail: str
    several: str
    wait: dt.timedelta
    lasting: bool = False  # sent only while the record exists


TOPICS = {
    "proposals": Topic(
        "approvals/proposed", "{} proposals are waiting for review", dt.timedelta(minutes=5), lasting=True
    ),
    "decisions": Topic("approvals/decided", "{} of your proposals have been reviewed", dt.timedelta(minutes=5)),
    "offers": Topic(
        "joining/offered", "{} invitations and requests are waiting for you", dt.timedelta(minutes=2), lasting=True
    ),
    "strangers": Topic("joining/stranger", "{} people are waiting to register", dt.timedelta(minutes=2)),
    "answers": Topic("joining/answered", "{} invitations and requests have been answered", dt.timedelta(minutes=2)),
}


@dataclass
class _Queue:
    """Queues the task that sends; two for the same recipient are equal."""

    topic: str
    person_id: int | None
    done: bool = field(default=False, compare=False)

    def __call__(self) -> None:
        self.done = True
        later(gather, wait=TOPICS[self.topic].wait, topic=self.topic, person_id=self.person_id)


def tell(
    topic: str, people: Iterable[int | None], facts: Mapping[str, object], *, about: str = "", once: str = ""
) -> None:
    """Add a notice for these people (None: all administrators), to be sent with others of the topic.

    Parameters
    ----------
    about : str
        Label and id of the record, such as ``stem.Project 7``; notices of some topics are dropped when it is gone.
    once : str
        Key of news that a person gets at most once a day.
    """
    to = [] if is_quiet() else list(people)
    Notice.objects.bulk_create(
        Notice(topic=topic, person_id=one, about=about, once=once, facts=dict(facts)) for one in to
    )
    for one in to:
        _queue_once(_Queue(topic, one))


def forget(topic: str, about: str) -> bool:
    """Drop unsent notices about a record; returns whether there were any."""
    return bool(Notice.objects.filter(topic=topic, about=about).delete()[0])


def _queue_once(wanted: _Queue) -> None:
    # Two hundred rows of one request make one task. A rollback removes them from this list.
    queued = [entry[1] for entry in connection.run_on_commit]
    if not any(one == wanted and not one.done for one in queued):
        transaction.on_commit(wanted, robust=True)


@background()
def gather(*, topic: str, person_id: int | None) -> None:
    """Send all notices of a topic to a person, or the administrators, in one email."""
    to = _addresses(person_id)
    with transaction.atomic():
        # Locked, so that only one of two workers sends; the transaction that deletes the notices queues the email.
        rows = list(Notice.objects.select_for_update().filter(topic=topic, person_id=person_id).order_by("pk"))
        if not rows:
            return
        if to and not quota.spend(quota.NEWS, f"{topic} {person_id}"):
            later(gather, wait=dt.timedelta(hours=1), topic=topic, person_id=person_id)
            return
        news = [row for row in _lasting(TOPICS[topic], rows) if _is_new(row)]
        if to and news:
            deliver(_message(TOPICS[topic], news).to(*to))
        Notice.objects.filter(pk__in=[row.pk for row in rows]).delete()


@chore
def sweep() -> None:
    """Send overdue notices."""
    overdue = Notice.objects.filter(at__lt=timezone.now() - OVERDUE)
    for topic, person_id in overdue.order_by().values_list("topic", "person_id").distinct():
        queue(gather, topic=topic, person_id=person_id)
    quota.forget()


def _addresses(person_id: int | None) -> list[str]:
    people = get_user_model()._default_manager.filter(is_active=True)
    people = people.filter(is_superuser=True) if person_id is None else people.filter(pk=person_id)
    return [str(address) for address in people.order_by("pk").values_list("email", flat=True) if address]


def _lasting(topic: Topic, rows: list[Notice]) -> list[Notice]:
    """Those whose record still exists, where that matters."""
    if not topic.lasting:
        return rows
    wanted: dict[str, set[str]] = {}
    for row in rows:
        label, _, pk = row.about.partition(" ")
        wanted.setdefault(label, set()).add(pk)
    there = {
        f"{label} {pk}"
        for label, ids in wanted.items()
        for pk in specs()[label].model._default_manager.filter(pk__in=ids).values_list("pk", flat=True)
    }
    return [row for row in rows if row.about in there]


def _is_new(row: Notice) -> bool:
    return not row.once or quota.spend(quota.ONCE_A_DAY, f"{row.person_id} {row.once}")


def _message(topic: Topic, news: list[Notice]) -> Message:
    if len(news) == 1:
        return compose(topic.mail, _with_times(news[0].facts))
    several = [_with_times(row.facts) for row in news[:FIRST_FEW]]
    lines = [{"text": compose(topic.mail, facts).subject, "address": facts.get("address", "")} for facts in several]
    context = {"title": topic.several.format(len(news)), "lines": lines, "more": len(news) - len(lines)}
    return compose("news/several", context)


def _with_times(facts: Mapping[str, object]) -> dict[str, object]:
    """Values for the template, with times parsed, which JSON stores as text."""
    found = dict(facts)
    for name, value in found.items():
        if isinstance(value, dict):
            found[name] = _with_times(value)
        elif name.endswith("_at") and isinstance(value, str):
            found[name] = kept_moment(value)
    return found
