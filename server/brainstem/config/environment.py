"""Reads what the environment says about databases, keys and mail; gives what Django wants to hear."""

from __future__ import annotations

import os
import secrets
import warnings
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
from django.core.exceptions import ImproperlyConfigured

from brainstem.core.text.words import truth_of

from .front.limits import Limits
from .sign_in_providers import providers

SQLITE_BUSY_SECONDS = 20
CONNECT_SECONDS = 10
SQLITE = "django.db.backends.sqlite3"
ENGINES = (SQLITE, "django.db.backends.postgresql")
HOW_TO_NAME_ONE = (
    "Set it to postgres://user:password@host/name or sqlite:////folder/file.sqlite3, or unset it for a SQLite file in"
    " the data folder."
)

# WAL lets readers go on while one writes. NORMAL is safe with it: a power cut may lose the last commits, never corrupt.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    # 2 MB a connection, of which every thread has one. More makes nothing faster: the system keeps the file in memory.
    "PRAGMA cache_size = -2048",
    # What outgrows a cache goes to a file without a name. A stream keeps all rows of its list there while it is read.
    "PRAGMA temp_store = FILE",
)


def database(env: environ.Env, data_dir: Path) -> dict[str, Any]:
    """The default database: what ``DATABASE_URL`` says, or a SQLite file in the data folder.

    Raises
    ------
    ImproperlyConfigured
        It is no address of a database, or of a kind that the server does not work with.
    """
    found: dict[str, Any] = {}
    url = env.str("DATABASE_URL", default="").strip() or f"sqlite:///{data_dir / 'brainstem.sqlite3'}"
    with warnings.catch_warnings(action="ignore"), suppress(ValueError, KeyError):  # what is wrong is said below
        found = dict(env.db_url_config(url))
    engine = found.get("ENGINE")
    if engine not in ENGINES or not found.get("NAME"):
        raise ImproperlyConfigured(f"DATABASE_URL is not the address of a database. {HOW_TO_NAME_ONE}")
    if engine == SQLITE:
        return found | _sqlite(dict(found.get("OPTIONS", {})))
    # A socket's folder comes with its slashes escaped: postgres://user@%2Fvar%2Frun%2Fpostgresql/name
    found["HOST"] = unquote(found.get("HOST") or "")
    return found | _postgres(dict(found.get("OPTIONS", {})))


def _sqlite(options: dict[str, Any]) -> dict[str, Any]:
    options |= {
        "timeout": SQLITE_BUSY_SECONDS,
        # A transaction that reads first and writes later would otherwise fail at once when another writes meanwhile.
        "transaction_mode": "IMMEDIATE",
        "init_command": ";".join(SQLITE_PRAGMAS),
    }
    return {"OPTIONS": options, "CONN_MAX_AGE": None}


def _postgres(options: dict[str, Any]) -> dict[str, Any]:
    # Nothing is set for a session, so that a pooler may give every transaction another connection: what a statement
    # needs it brings along (core/sql/statements.py).
    options.setdefault("connect_timeout", CONNECT_SECONDS)
    return {"OPTIONS": options, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}


def seconds(text: str) -> float | None:
    """How long something may take; None for 0 and ``off``, which mean as long as it takes.

    Raises
    ------
    ImproperlyConfigured
        It is no number of seconds.
    """
    if text.strip().lower() in {"off", "none"}:
        return None
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found < 86_400:
        raise ImproperlyConfigured(f"Expected a number of seconds below a day, or 'off', got {text!r}.")
    return found or None


def development_key(data_dir: Path) -> str:
    """A key of this data folder, made on first use and readable by its owner only."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text().strip()


def throttle(text: str) -> bool:
    """Whether rate limits hold: everything but an explicit no means yes."""
    return text.strip().lower() != "none" and truth_of(text) is not False


def registration(env: environ.Env, *, debug: bool) -> str:
    """Who may register: anybody (``open``), or whom an administrator invited (``invitation``).

    Raises
    ------
    ImproperlyConfigured
        The setting says neither.
    """
    text = env.str("BRAINSTEM_REGISTRATION", default="").strip().lower()
    if not text and "BRAINSTEM_INVITATION_ONLY" in os.environ:  # its former name
        return "invitation" if env.bool("BRAINSTEM_INVITATION_ONLY") else "open"
    return _one_of("BRAINSTEM_REGISTRATION", text or ("open" if debug else "invitation"), ("open", "invitation"))


def people(env: environ.Env, *, registration: str) -> str:
    """Whom people see: ``everyone``, or those with whom they share a group or a project (``shared``).

    Raises
    ------
    ImproperlyConfigured
        The setting says neither.
    """
    text = env.str("BRAINSTEM_PEOPLE", default="").strip().lower()
    return _one_of(
        "BRAINSTEM_PEOPLE", text or ("shared" if registration == "open" else "everyone"), ("everyone", "shared")
    )


def _one_of(name: str, text: str, values: tuple[str, ...]) -> str:
    if text not in values:
        raise ImproperlyConfigured(f"{name} is {text!r}; it can be: {', '.join(values)}.")
    return text


def mail(env: environ.Env) -> dict[str, Any]:
    """How mails go out: what ``EMAIL_URL`` says, or printed so that one can read them and follow their links."""
    found: dict[str, Any] = env.email_url("EMAIL_URL", default="consolemail://")
    if found["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend":
        found["EMAIL_BACKEND"] = "brainstem.config.mail_console.EmailBackend"
    return found


def domains(texts: Iterable[str]) -> list[str]:
    """E-mail domains as they are compared: small letters, without an @ in front."""
    return [domain for text in texts if (domain := text.strip().lower().removeprefix("@"))]


def limits(env: environ.Env) -> Limits:
    """How much a serving process takes, from how many, and for how long it waits.

    Raises
    ------
    ImproperlyConfigured
        A limit is not a positive number.
    """
    try:
        return Limits.read(lambda name, default: int(env.int(name, default=default)))
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from error


def sign_in_providers(env: environ.Env) -> dict[str, Any]:
    """Other servers that may say who somebody is.

    Raises
    ------
    ImproperlyConfigured
        A setting of one is missing or unsafe.
    """
    try:
        return providers(lambda name: str(env.str(name, default="")))
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from error
