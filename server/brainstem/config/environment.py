"""Reads databases, keys, mail and limits from the environment into the form that Django expects."""

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

from brainstem.core.sql.prepares import PREPARES
from brainstem.core.text.words import truth_of

from .front.limits import Limits
from .rates.policies import Policy
from .rates.policies import read as read_policies
from .sign_in_providers import providers

SQLITE_BUSY_SECONDS = 20
CONNECT_SECONDS = 10
# Of libpq, for connections over a network: a machine that has vanished is noticed after a minute, not after hours.
KEEP_ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
SHORTEST_TOKEN = 24
SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "django.db.backends.postgresql"
OUR_POSTGRESQL = "brainstem.core.sql.postgresql"
HOW_TO_NAME_ONE = (
    "Set it to postgres://user:password@host/name or sqlite:////folder/file.sqlite3, or unset it for a SQLite file in"
    " the data folder."
)

# WAL lets readers continue during a write. NORMAL is safe with it: a power cut may lose the last commits, but never
# corrupts the file.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    # 2 MB a connection, of which every thread has one. More makes nothing faster: the system keeps the file in memory.
    "PRAGMA cache_size = -2048",
    # What outgrows per cache goes to a file without a name. A stream keeps all rows of its list there while it is read.
    "PRAGMA temp_store = FILE",
)


def database(env: environ.Env, data_dir: Path) -> dict[str, object]:
    """The default database: the one in ``DATABASE_URL``, or a SQLite file in the data folder.

    Raises
    ------
    ImproperlyConfigured
        If it is not a database URL, or names an unsupported kind of database.
    """
    found: dict[str, Any] = {}
    url = env.str("DATABASE_URL", default="").strip() or f"sqlite:///{data_dir / 'brainstem.sqlite3'}"
    with warnings.catch_warnings(action="ignore"), suppress(ValueError, KeyError):  # errors are reported below
        found = dict(env.db_url_config(url))
    engine = found.get("ENGINE")
    if engine not in (SQLITE, POSTGRESQL) or not found.get("NAME"):
        raise ImproperlyConfigured(f"DATABASE_URL is not a database URL. {HOW_TO_NAME_ONE}")
    if engine == SQLITE:
        return found | _sqlite(dict(found.get("OPTIONS", {})))
    # The folder of a socket has its slashes escaped: postgres://user@%2Fvar%2Frun%2Fpostgresql/name
    found["HOST"] = unquote(found.get("HOST") or "")
    prepares = env.bool("BRAINSTEM_PREPARE_STATEMENTS", default=True)
    return found | _postgres(dict(found.get("OPTIONS", {})), prepares=prepares)


def _sqlite(options: dict[str, object]) -> dict[str, object]:
    options |= {
        "timeout": SQLITE_BUSY_SECONDS,
        # Otherwise a transaction that reads first and writes later fails at once if another one writes meanwhile.
        "transaction_mode": "IMMEDIATE",
        "init_command": ";".join(SQLITE_PRAGMAS),
    }
    return {"OPTIONS": options, "CONN_MAX_AGE": None}


def _postgres(options: dict[str, object], *, prepares: bool) -> dict[str, object]:
    # No session settings, so that a pooler may give every transaction a different connection: statements carry
    # what they need (core/sql/statements.py).
    options = {"connect_timeout": CONNECT_SECONDS} | KEEP_ALIVE | options
    return {
        "ENGINE": OUR_POSTGRESQL, "OPTIONS": options, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True,
        PREPARES: prepares,
    }  # fmt: skip


def seconds(text: str) -> float | None:
    """A time limit; None for 0 and ``off``, which mean unlimited.

    Raises
    ------
    ImproperlyConfigured
        If it is not a number of seconds.
    """
    if text.strip().lower() in {"off", "none"}:
        return None
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found < 86_400:
        raise ImproperlyConfigured(f"Expected a number of seconds less than a day, or 'off', got {text!r}.")
    return found or None


def development_key(data_dir: Path) -> str:
    """A key stored in this data folder, generated on first use and readable only by its owner."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text().strip()


def throttle(text: str) -> bool:
    """Whether rate limits are enforced: everything but an explicit no means yes."""
    return text.strip().lower() != "none" and truth_of(text) is not False


def registration(env: environ.Env, *, debug: bool) -> str:
    """Who may register: anyone (``open``), or people invited by an administrator (``invitation``).

    Raises
    ------
    ImproperlyConfigured
        If the setting is neither.
    """
    text = env.str("BRAINSTEM_REGISTRATION", default="").strip().lower()
    if not text and "BRAINSTEM_INVITATION_ONLY" in os.environ:  # its former name
        return "invitation" if env.bool("BRAINSTEM_INVITATION_ONLY") else "open"
    return _one_of("BRAINSTEM_REGISTRATION", text or ("open" if debug else "invitation"), ("open", "invitation"))


def people(env: environ.Env, *, registration: str) -> str:
    """Whom users can see: ``everyone``, or only those they share a group or project with (``shared``).

    Raises
    ------
    ImproperlyConfigured
        If the setting is neither.
    """
    text = env.str("BRAINSTEM_PEOPLE", default="").strip().lower()
    return _one_of(
        "BRAINSTEM_PEOPLE", text or ("shared" if registration == "open" else "everyone"), ("everyone", "shared")
    )


def _one_of(name: str, text: str, values: tuple[str, ...]) -> str:
    if text not in values:
        raise ImproperlyConfigured(f"{name} is {text!r}; valid values: {', '.join(values)}.")
    return text


def log_format(env: environ.Env) -> str:
    """How log lines are written: as text (``line``), or each as a JSON object (``json``).

    Raises
    ------
    ImproperlyConfigured
        If the setting is neither.
    """
    return _one_of("LOG_FORMAT", env.str("LOG_FORMAT", default="line").strip().lower(), ("line", "json"))


def metrics_token(env: environ.Env) -> str:
    """What programs on other machines send to read the metrics; empty if none may.

    Raises
    ------
    ImproperlyConfigured
        If it is short enough to be guessed.
    """
    token: str = env.str("BRAINSTEM_METRICS_TOKEN", default="").strip()
    if token and len(token) < SHORTEST_TOKEN:
        raise ImproperlyConfigured(
            f"BRAINSTEM_METRICS_TOKEN has {len(token)} characters; use {SHORTEST_TOKEN} or more: "
            "python -c 'import secrets; print(secrets.token_urlsafe(32))'"
        )
    return token


def mail(env: environ.Env) -> dict[str, object]:
    """How emails are sent: as ``EMAIL_URL`` says, or else printed, so that their links can be followed."""
    found: dict[str, Any] = env.email_url("EMAIL_URL", default="consolemail://")
    if found["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend":
        found["EMAIL_BACKEND"] = "brainstem.config.mail_console.EmailBackend"
    return found


def domains(texts: Iterable[str]) -> list[str]:
    """Email domains in normalized form: lowercase, without a leading @."""
    return [domain for text in texts if (domain := text.strip().lower().removeprefix("@"))]


def rates(env: environ.Env, *, throttle: bool) -> tuple[Policy, ...]:
    """Limits of rate; none if limits are turned off altogether.

    Raises
    ------
    ImproperlyConfigured
        If a limit is negative.
    """
    try:
        found = read_policies(lambda name, default: int(env.int(name, default=default)))
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from error
    return found if throttle else ()


def limits(env: environ.Env) -> Limits:
    """Limits of a serving process: sizes, connections and timeouts.

    Raises
    ------
    ImproperlyConfigured
        If a limit is not a positive number.
    """
    try:
        return Limits.read(lambda name, default: int(env.int(name, default=default)))
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from error


def sign_in_providers(env: environ.Env) -> dict[str, object]:
    """External sign-in providers.

    Raises
    ------
    ImproperlyConfigured
        If a setting of one is missing or unsafe.
    """
    try:
        return providers(lambda name: str(env.str(name, default="")))
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from error
