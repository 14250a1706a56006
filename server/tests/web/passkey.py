"""A security key in software: what a browser would send, and what none should."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

FLAG = AuthenticatorData.FLAG
HOST, ORIGIN = "testserver", "https://testserver"


class SecurityKey:
    """Holds one passkey of one person."""

    def __init__(self, user: Any, *, host: str = HOST) -> None:
        self.user, self.host, self.id = user, host, b"key of " + str(user.pk).encode()
        self._private = ec.generate_private_key(ec.SECP256R1())

    def register(self) -> Authenticator:
        """The row that the server keeps."""
        public = ES256.from_cryptography_key(self._private.public_key())
        credential = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = AuthenticatorData.create(sha256(self.host.encode()), FLAG.UP | FLAG.UV | FLAG.AT, 0, credential)
        client = CollectedClientData.create(type="webauthn.create", challenge=b"any", origin=ORIGIN)
        answer = {
            "clientDataJSON": _text(client),
            "attestationObject": _text(AttestationObject.create("none", data, {})),
        }
        row = WebAuthn.add(self.user, "Key", self._answer(answer)).instance
        self.user.refresh_from_db()
        return row

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """What a browser sends when it is asked with these options to make a passkey."""
        public = ES256.from_cryptography_key(self._private.public_key())
        credential = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = AuthenticatorData.create(sha256(self.host.encode()), FLAG.UP | FLAG.UV | FLAG.AT, 0, credential)
        asked = options["publicKey"]["challenge"]
        client = CollectedClientData.create(type="webauthn.create", challenge=asked, origin=ORIGIN)
        attested = AttestationObject.create("none", data, {})
        return self._answer({"clientDataJSON": _text(client), "attestationObject": _text(attested)})

    def answer(self, options: dict[str, Any], *, origin: str = ORIGIN, verified: bool = True, **changes: Any) -> str:
        """What a browser at ``origin`` sends when it is asked with these options."""
        asked = options["publicKey"]["challenge"]
        client = CollectedClientData.create(type="webauthn.get", challenge=asked, origin=origin)
        flags = FLAG.UP | FLAG.UV if verified else FLAG.UP
        data = AuthenticatorData.create(sha256(self.host.encode()), flags, 1)
        signature = self._private.sign(bytes(data) + client.hash, ec.ECDSA(hashes.SHA256()))
        answer = {
            "clientDataJSON": _text(client),
            "authenticatorData": _text(data),
            "signature": _text(signature),
            "userHandle": _text(user_pk_to_url_str(self.user).encode()),
        }
        return json.dumps(self._answer(answer | changes))

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        kept = {"id": _text(self.id), "rawId": _text(self.id), "type": "public-key"}
        return kept | {"response": response, "clientExtensionResults": {}}


def _text(value: bytes) -> str:
    return websafe_encode(bytes(value))
