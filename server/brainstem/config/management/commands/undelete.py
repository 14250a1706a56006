"""``brainstem-server undelete``: restores deleted records."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import BrainstemError
from brainstem.core.model.registry import Spec, specs
from brainstem.core.text.words import nearest
from brainstem.core.undo import restoring


class Command(BaseCommand):
    """Restores a deleted record with its children, links, order and files."""

    help = "Restore a deleted record with everything deleted along with it: undelete session ID."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The record."""
        parser.add_argument("model", help="session, stem/session or stem.Session")
        parser.add_argument("id", help="Id of the record, as in its URL.")

    def handle(self, *_args: object, model: str, **options: Any) -> None:
        """Restore it, or report why not."""
        spec = _spec(model)
        record_id = _id(spec, options["id"])
        try:
            rows = restoring.undelete(spec, record_id, viewer=Viewer(Actor(via="command"), ""))
        except BrainstemError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Restored {spec.singular_name} {record_id}: {rows} rows.")


def _spec(text: str) -> Spec:
    """A model by name, with or without its app."""
    wanted = text.replace(".", "/").strip("/").lower()
    found = [spec for spec in specs().values() if wanted in (spec.segment, f"{spec.app}/{spec.segment}")]
    if len(found) == 1:
        return found[0]
    names = [spec.segment for spec in specs().values()]
    raise CommandError(f"There is no model {text!r}.{nearest(wanted.rpartition('/')[2], names)}")


def _id(spec: Spec, text: str) -> Any:
    try:
        return spec.parse_id(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is not an id of a {spec.singular_name}.") from error
