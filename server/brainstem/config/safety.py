"""What makes a production server unsafe, and how to fix it. Pure: knows values, not where they come from."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

SHORTEST_KEY = 50
FEWEST_CHARACTERS = 5
PLACEHOLDERS = ("django-insecure", "changeme", "change-me", "secret-key", "your-secret")
MAKE_A_KEY = "python -c 'import secrets; print(secrets.token_urlsafe(64))'"


@dataclass(frozen=True)
class Finding:
    """A problem: the setting or part concerned, what is wrong with it, and how to fix it.

    The problem of a setting goes on from its name (SECRET_KEY *is not set.*); that of a part is a sentence of its own.
    """

    name: str
    problem: str
    fix: str

    def __str__(self) -> str:
        return f"{self.name}{'' if self.name.isupper() else ':'} {self.problem} {self.fix}"


@dataclass(frozen=True)
class Deployment:
    """The settings that decide whether a server is safe on a network."""

    secret_key: str
    allowed_hosts: Sequence[str]
    url: str
    cors_origins: Sequence[str] = ()
    former_keys: Sequence[str] = ()


def first_line(error: Exception) -> str:
    """A driver's error message, without the advice it adds."""
    return str(error).strip().partition("\n")[0].rstrip(".")


def is_local(host: str | None) -> bool:
    """True for names and addresses of the local machine."""
    if host is None:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def unsafe(deployment: Deployment) -> list[Finding]:
    """Everything about a deployment that is unsafe, all at once."""
    return [
        *_about_the_key(deployment.secret_key),
        *_about_former_keys(deployment.former_keys),
        *_about_hosts(deployment.allowed_hosts),
        *_about_the_url(deployment.url, deployment.allowed_hosts),
        *_about_origins(deployment.cors_origins),
    ]


def _about_the_key(key: str) -> Iterator[Finding]:
    fix = f"Set it to a long random value, once, and keep it: {MAKE_A_KEY}"
    if problem := _problem_of(key):
        yield Finding("SECRET_KEY", problem, fix)


def _about_former_keys(keys: Sequence[str]) -> Iterator[Finding]:
    """Signatures with former keys are still accepted, so a guessable one is as bad as a guessable current key."""
    for number, key in enumerate(keys, 1):
        if problem := _problem_of(key):
            told = f"lists, as number {number}, a key that {problem}"
            yield Finding("SECRET_KEY_FALLBACKS", told, "Remove it from SECRET_KEY_FALLBACKS.")


def _problem_of(key: str) -> str:
    if not key:
        return "is not set."
    if len(key) < SHORTEST_KEY:
        return f"has {len(key)} characters, fewer than {SHORTEST_KEY}."
    if len(set(key)) < FEWEST_CHARACTERS:
        return "repeats the same few characters."
    return "is a placeholder from an example." if any(word in key.lower() for word in PLACEHOLDERS) else ""


def _about_hosts(hosts: Sequence[str]) -> Iterator[Finding]:
    fix = "List the host names of the server, separated by commas: ALLOWED_HOSTS=lab.example.org"
    if not hosts:
        yield Finding("ALLOWED_HOSTS", "is empty, so every request would be refused.", fix)
    elif "*" in hosts:
        yield Finding("ALLOWED_HOSTS", "allows every host ('*'), so links in emails can be forged.", fix)


def _about_the_url(url: str, hosts: Sequence[str]) -> Iterator[Finding]:
    fix = "Set it to the public address: BRAINSTEM_URL=https://lab.example.org"
    parts = urlsplit(url)
    if not url:
        yield Finding("BRAINSTEM_URL", "is not set.", fix)
    elif parts.scheme not in {"http", "https"} or not parts.hostname:
        yield Finding("BRAINSTEM_URL", f"is not a web address: {url!r}.", fix)
    elif parts.scheme == "http" and not is_local(parts.hostname):
        yield Finding("BRAINSTEM_URL", "uses http, so passwords would be sent unencrypted.", fix)
    elif hosts and "*" not in hosts and not _allowed(parts.hostname, hosts):
        yield Finding(
            "BRAINSTEM_URL",
            f"names {parts.hostname!r}, which ALLOWED_HOSTS does not list.",
            f"Make the two agree: ALLOWED_HOSTS={','.join([*hosts, parts.hostname])}",
        )


def _allowed(host: str, patterns: Sequence[str]) -> bool:
    return any(
        host == pattern or (pattern.startswith(".") and (host == pattern[1:] or host.endswith(pattern)))
        for pattern in (text.lower() for text in patterns)
    )


def _about_origins(origins: Sequence[str]) -> Iterator[Finding]:
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme != "https" and not is_local(parts.hostname):
            yield Finding(
                "CORS_ALLOWED_ORIGINS",
                f"lists {origin!r}, which does not use https.",
                "List origins as in CORS_ALLOWED_ORIGINS=https://app.example.org",
            )
