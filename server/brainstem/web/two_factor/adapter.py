"""How two-factor authentication behaves here, where it differs from allauth's ways."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter


class Adapter(DefaultMFAAdapter):
    """Names this server to authenticator apps."""

    def get_totp_issuer(self) -> str:
        """What an authenticator app shows above the codes."""
        return f"BrainSTEM ({self._get_site_name()})"
