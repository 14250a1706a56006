"""The commands of ``brainstem`` and their options. What a command needs to run is imported when it runs."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .._version import __version__
from . import options

EXAMPLES = """examples:
  brainstem login --url https://lab.example.org
  brainstem load session --filters name.icontains=rat --sort -name --include behaviors.setup
  brainstem load session --all --output csv --columns name,date_time,projects.name --to sessions.csv
  brainstem save session --data '{"name": "New", "projects": ["<id>"]}'
  brainstem import sessions.csv --model session --dry-run
  brainstem export "My project" -o folder/

exit codes: 0 done, 1 refused, 2 the command is not valid, 130 interrupted, 141 the output was closed
"""
LOGIN = """examples:
  brainstem login                                    asks for email and password
  brainstem login --url https://lab.example.org --browser
  brainstem login --token bst_...                    saves a token that you have
"""
LOGOUT = """example:
  brainstem logout --url https://lab.example.org
"""
SERVERS = """examples:
  brainstem servers                                  the servers you signed in to; * marks the default
  brainstem servers default https://lab.example.org
  brainstem servers forget https://old.example.org   also deletes its token

The default is the server you last signed in to. --url and BRAINSTEM_URL override it.
"""
LOAD = """examples:
  brainstem load session --filters name.icontains=rat --sort -date_time
  brainstem load session --id <id> --include behaviors.setup
  brainstem load subject --output table --columns name,sex,strain.name
  brainstem load session --all --output jsonl | jq .name
  brainstem load session --all --output csv --spreadsheet --to sessions.csv
"""
SAVE = """examples:
  brainstem save session --data '{"name": "New", "projects": ["<id>"]}'
  brainstem save session --id <id> --data '{"description": "updated"}'
  brainstem save session --data @session.json
  jq ... | brainstem save session --data @-
"""
DELETE = """example:
  brainstem delete session --id <id>
"""
HISTORY = """examples:
  brainstem history session <id>                     who changed what, newest first
  brainstem history session <id> --limit 100 --output json
"""
UNDO = """examples:
  brainstem undo <event>                             an event of a history, or one that import has named
  brainstem undo <event> <event>                     several, as import names them; the newest is undone first

Each event is undone as a whole, or refused if something of it was changed since.
"""
DELETED = """examples:
  brainstem deleted session
  brainstem deleted session --output json
"""
RESTORE = """example:
  brainstem restore session <id>
"""
WHOAMI = """example:
  brainstem whoami --output json
"""
MODELS = """examples:
  brainstem models
  brainstem models --output json
"""
FIELDS = """examples:
  brainstem fields session
  brainstem fields procedure --output json
"""
OPEN = """examples:
  brainstem open session <id>
  brainstem open project <id> --print
"""
IMPORT = """examples:
  brainstem import sessions.csv --model session --dry-run     shows what would be created and changed
  brainstem import sessions.csv --model session               does it, unless something is wrong
  brainstem import lab.xlsx                                   its sheets are called Subjects, Sessions and so on
  brainstem import procedures.csv --model procedure --key subject,type,date_time
  brainstem load session --all --output csv | brainstem import - --model session --dry-run

The first line names the columns: fields, extra_fields.x for a single value, or the column names of the public
server's templates (session__name, project__name). Give related records by name or id, separated by ; if several.
"""
EXPORT = """examples:
  brainstem export "My project" -o my_project/
  brainstem export <id> --portal public -o open_data/

If interrupted, run it again to resume. manifest.json has the number of records and the size and SHA-256 of each
file.
"""
COMPLETION = """examples:
  bash   echo 'source <(brainstem completion bash)' >> ~/.bashrc
  zsh    echo 'source <(brainstem completion zsh)' >> ~/.zshrc
  fish   brainstem completion fish > ~/.config/fish/completions/brainstem.fish
"""


def build_parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(
        prog="brainstem",
        description="Read and write the records of a BrainSTEM server.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[options.common(None)],
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = Commands(parser)
    commands.add("login", "account:login", "sign in and save the token", LOGIN)
    commands.add("logout", "account:logout", "sign out and delete the saved token", LOGOUT)
    _servers(commands.add("servers", "account:servers", "list, choose and forget servers", SERVERS))
    _whoami(commands.add("whoami", "account:whoami", "show who you are, on which server, with which token", WHOAMI))
    _load(commands.add("load", "records:load", "load records", LOAD))
    _save(commands.add("save", "records:save", "create or change a record", SAVE))
    _delete(commands.add("delete", "records:delete", "delete a record", DELETE))
    _history(commands.add("history", "past:history", "show who changed a record, when and how", HISTORY))
    _undo(commands.add("undo", "past:undo", "take back what a write or an import did", UNDO))
    _deleted(commands.add("deleted", "past:deleted", "list deleted records that can be restored", DELETED))
    _restore(commands.add("restore", "past:restore", "restore a deleted record", RESTORE))
    _import(
        commands.add(
            "import",
            "importing:import_table",
            "create and update records from a table (CSV, Excel, JSON Lines, Parquet)",
            IMPORT,
        )
    )
    _export(commands.add("export", "exporting:export", "save a whole project to a folder", EXPORT))
    _listing(commands.add("models", "look:models", "list the models", MODELS))
    _fields(commands.add("fields", "look:fields", "list the fields of a model", FIELDS))
    _open(commands.add("open", "look:open_page", "open a record in the browser", OPEN))
    _completion(
        commands.add("completion", "completion:script", "print the completion script for your shell", COMPLETION)
    )
    return parser


class Commands:
    """Adds commands to a parser."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._common = options.common(argparse.SUPPRESS)
        self._commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(self, name: str, place: str, about: str, examples: str) -> argparse.ArgumentParser:
        """A command that runs ``module:function`` of this package."""

        def run(arguments: argparse.Namespace) -> Any:
            module, _, function = place.partition(":")
            return getattr(importlib.import_module(f".{module}", __package__), function)(arguments)

        made: argparse.ArgumentParser = self._commands.add_parser(
            name,
            parents=[self._common],
            help=about,
            description=f"{about[0].upper()}{about[1:]}.",
            epilog=examples,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        made.set_defaults(run=run)
        return made


def _load(command: argparse.ArgumentParser) -> None:
    options.add_record(command)
    command.add_argument("--id", help="one record")
    command.add_argument("--filters", nargs="+", action="extend", default=[], type=options.pair, metavar="FIELD=VALUE")
    command.add_argument(
        "--sort", nargs="+", action="extend", metavar="FIELD", help="prefix with - for descending order"
    )
    command.add_argument(
        "--include", nargs="+", action="extend", metavar="RELATION", help="replace ids by the related records"
    )
    command.add_argument("--limit", type=int, help="maximum number of records (up to 100; any number with --all)")
    command.add_argument("--offset", type=int, help="number of records to skip")
    command.add_argument("--all", action="store_true", help="load the records of all pages")
    options.add_output(command, options.FORMATS)


def _save(command: argparse.ArgumentParser) -> None:
    options.add_record(command)
    command.add_argument("--id", help="the record to change; without it, a new one is created")
    command.add_argument(
        "--data",
        required=True,
        type=options.data,
        metavar="JSON",
        help="fields, as a JSON object; @file.json, or @- for standard input",
    )


def _delete(command: argparse.ArgumentParser) -> None:
    options.add_record(command)
    command.add_argument("--id", required=True, help="the record to delete")


def _history(command: argparse.ArgumentParser) -> None:
    options.add_record(command)
    command.add_argument("id", metavar="ID", help="id of the record")
    command.add_argument("--limit", type=int, default=20, help="maximum number of changes; default: 20")
    command.add_argument("--output", choices=("text", "json"), default="text", help="default: text")


def _undo(command: argparse.ArgumentParser) -> None:
    command.add_argument("events", nargs="+", metavar="EVENT", help="an event of a history, or named by import")


def _deleted(command: argparse.ArgumentParser) -> None:
    options.add_record(command)
    command.add_argument("--limit", type=int, help="maximum number of records")
    command.add_argument("--output", choices=("table", "json", "jsonl", "csv"), default="table", help="default: table")
    command.set_defaults(columns=None, to=None, spreadsheet=False)


def _restore(command: argparse.ArgumentParser) -> None:
    options.add_record(command)
    command.add_argument("id", metavar="ID", help="id of the deleted record")


def _import(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "file", metavar="FILE", help="a .csv, .tsv, .xlsx, .jsonl or .parquet file; - for standard input"
    )
    command.add_argument(
        "--model",
        type=options.model,
        metavar="MODEL",
        help="such as session; default: the names of the sheets of a workbook",
    )
    options.add_portal(command)
    command.add_argument("--dry-run", action="store_true", help="show what would change without writing anything")
    command.add_argument(
        "--key", type=options.names, metavar="A,B", help="fields that identify existing records; default: name"
    )
    command.add_argument("--partial", action="store_true", help="write the valid rows even if others are invalid")
    command.add_argument("--clear-empty", action="store_true", help="clear a field where its cell is empty")
    command.add_argument("--ignore", type=options.names, default=[], metavar="A,B", help="columns to leave out")
    command.add_argument(
        "--timezone", metavar="ZONE", help="zone of times without one, such as Europe/Copenhagen or local; default: UTC"
    )
    command.add_argument(
        "--dates",
        choices=("day", "month"),
        help="what comes first in dates such as 3/4/2026; default: they are refused",
    )
    command.add_argument(
        "--format",
        choices=("csv", "tsv", "jsonl", "xlsx", "parquet"),
        help="default: from the file name",
    )


def _export(command: argparse.ArgumentParser) -> None:
    command.add_argument("project", metavar="PROJECT", help="id or name")
    command.add_argument("-o", "--to", type=Path, metavar="FOLDER", required=True, help="a new folder")
    command.add_argument("--force", action="store_true", help="replace an earlier export")
    options.add_portal(command)


def _whoami(command: argparse.ArgumentParser) -> None:
    command.add_argument("--output", choices=("text", "json"), default="text", help="default: text")


def _servers(command: argparse.ArgumentParser) -> None:
    command.add_argument("action", nargs="?", choices=("list", "default", "forget"), default="list")
    command.add_argument("server_url", nargs="?", metavar="URL", help="for default and forget")
    command.add_argument("--output", choices=("text", "json"), default="text", help="default: text")


def _listing(command: argparse.ArgumentParser) -> None:
    command.add_argument("--output", choices=("table", "json"), default="table", help="default: table")


def _fields(command: argparse.ArgumentParser) -> None:
    options.add_record(command)
    _listing(command)


def _open(command: argparse.ArgumentParser) -> None:
    options.add_record(command)
    command.add_argument("id", metavar="ID", help="id of the record")
    command.add_argument("--print", action="store_true", help="print the address only")


def _completion(command: argparse.ArgumentParser) -> None:
    command.add_argument("shell", choices=("bash", "zsh", "fish"))


def joined(arguments: Sequence[str]) -> list[str]:
    """Arguments in which ``--sort -name`` is ``--sort=-name``: otherwise the parser takes ``-name`` for an option."""
    found: list[str] = []
    sorting = False
    for argument in arguments:
        if sorting and not argument.startswith("--") and argument != "-h":
            if found[-1] == "--sort":
                found.pop()
            found.append(f"--sort={argument}")
        else:
            sorting = argument == "--sort"
            found.append(argument)
    return found
