"""``brainstem-server revoke-leaked``: revoke the tokens found in a file."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from brainstem.apps.users.leaks import Leaked, revoke_leaked, texts_in


class Command(BaseCommand):
    """Finds tokens by their form, revokes those of this server and notifies their owners."""

    help = (
        "Revoke the tokens of this server found in a file of any kind (- reads standard input) and notify their owners "
        "by email. Exits with 0 even if none are found, with 1 if the file cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file."""
        parser.add_argument("file", help="a file of any kind and size, or - for standard input")

    def handle(self, *_args: object, file: str, **_options: object) -> None:
        """Revoke; prints only prefixes, since anyone who reads a token can use it."""
        try:
            with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as source:
                found = revoke_leaked(texts_in(source))
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        for leaked in found:
            self.stdout.write(f"{leaked.prefix}  {'revoked' if leaked.was_live else 'was no longer valid'}")
        self.stdout.write(_summary(found))


def _summary(found: list[Leaked]) -> str:
    if not found:
        return "No tokens of this server were found."
    owners, ended = len({leaked.user_id for leaked in found}), sum(leaked.was_live for leaked in found)
    tokens = "1 token" if len(found) == 1 else f"{len(found)} tokens"
    people = "1 person" if owners == 1 else f"{owners} people"
    return f"{tokens} of {people} found, {ended} revoked."
