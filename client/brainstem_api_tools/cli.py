"""``brainstem``: the client at the command line.

Ends with 0 if it went well, 1 if the server (or the client) refused, 2 if the command makes no sense.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from ._version import __version__
from .errors import BrainstemError
from .names import PORTALS, model_name

if TYPE_CHECKING:
    from requests import Response

    from .client import BrainstemClient
    from .core import Core
    from .transport import Transport

EXAMPLES = """examples:
  brainstem login --url https://lab.example.org
  brainstem load session --filters name.icontains=rat --sort -name --include behaviors.setup
  brainstem load session --portal public --limit 20 --offset 40
  brainstem save session --data '{"name": "New", "projects": ["<id>"]}'
  brainstem save session --id <id> --data '{"description": "updated"}'
  brainstem delete session --id <id>
"""


def build_parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    common = _common(argparse.SUPPRESS)
    parser = argparse.ArgumentParser(
        prog="brainstem",
        description="Read and write the records of a BrainSTEM server.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[_common(None)],
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("login", parents=[common], help="sign in and keep the token").set_defaults(run=login)
    commands.add_parser("logout", parents=[common], help="forget the kept token").set_defaults(run=logout)
    _add_load(commands.add_parser("load", parents=[common], help="load records"))
    _add_save(commands.add_parser("save", parents=[common], help="add or change a record"))
    _add_delete(commands.add_parser("delete", parents=[common], help="delete a record"))
    return parser


def _common(default: str | None) -> argparse.ArgumentParser:
    """Options that every command takes, before or after its name."""
    common = argparse.ArgumentParser(add_help=False, argument_default=default)
    common.add_argument("--token", help="token; otherwise BRAINSTEM_API_TOKEN, BRAINSTEM_TOKEN, .env, or the kept one")
    common.add_argument("--url", help="address of the server; otherwise BRAINSTEM_URL, or the public server")
    common.add_argument(
        "--headless", action="store_true", default=default, help="sign in on another device, with a code"
    )
    common.add_argument("--browser", action="store_true", default=default, help="sign in with a browser (two-factor)")
    return common


def _add_record(command: argparse.ArgumentParser) -> None:
    command.add_argument("model", type=_model, metavar="MODEL", help="such as session")
    command.add_argument("--portal", default="private", choices=sorted(PORTALS), help="private unless said otherwise")


def _add_load(command: argparse.ArgumentParser) -> None:
    _add_record(command)
    command.add_argument("--id", help="one record")
    command.add_argument("--filters", nargs="+", action="extend", default=[], type=_filter, metavar="FIELD=VALUE")
    command.add_argument(
        "--sort", nargs="+", action="extend", metavar="FIELD", help="with - in front, the greatest first"
    )
    command.add_argument("--include", nargs="+", action="extend", metavar="RELATION", help="records in place of ids")
    command.add_argument("--limit", type=int, help="how many records (100 at most)")
    command.add_argument("--offset", type=int, help="after how many")
    command.set_defaults(run=load)


def _add_save(command: argparse.ArgumentParser) -> None:
    _add_record(command)
    command.add_argument("--id", help="the record to change; without it one is added")
    command.add_argument("--data", required=True, type=_json, metavar="JSON", help="fields, as a JSON object")
    command.set_defaults(run=save)


def _add_delete(command: argparse.ArgumentParser) -> None:
    _add_record(command)
    command.add_argument("--id", required=True, help="the record to delete")
    command.set_defaults(run=delete)


# --- values ---


def _model(text: str) -> str:
    try:
        return model_name(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _filter(text: str) -> list[str]:
    if "=" not in text:
        raise argparse.ArgumentTypeError(f"Invalid filter '{text}': expected FIELD=VALUE")
    return text.split("=", 1)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"Invalid JSON: {error}") from None


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


# --- commands: each gives the exit code ---


def login(arguments: argparse.Namespace) -> int:
    """Sign in, also if a token is kept already; a token that is given is kept once the server has taken it."""
    core, transport = _core(arguments)
    credentials = core.credentials
    if credentials.given:
        transport.run(core.ask_checked("GET", f"{core.base}private/users/user/?limit=1"))
    token = credentials.given or transport.run(credentials.obtain())
    print(f"Signed in to {core.url}")
    kept = credentials.cache.save(core.url, token) if credentials.cache else None
    print(f"Cached at: {kept}" if kept else "The token could not be kept: the folder cannot be written.")
    return 0


def logout(arguments: argparse.Namespace) -> int:
    """Forget the token that is kept for the server."""
    core, _ = _core(arguments)
    cache = core.credentials.cache
    if cache and cache.remove(core.url):
        print(f"Logged out. Token removed from {cache.file(core.url)}")
    else:
        print("No cached token found.")
    return 0


def load(arguments: argparse.Namespace) -> int:
    """Load a page of records, or one record."""
    with _client(arguments) as client:
        return _show(
            client.load(
                arguments.model,
                portal=arguments.portal,
                id=arguments.id,
                filters=dict(arguments.filters),
                sort=arguments.sort,
                include=arguments.include,
                limit=arguments.limit,
                offset=arguments.offset,
            )
        )


def save(arguments: argparse.Namespace) -> int:
    """Add or change a record."""
    with _client(arguments) as client:
        return _show(client.save(arguments.model, portal=arguments.portal, id=arguments.id, data=arguments.data))


def delete(arguments: argparse.Namespace) -> int:
    """Delete a record."""
    with _client(arguments) as client:
        return _show(client.delete(arguments.model, portal=arguments.portal, id=arguments.id))


# --- what they share ---


def _options(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "token": arguments.token,
        "url": arguments.url,
        "headless": bool(arguments.headless),
        "browser": bool(arguments.browser),
        # What is said while signing in must not end up in a file of records.
        "say": lambda line: print(line, file=sys.stderr),
    }


def _core(arguments: argparse.Namespace) -> tuple[Core, Transport]:
    from .core import Core, Options
    from .transport import Transport

    return Core(Options(**_options(arguments))), Transport()


def _client(arguments: argparse.Namespace) -> BrainstemClient:
    from .client import BrainstemClient

    return BrainstemClient(anonymous=arguments.portal == "public", **_options(arguments))


def _show(response: Response) -> int:
    """Print an answer; the exit code that it means."""
    if response.status_code == 204:
        print("Deleted successfully.")
    else:
        try:
            print(json.dumps(response.json(), indent=2))
        except ValueError:
            print(response.text)
    return 0 if response.ok else 1


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and end with its code."""
    parsed = build_parser().parse_args(joined(sys.argv[1:] if arguments is None else arguments))
    try:
        code: int = parsed.run(parsed)
    except KeyboardInterrupt:
        code = 130
    except (BrainstemError, OSError, ValueError) as error:  # OSError: what requests raises without an answer
        print(f"brainstem: {error}", file=sys.stderr)
        code = 1
    sys.exit(code)


if __name__ == "__main__":
    main()
