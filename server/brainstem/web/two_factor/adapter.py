"""How two-factor authentication differs from allauth's defaults."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator

from brainstem.apps.users import backup_codes, two_factor
from brainstem.core.tasks.sealing import seal, unseal

_PURPOSE = "brainstem.totp"


class Adapter(DefaultMFAAdapter):
    """Names this server to authenticator apps, and encrypts their secrets."""

    def get_totp_issuer(self) -> str:
        """What an authenticator app shows above the codes."""
        return f"BrainSTEM ({self._get_site_name()})"

    def encrypt(self, text: str) -> str:
        """The secret of an app as stored; encrypted rather than hashed, since checking codes needs it."""
        return seal(text, purpose=_PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret of an app."""
        return unseal(encrypted_text, purpose=_PURPOSE)

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """Whether a person has a second factor, or one of some types.

        Codes by email and backup codes count as allauth's backup codes: it only needs to know whether the person can
        confirm with a code.
        """
        if user.is_anonymous:
            return False
        methods = two_factor.methods_of(user.pk)
        if types is None:
            return bool(methods)
        if Authenticator.Type.RECOVERY_CODES in types and (
            two_factor.Method.EMAIL in methods or backup_codes.unused(user.pk).exists()
        ):
            return True
        return bool(super().is_mfa_enabled(user, types))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """What the browser shows a passkey to be for."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": "BrainSTEM"}
