"""What is asked of every contestant."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

INCLUDES = ("dataacquisition", "behaviors", "manipulations", "epochs")


@dataclass(frozen=True)
class Question:
    """One request: a page of sessions, or one session when ``record`` is set."""

    name: str
    limit: int = 20
    offset: int = 0
    included: bool = False
    part: str = ""
    record: str = ""

    @property
    def query_string(self) -> str:
        """The parameters as a client sends them."""
        if self.record:
            return ""
        parameters = [("limit", str(self.limit))]
        if self.offset:
            parameters.append(("offset", str(self.offset)))
        if self.part:
            parameters.append(("filter{name.icontains}", self.part))
        if self.included:
            parameters += [("include[]", f"{name}.*") for name in INCLUDES]
        return urlencode(parameters)


def questions(visible: int, record: str, part: str) -> list[Question]:
    """The six requests, for a reader who sees so many sessions."""
    return [
        Question("list 20"),
        Question("list 100", limit=100),
        Question("list 100 + 4 includes", limit=100, included=True),
        Question("detail", record=record),
        Question("deep page", offset=visible * 4 // 5 // 20 * 20),
        Question("icontains", part=part),
    ]
