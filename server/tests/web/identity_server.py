"""A small server that says who somebody is: OpenID Connect with discovery, and ORCID's way of it.

A peer like any other, on a port of its own; what it says of the person, and how it misbehaves, is in its attributes.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "brainstem", "a secret between the two"
ORCID = "0000-0002-1825-0097"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class IdentityServer:
    """Says of everybody who presses the button that they are ``claims``."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {
            "sub": "person-1", "email": "ada@lab.example", "email_verified": True,
            "given_name": "Ada", "family_name": "Lovelace",
        }  # fmt: skip
        self.token: dict[str, Any] = {}  # claims of the identity token that differ
        self.down: set[str] = set()  # addresses that answer 500
        self.says: dict[str, Any] = {}  # what an address answers in place of what it should
        self.acts: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}  # what it does in place of an answer
        self.sign: Callable[[dict[str, Any]], str] = signed
        self.codes: dict[str, dict[str, str]] = {}
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    # --- what it answers -------------------------------------------------------------------------------------------

    def discovery(self) -> dict[str, Any]:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
        where = {name: f"{self.url}/{path}" for name, path in names.items()}
        return {"issuer": self.url, "jwks_uri": f"{self.url}/jwks"} | where

    def page(self, query: dict[str, str]) -> str:
        """Where the person agrees or not."""
        assert query["client_id"] == CLIENT_ID
        assert query["response_type"] == "code"
        code = secrets.token_urlsafe()
        self.codes[code] = query
        back = query["redirect_uri"]
        yes = html.escape(f"{back}?{urlencode({'code': code, 'state': query['state']})}")
        no = html.escape(f"{back}?{urlencode({'error': 'access_denied', 'state': query['state']})}")
        return f"<!doctype html><title>Who are you?</title><a href='{yes}'>That is me</a> <a href='{no}'>Go back</a>"

    def tokens(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Tokens for a code, once, to who has the secret and began it."""
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or form["client_secret"] != CLIENT_SECRET or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        if "code_challenge" in asked:
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        now = int(time.time())
        identity = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 60} | self.claims
        identity |= {"nonce": asked["nonce"]} if "nonce" in asked else {}
        text = self.sign(identity | self.token)
        return {"access_token": "opaque", "token_type": "Bearer", "expires_in": 60, "id_token": text, "orcid": ORCID}

    def record(self) -> dict[str, Any]:
        """What ORCID tells everybody of a person: no address, when they keep it to themselves."""
        name = {"given-names": {"value": "Josiah"}, "family-name": {"value": "Carberry"}}
        identifier = {"uri": f"https://orcid.org/{ORCID}", "path": ORCID}
        return {"orcid-identifier": identifier, "person": {"name": name, "emails": {"email": []}}}


def signed(identity: dict[str, Any]) -> str:
    """An identity token as it should be."""
    return jwt.encode(identity, KEY, algorithm="RS256", headers={"kid": "one"})


def _handler(server: IdentityServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, query = self._asked()
            if path == "/authorize":
                self._say(200, server.page(query).encode(), "text/html")
                return
            if path == "/favicon.ico":
                self._say(204, b"", "image/png")
                return
            answers = {
                "/.well-known/openid-configuration": server.discovery,
                "/jwks": lambda: {
                    "keys": [json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "one"}]
                },
                "/userinfo": lambda: server.claims,
                f"/record/{ORCID}": server.record,
            }
            self._json(path, answers[path]() if path in answers else None)

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(text).items()}
            self._json("/token", server.tokens(form))

        def _asked(self) -> tuple[str, dict[str, str]]:
            parts = urlsplit(self.path)
            return parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}

        def _json(self, path: str, answer: Any) -> None:
            if path in server.acts:
                with suppress(OSError):
                    server.acts[path](self)
                self.close_connection = True
                return
            answer = server.says.get(path, answer)
            status = 500 if path in server.down else 404 if answer is None else 200
            self._say(status, json.dumps(answer).encode(), "application/json")

        def _say(self, status: int, content: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    return Handler
