"""``login``, ``logout``, ``servers``, ``whoami``."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
from typing import TYPE_CHECKING

from ..paging import record_of
from .connection import Server, core_of, server_of

if TYPE_CHECKING:
    from ..core import Core
    from ..servers import Servers


def login(arguments: argparse.Namespace) -> int:
    """Sign in, also if a token is kept already; a token that is given is kept once the server has taken it."""
    core, transport = core_of(arguments)
    credentials = core.credentials
    if credentials.given:
        transport.run(core.ask_checked("GET", f"{core.base}private/users/user/?limit=1"))
    token = credentials.given or transport.run(credentials.obtain())
    print(f"Signed in to {core.url}")
    kept = credentials.keep(token)
    print(f"Cached at: {kept}" if kept else "The token could not be saved: the folder is not writable.")
    return 0


def logout(arguments: argparse.Namespace) -> int:
    """Forget the token that is kept for the server."""
    core, _ = core_of(arguments)
    cache = core.credentials.cache
    if cache and cache.remove(core.url):
        print(f"Logged out. Token removed from {cache.file(core.url)}")
    else:
        print("No cached token found.")
    return 0


def servers(arguments: argparse.Namespace) -> int:
    """The servers that are remembered; makes one the default, or forgets one."""
    from ..names import clean_url
    from ..servers import Servers
    from ..token_cache import TokenCache

    remembered = Servers(TokenCache())
    if arguments.action == "list":
        return _show_servers(remembered, arguments)
    if not arguments.server_url:
        raise ValueError(f"Name the server: brainstem servers {arguments.action} URL")
    url = clean_url(arguments.server_url)
    if arguments.action == "forget":
        return _done(remembered.forget(url), f"Forgotten: {url}", f"{url} is not a known server. Nothing was changed.")
    return _done(remembered.choose(url), f"The default is now {url}", f"{remembered.file} is not writable.")


def _done(well: bool, shown: str, problem: str) -> int:
    if not well:
        raise ValueError(problem)
    print(shown)
    return 0


def _show_servers(remembered: Servers, arguments: argparse.Namespace) -> int:
    from dataclasses import asdict

    from ..environment import ENV_FILE, URL_NAME, surroundings
    from .terminal import notice

    known = remembered.known()
    if arguments.output == "json":
        print(json.dumps([asdict(one) for one in known], indent=2))
    else:
        for one in known:
            print(f"{'*' if one.default else ' '} {one.url}{'' if one.signed_in else '  (signed out)'}")
        if not known:
            notice(arguments, "No known servers. Sign in to one: brainstem login --url URL")
    if named := surroundings(ENV_FILE).get(URL_NAME):
        notice(arguments, f"{URL_NAME} is set and overrides the default: {named}")
    return 0


def whoami(arguments: argparse.Namespace) -> int:
    """Who the server takes you for, and where the token comes from."""
    with server_of(arguments) as server:
        user = record_of(server.ask("GET", server.url("user", "me")), server.core.base)[1]
        about = {
            "name": " ".join(part for part in (user.get("first_name"), user.get("last_name")) if part),
            "email": user.get("email"),
            "id": user.get("id"),
            "server": server.core.url,
            "token": source_of(arguments, server.core),
            "expires": _expiry(server),
        }
    if arguments.output == "json":
        print(json.dumps(about, indent=2))
    else:
        print("\n".join(f"{key + ':':9}{value}" for key, value in about.items() if value not in {None, ""}))
    return 0


def source_of(arguments: argparse.Namespace, core: Core) -> str:
    """Where the token comes from."""
    from ..environment import ENV_FILE, TOKEN_NAMES, surroundings

    if arguments.token:
        return "--token"
    if core.credentials.given:
        settings = surroundings(ENV_FILE)
        name = next(name for name in TOKEN_NAMES if settings.get(name, "").strip())
        return name if os.environ.get(name, "").strip() else f"{name} in {ENV_FILE}"
    cache = core.credentials.cache
    return str(cache.file(core.url)) if cache and cache.load(core.url) else "signed in just now"


def _expiry(server: Server) -> str | None:
    """When the token ends; None where the server does not tell."""
    from ..errors import BrainstemError

    current = server.core.credentials.current
    with contextlib.suppress(BrainstemError):  # not every server, and not every token, can list tokens
        tokens = server.ask("GET", f"{server.core.base}auth/tokens/")
        found = tokens.get("tokens", []) if isinstance(tokens, dict) else []
        return next((one["expires_at"] for one in found if current.startswith(one.get("prefix") or "\0")), None)
    return None
