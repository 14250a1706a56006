"""A released client at work in its own environment, as seen from a test."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .installed import bin_folder

DRIVER = Path(__file__).with_name("driver.py")


class ClientError(Exception):
    """What the client itself raised; ``kind`` is the name of its class."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


@dataclass(frozen=True)
class Answer:
    """What the client handed to its caller."""

    status: int
    body: Any

    @property
    def record(self) -> dict[str, Any]:
        """The record in a response with one record."""
        return next(iter(self.body.values()))

    @property
    def records(self) -> list[dict[str, Any]]:
        """The records of a list: what stands under the first key that holds a list, as the clients look for it."""
        return next(value for value in self.body.values() if isinstance(value, list))

    @property
    def names(self) -> list[str]:
        """The names of the records of a list."""
        return [record["name"] for record in self.records]


class Remote:
    """A signed-in client of one release; its methods are called by name, with the client's own arguments."""

    def __init__(self, version: str, folder: Path, **sign_in: str) -> None:
        self.version = version
        # A home of its own: 2.0.0 keeps tokens there.
        self.process = subprocess.Popen(
            [bin_folder(version) / "python", DRIVER],
            env={"HOME": str(folder), "PYTHONIOENCODING": "utf-8", "OLD_CALLS": "on" if self.is_old else ""},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        try:
            self.token = self._send("sign_in", sign_in).body["token"]
        except ClientError:
            self.close()
            raise

    @property
    def is_old(self) -> bool:
        """Whether it is called as the 0.x are, which know neither pages nor names for filters."""
        return self.version.startswith(("0.", "old calls"))

    def load(self, model: str, **arguments: Any) -> Answer:
        return self._send("load", {"model": model} | arguments)

    def save(self, model: str, data: Any, **arguments: Any) -> Answer:
        return self._send("save", {"model": model, "data": data} | arguments)

    def delete(self, model: str, record_id: str) -> Answer:
        return self._send("delete", {"model": model, "id": record_id})

    def call(self, method: str, **arguments: Any) -> Answer:
        """Any other method of the client."""
        return self._send(method, arguments)

    def make(self, model: str, **fields: Any) -> dict[str, Any]:
        """Add a record; the test fails here if that is refused."""
        answer = self.save(model, fields)
        assert answer.status == 201, (model, fields, answer.body)
        return answer.record

    def close(self) -> None:
        """End the process."""
        self.process.communicate(timeout=30)

    def _send(self, name: str, arguments: dict[str, Any]) -> Answer:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"call": name, "arguments": arguments}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or '{"error": "Ended", "message": "the client is gone"}')
        if "error" in answer:
            raise ClientError(answer["error"], answer["message"])
        return Answer(answer["status"], answer["body"])
