"""Tokens saved between runs in ``~/.config/brainstem/tokens/``: one file per server, readable only by its owner."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from .names import DEFAULT_URL

# Tokens of self-hosted servers start like this; 2.0.0 kept one token and did not say of which server.
OF_OWN_SERVERS = "bst_"


def default_folder() -> Path:
    """Where released clients keep their token, too."""
    try:
        return Path.home() / ".config" / "brainstem"
    except RuntimeError:  # no home: below this, nothing can be read and nothing written
        return Path(os.devnull) / "brainstem"


@dataclass
class TokenCache:
    """Tokens by server."""

    folder: Path = field(default_factory=default_folder)

    @property
    def older_file(self) -> Path:
        """The single token of 2.0.0."""
        return self.folder / "token"

    def file(self, url: str) -> Path:
        """Where the token of a server is kept."""
        return self.folder / "tokens" / f"{quote(url.rstrip('/').lower(), safe='')}.json"

    def load(self, url: str) -> str:
        """The token of a server, or an empty string; a token saved by 2.0.0 is moved over."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            return str(json.loads(self.file(url).read_text(encoding="utf-8"))["token"]).strip()
        return self._migrated(url)

    def save(self, url: str, token: str) -> Path | None:
        """Save a token and return its file, or None if it could not be written: that only costs another sign-in."""
        try:
            self.write(self.file(url), json.dumps({"url": url, "token": token}))
        except OSError:
            return None
        return self.file(url)

    def remove(self, url: str) -> bool:
        """Delete the token of a server; returns whether there was one."""
        known = bool(self.load(url))
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            self.file(url).unlink()
        return known

    def servers(self) -> list[str]:
        """Addresses of the servers whose tokens are saved, latest first."""
        found: list[tuple[float, str]] = []
        for file in [*(self.folder / "tokens").glob("*.json"), self.older_file]:
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                found.append((file.stat().st_mtime, self._server_of(file)))
        return list(dict.fromkeys(url for _, url in sorted(found, reverse=True)))

    def _server_of(self, file: Path) -> str:
        text = file.read_text(encoding="utf-8")
        if file != self.older_file:
            return str(json.loads(text)["url"])
        if not may_belong(text.strip(), DEFAULT_URL):
            raise ValueError("2.0.0 did not say of which server its token is.")
        return DEFAULT_URL

    def _migrated(self, url: str) -> str:
        try:
            token = self.older_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""
        if not token or not may_belong(token, url):
            return ""
        if self.save(url, token):
            self.older_file.unlink(missing_ok=True)
        return token

    def write(self, file: Path, text: str) -> None:
        """Write a file, all or nothing, readable only by its owner."""
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written beside it (mkstemp makes it 0600) and moved: a reader sees the old token or the new one, never a part.
        import tempfile

        handle, name = tempfile.mkstemp(dir=file.parent, prefix=".token-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as output:
                output.write(text)
            Path(name).replace(file)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise


def may_belong(token: str, url: str) -> bool:
    """Whether a token can belong to a server: one of a self-hosted server never fits the public one, or vice versa."""
    return (url == DEFAULT_URL) != token.startswith(OF_OWN_SERVERS)
