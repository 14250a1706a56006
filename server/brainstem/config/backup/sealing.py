"""Encrypting a backup for somebody's public key, with age or GnuPG; the private key is only needed to restore."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from django.core.management.base import CommandError

OF_AGE = ("age1", "ssh-")
GONE = ("e", "r")  # expired, revoked


@dataclass(frozen=True)
class Seal:
    """Who can read the backup, and the program that encrypts it for them."""

    tool: str
    recipient: str
    command: Sequence[str]

    @property
    def ending(self) -> str:
        """What names of encrypted files end with."""
        return f".{self.tool}"


def seal_for(recipient: str) -> Seal:
    """The seal of a recipient: a public key of age, of ssh, or one in the keyring of GnuPG.

    Raises
    ------
    CommandError
        If the program is not installed, or it does not know exactly one such key.
    """
    if recipient.startswith(OF_AGE):
        program = _found("age", "install it (package `age`), or name a key of GnuPG")
        return Seal("age", recipient, (program, "--encrypt", "--recipient", recipient))
    program = _found("gpg", "install it (package `gnupg`), or install age and name a recipient that begins with age1")
    key = _fingerprint(program, recipient)
    # The administrator named the key; whether the keyring trusts it is not asked again.
    said = ("--batch", "--quiet", "--trust-model", "always", "--recipient", key, "--encrypt")
    return Seal("gpg", key, (program, *said))


def opener(name: str, identity: str) -> Sequence[str]:
    """The command that decrypts a file of this name; empty if it is not encrypted.

    Raises
    ------
    CommandError
        If the program is not installed, or age was given no identity.
    """
    if name.endswith(".gpg"):
        return (_found("gpg", "install it (package `gnupg`)"), "--batch", "--quiet", "--decrypt")
    if not name.endswith(".age"):
        return ()
    program = _found("age", "install it (package `age`)")
    if not identity:
        raise CommandError("The backup is encrypted with age: name the file with your key, --identity FILE.")
    return (program, "--decrypt", "--identity", identity)


def _found(program: str, remedy: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise CommandError(f"{program} is not installed, which this encryption needs: {remedy}.")
    return str(Path(found).resolve())


def _fingerprint(program: str, recipient: str) -> str:
    """The one key that is meant: an address may later stand for another key, which cannot read what is there."""
    listing = subprocess.run(  # noqa: S603 - no shell, and the recipient cannot be an option
        (program, "--batch", "--with-colons", "--list-keys", "--", recipient),
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    lines = [line.split(":") for line in listing.splitlines()]
    keys = [
        following[9]
        for line, following in pairwise(lines)
        if line[0] == "pub" and line[1] not in GONE and following[0] == "fpr"
    ]
    if len(keys) != 1:
        known = f"{len(keys)} keys" if keys else "no key"
        raise CommandError(f"GnuPG knows {known} for {recipient!r}: import the public key, or give its fingerprint.")
    return keys[0]


__all__ = ["Seal", "opener", "seal_for"]
