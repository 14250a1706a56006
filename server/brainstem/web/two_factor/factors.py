"""The ways to confirm an identity in addition to the password, and their names on pages."""

from __future__ import annotations

from dataclasses import dataclass

from brainstem.apps.users import backup_codes
from brainstem.apps.users.models import User
from brainstem.apps.users.two_factor import Method, methods_of


@dataclass(frozen=True)
class Factor:
    """One factor, as a page asks for it."""

    key: str
    label: str
    title: str
    ask: str

    def __str__(self) -> str:
        return self.label


FACTORS = {
    factor.key: factor
    for factor in (
        Factor(Method.APP, "Use your authenticator app", "Authenticator app", "Code of your authenticator app"),
        Factor(Method.PASSKEY, "Use a passkey", "Passkey", ""),
        Factor(Method.EMAIL, "Get a code by email", "Code by email", "Code from the email"),
        Factor("backup", "Use a backup code", "Backup code", "Backup code"),
    )
}
BACKUP = FACTORS["backup"]


def factors_of(user: User) -> list[Factor]:
    """The factors that a person can be asked for: the default first, backup codes last; empty without a method."""
    methods = methods_of(user.pk)
    methods.sort(key=lambda method: method != user.two_factor_default)
    factors = [FACTORS[method] for method in methods]
    return [*factors, BACKUP] if factors and backup_codes.unused(user.pk).exists() else factors
