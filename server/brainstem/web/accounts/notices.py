"""Which emails a person gets, topic by topic; where the link in these emails leads. And closing announcements."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from brainstem.apps.users.models import User
from brainstem.apps.users.signed_in import close_announcement
from brainstem.apps.users.time_zones import zone_of
from brainstem.core.mail.gathering import TOPICS
from brainstem.core.mail.wishes import DAILY, MORNING, NEVER, NOW, WISHES, Recipient
from brainstem.core.tasks.watching import is_watched, last_seen
from brainstem.core.text.numbers import whole_of
from brainstem.web.notices import onward_of

WORDS = ((NOW, "At once"), (DAILY, "Once a day"), (NEVER, "Never"))


@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """The choice for each topic; a POST keeps it."""
    person: Any = request.user
    shown = {name: topic for name, topic in TOPICS.items() if person.is_superuser or not topic.for_administrators}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        sent = {name: request.POST.get(name, "") for name in shown if name in request.POST}
        wrong = {
            name: f"Choose one of: {', '.join(label for _, label in WORDS)}."
            for name, value in sent.items()
            if value not in WISHES
        }
        if not wrong:
            # What is chosen for topics that the person does not see, such as a former administrator, stays.
            User.objects.filter(pk=person.pk).update(mail_wishes={**(person.mail_wishes or {}), **sent})
            messages.success(request, "Your choice has been saved.")
            return redirect("account_notices")
    has = Recipient(person.pk, person.email, wishes=person.mail_wishes or {})
    rows = [
        (name, topic.words, request.POST.get(name) or has.wish(name), wrong.get(name, ""))
        for name, topic in shown.items()
    ]
    context = {
        "rows": rows,
        "choices": WORDS,
        "morning": f"{MORNING:02}:00",
        "zone": zone_of(person).replace("_", " "),
        "is_watched": is_watched(),
        "last_seen": last_seen(),
    }
    return render(request, "account/notices.html", context, status=422 if wrong else 200)


@login_required
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Close an announcement for oneself, and return to the page."""
    number = whole_of(request.POST.get("announcement", ""), below=2**63)
    if number is not None:
        close_announcement(request.user, number)
    return HttpResponseRedirect(onward_of(request, usual="/private/"), status=303)
