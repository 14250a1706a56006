"""A browser, as far as signing in needs one."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from . import wire
from .bodies import BOUNDARY, SIGN_IN_PAGE

PROFILE = "/account/profile/"
FORM = "application/x-www-form-urlencoded"


class Browser:
    """Keeps cookies and sends forms."""

    def __init__(self, port: int, seconds: float, *, source: str = wire.HOME) -> None:
        self.port, self.seconds, self.source = port, seconds, source
        self.cookies: dict[str, str] = {}

    def sign_in(self, email: str, password: str) -> wire.Answer:
        """The answer to the form; 302 where it let one in."""
        page = self._send("GET", SIGN_IN_PAGE)
        form = {"login": email, "password": password, "csrfmiddlewaretoken": self.token_in(page)}
        return self._send("POST", SIGN_IN_PAGE, body=urlencode(form).encode(), kind=FORM)

    def upload(self, path: str, name: str, content: bytes) -> wire.Answer:
        """The answer to a file, sent from the page of the profile."""
        token = self.token_in(self._send("GET", PROFILE)).encode()
        parts = [
            ("csrfmiddlewaretoken", "", token),
            (name, '; filename="a.png"', content),
        ]
        body = b"".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"{more}\r\n\r\n'.encode() + value + b"\r\n"
            for field, more, value in parts
        )
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return self._send("POST", path, body=body + f"--{BOUNDARY}--\r\n".encode(), kind=kind)

    def forget_session(self) -> None:
        """Be signed out, as after some weeks; what else the server left in the browser stays."""
        self.cookies.pop("sessionid", None)

    def token_in(self, page: wire.Answer) -> str:
        """The token against forged forms that a page holds."""
        found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page.body)
        return found[1].decode() if found else ""

    def _send(self, method: str, path: str, *, body: bytes = b"", kind: str = "") -> wire.Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {
            "Accept": "text/html",
            "Origin": f"http://{wire.HOME}:{self.port}",
            "Host": f"{wire.HOME}:{self.port}",
        }
        headers |= {"Cookie": cookies} if cookies else {}
        headers |= {"Content-Type": kind} if kind else {}
        answer = wire.send(
            self.port, method, path, headers=headers, body=body, seconds=self.seconds, source=self.source
        )
        self.cookies |= answer.cookies()
        return answer
