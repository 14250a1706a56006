"""``brainstem-server quota``: how much projects hold, and the most that they may."""

from __future__ import annotations

import uuid
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import dataclass

from django.core.management.base import BaseCommand, CommandError

from brainstem.core.access.quotas import MEGABYTE
from brainstem.core.model.ids import uuid_of
from brainstem.core.model.registry import project_spec
from brainstem.core.sharing.usage import Holding, give_quota, held_by_project, held_by_server, worth_knowing
from brainstem.core.text.numbers import whole_of

MOST_SHOWN = 20
USUAL = "default"


@dataclass(frozen=True)
class Own:
    """A quota of a project's own: 0 is no limit, None that of the settings."""

    most: int | None


class Command(BaseCommand):
    """Shows usage; with a number, gives a project a quota of its own, in force from the next write on."""

    help = "Show how much the server and its fullest projects hold, or one project, whose quotas the options set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The project, and its new quotas."""
        parser.add_argument("project", nargs="?", default="", help="Id or name; without, the server and its projects.")
        parser.add_argument(
            "--records", type=_quota, metavar="N", help=f"the most records; 0: no limit, {USUAL}: as in the settings"
        )
        parser.add_argument("--files-mb", type=_quota, metavar="N", help="the same of the MB of uploaded files")

    def handle(
        self, *_args: object, project: str, records: Own | None, files_mb: Own | None, **_options: object
    ) -> None:
        """Set what is given, then show."""
        chosen = {name: one for name, one in (("records", records), ("files_mb", files_mb)) if one}
        if not project:
            if chosen:
                raise CommandError("Name the project whose quota this is. That of the server is a setting.")
            for one in (held_by_server(), *worth_knowing(MOST_SHOWN)):
                self.stdout.write(_told(one))
            return
        found = _project(project)
        if chosen:
            give_quota(found, **{name: one.most for name, one in chosen.items()})
        self.stdout.write(_told(held_by_project(found)))


def _quota(text: str) -> Own:
    found = whole_of(text, below=2**40)
    if text == USUAL or (found is not None and found >= 0):
        return Own(found)
    raise ArgumentTypeError(f"{text!r} is not a whole number. Write 0 for no limit, {USUAL} for that of the settings.")


def _project(text: str) -> uuid.UUID:
    rows = project_spec().model._default_manager
    wanted = uuid_of(text)
    found = (rows.filter(name=text) if wanted is None else rows.filter(pk=wanted)).values_list("pk", flat=True).first()
    if found is None:
        raise CommandError(f"There is no project {text!r}. Give its id, as in its URL, or its exact name.")
    return uuid.UUID(str(found))


def _told(one: Holding) -> str:
    records = f"{one.used.records:,} of {one.most.records:,}" if one.most.records else f"{one.used.records:,}"
    files = f"{one.used.bytes / MEGABYTE:,.1f}{f' of {one.most.files_mb:,}' if one.most.files_mb else ''}"
    return f"{one.name}{f' ({one.id})' if one.id else ''}: {records} records, {files} MB of files"
