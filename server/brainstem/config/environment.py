"""Reads what the environment says about databases, keys and mail; gives what Django wants to hear."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
from django.core.exceptions import ImproperlyConfigured

from .front.limits import Limits
from .sign_in_providers import providers

SQLITE_BUSY_SECONDS = 20

# WAL lets readers go on while one writes. NORMAL is safe with it: a power cut may lose the last commits, never corrupt.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA cache_size = -8192",  # 8 MB a connection, and every thread has one
    "PRAGMA temp_store = MEMORY",
)

SERVING = "BRAINSTEM_SERVING"
STATEMENT_SECONDS = 60

# A plan made without the values is wrong for lists: it made them 2.5 times slower.
# Compiling a plan takes longer than running it: statements are long, and touch a page of rows.
POSTGRES_OPTIONS = "-c plan_cache_mode=force_custom_plan -c jit=off"


def database(env: environ.Env, data_dir: Path) -> dict[str, Any]:
    """The default database: what ``DATABASE_URL`` says, or a SQLite file in the data folder."""
    found: dict[str, Any] = dict(env.db_url("DATABASE_URL", default=f"sqlite:///{data_dir / 'brainstem.sqlite3'}"))
    if found["ENGINE"] == "django.db.backends.sqlite3":
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
    # Only the served process: a migration or an export may take as long as it takes.
    limit = f"-c statement_timeout={STATEMENT_SECONDS}s" if os.environ.get(SERVING) else ""
    options["options"] = " ".join(f"{options.get('options', '')} {POSTGRES_OPTIONS} {limit}".split())
    return {"OPTIONS": options, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}


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
    return text.strip().lower() not in {"off", "0", "false", "no", "none"}


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
