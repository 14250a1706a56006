"""The ways in which somebody can prove who they are, beside the password, and what the pages call them."""

from __future__ import annotations

from dataclasses import dataclass

from brainstem.apps.users import backup_codes
from brainstem.apps.users.models import User
from brainstem.apps.users.two_factor import Method, methods_of


@dataclass(frozen=True)
class Factor:
    """One way, as a page asks for it."""

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
        Factor(Method.EMAIL, "Get a code by e-mail", "Code by e-mail", "Code from the e-mail"),
        Factor("backup", "Use a backup code", "Backup code", "Backup code"),
    )
}
BACKUP = FACTORS["backup"]


def factors_of(user: User) -> list[Factor]:
    """What somebody can be asked for: the default first, backup codes last; none without a method."""
    methods = methods_of(user.pk)
    methods.sort(key=lambda method: method != user.two_factor_default)
    factors = [FACTORS[method] for method in methods]
    return [*factors, BACKUP] if factors and backup_codes.unused(user.pk).exists() else factors
