"""Feeds a dump to psql, all in one transaction: if anything fails, the database is as it was."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from django.core.management.base import CommandError

from .postgres_programs import Call
from .streams import CHUNK, reason


def feed(dump: Path, psql: Call, *, restore: Path, first: str) -> None:
    """Run the statements ``first``, then those of the dump.

    Parameters
    ----------
    psql : Call
        Runs psql on the database.
    restore : Path
        The program pg_restore, which makes statements of a dump.

    Raises
    ------
    CommandError
        If the dump cannot be read, or a statement fails.
    """
    with tempfile.TemporaryFile() as unread, tempfile.TemporaryFile() as refused:
        reader = subprocess.Popen(  # noqa: S603 - a program of PostgreSQL
            (restore, "--no-owner", "--no-privileges", "--file=-", dump), stdout=subprocess.PIPE, stderr=unread
        )
        writer = subprocess.Popen(  # noqa: S603 - a program of PostgreSQL
            psql.args, env=psql.env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=refused
        )
        try:
            _pass_on(reader, writer, first)
        except BrokenPipeError:  # psql ended at an error, which is reported below
            reader.kill()
        finally:
            # Without COMMIT, the end of psql's input undoes everything.
            failed = (writer.wait(), reader.wait())
        if failed[0]:
            raise CommandError(f"The database refused the dump, and is as it was: {reason(refused)}")
        if failed[1]:
            raise CommandError(f"The dump cannot be read, and the database is as it was: {reason(unread)}")


def _pass_on(reader: subprocess.Popen[bytes], writer: subprocess.Popen[bytes], first: str) -> None:
    assert reader.stdout is not None
    assert writer.stdin is not None
    with reader.stdout, writer.stdin:
        writer.stdin.write(f"BEGIN;\n{first}\n".encode())
        shutil.copyfileobj(reader.stdout, writer.stdin, CHUNK)
        if reader.wait() == 0:
            writer.stdin.write(b"COMMIT;\n")


__all__ = ["feed"]
