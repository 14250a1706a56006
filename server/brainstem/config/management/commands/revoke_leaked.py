"""``brainstem-server revoke-leaked``: end the tokens that stand in a file."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from brainstem.apps.users.leaks import Leaked, revoke_leaked, texts_in


class Command(BaseCommand):
    """Looks for tokens by their form, ends those of this server, and tells their owners."""

    help = (
        "End the tokens of this server that stand in a file (- reads the standard input), whatever else stands there. "
        "Owners are told by e-mail. Exit status 0 also when there are none; 1 when the file cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file."""
        parser.add_argument("file", help="a file of any kind and size, or - for the standard input")

    def handle(self, *_args: Any, file: str, **_options: Any) -> None:
        """Do it; prints prefixes only, for whoever reads a token can use it."""
        try:
            with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as source:
                found = revoke_leaked(texts_in(source))
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        for leaked in found:
            self.stdout.write(f"{leaked.prefix}  {'revoked' if leaked.was_live else 'was over before'}")
        self.stdout.write(_summary(found))


def _summary(found: list[Leaked]) -> str:
    if not found:
        return "No token of this server was found."
    owners, ended = len({leaked.user_id for leaked in found}), sum(leaked.was_live for leaked in found)
    tokens = "1 token" if len(found) == 1 else f"{len(found)} tokens"
    people = "1 person" if owners == 1 else f"{owners} people"
    return f"{tokens} of {people} found, {ended} revoked."
