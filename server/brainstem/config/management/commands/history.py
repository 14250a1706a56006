"""``brainstem-server history prune``: removes old history."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from brainstem.core.history.horizon import kept_since
from brainstem.core.history.pruning import Policy, Pruned, prune, rehearse
from brainstem.core.text.numbers import whole_of
from brainstem.core.text.times import moment_of


class Command(BaseCommand):
    """Removes old history; what is deleted can still be restored afterwards."""

    help = "Remove changes from before a date (prune), except for the last ones of each record; safe while others work."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The only action, and the policy."""
        parsers = parser.add_subparsers(dest="what", required=True)
        prune = parsers.add_parser("prune", help="remove old changes")
        prune.add_argument("--before", required=True, metavar="DATE", help="2025-01-31, or a time in ISO 8601 (UTC)")
        prune.add_argument("--keep-last", default="1", metavar="N", help="changes of each record that stay (1)")
        prune.add_argument("--dry-run", action="store_true", help="only count what would be removed")

    def handle(self, *_args: object, before: str, keep_last: str, dry_run: bool, **_options: object) -> None:
        """Do it, and say how far back history reaches now."""
        policy = Policy(_moment(before), _number(keep_last))
        found = rehearse(policy) if dry_run else prune(policy)
        self.stdout.write(_told(found, policy, "Would remove" if dry_run else "Removed"))
        if not dry_run:
            self.stdout.write(_reach(kept_since()))


def _moment(text: str) -> dt.datetime:
    found = moment_of(text)
    if found is None:
        raise CommandError(f"--before: {text!r} is neither a date nor a time. Write 2025-01-31 or 2025-01-31T12:00Z.")
    if found > timezone.now():
        raise CommandError(f"--before: {text} lies in the future. Give a date in the past.")
    return found


def _number(text: str) -> int:
    found = whole_of(text, below=2**31)
    if found is None or found < 1:
        raise CommandError(f"--keep-last: {text!r} is not a whole number from 1. The last change of a record stays.")
    return found


def _told(found: Pruned, policy: Policy, did: str) -> str:
    changes = f"{found.changes} change{'' if found.changes == 1 else 's'} from before {_day(policy.before)}"
    deletions = f" and the rows of {found.deletions} deletions that were undone" if found.deletions else ""
    kept = "the last change" if policy.keep_last == 1 else f"the last {policy.keep_last} changes"
    return f"{did} {changes}{deletions}; {kept} of each record and all that is needed to restore deleted records stay."


def _reach(since: dt.datetime | None) -> str:
    if since is None:
        return "History is complete: nothing was ever removed."
    return f"History is complete since {_day(since)}: `as_of` and undo reach back to then."


def _day(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
