"""The four people of every test, and what they send over HTTP."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from brainstem.apps.users import tokens
from brainstem.apps.users.models import Group, Membership
from brainstem.core.access import roles
from brainstem.core.model.trees import Role

from .error_codes import hold_to_documented_codes

PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


def unique(name: str) -> str:
    """A name that no other record of the test run has."""
    return f"{name} {next(_numbers)}"


@dataclass
class Answer:
    """Status and parsed body of a response."""

    status: int
    body: Any
    headers: Any
    text: str

    @property
    def record(self) -> dict[str, Any]:
        """The record in a response with one record."""
        return next(iter(self.body.values()))

    @property
    def records(self) -> list[dict[str, Any]]:
        """The records in the response of a list."""
        return next(iter(self.body.values()))

    @property
    def ids(self) -> list[Any]:
        return [record["id"] for record in self.records]

    @property
    def id(self) -> Any:
        return self.record["id"]


class Person:
    """A person who sends requests; anonymous if ``token`` is None."""

    def __init__(self, user: Any = None, *, portal: str = "private", **limits: Any) -> None:
        self.user, self.portal = user, portal
        self.client = Client(raise_request_exception=True)
        self.token = tokens.create_personal(user, name="test", address="127.0.0.1", **limits).raw if user else None

    @property
    def email(self) -> str:
        return str(self.user.email)

    def through(self, portal: str) -> Person:
        """The same person in another portal."""
        other = Person(portal=portal)
        other.user, other.token = self.user, self.token
        return other

    def request(self, method: str, path: str, data: Any = None, *, portal: str = "", **extra: Any) -> Answer:
        if not path.startswith("/"):
            path = f"/api/{portal or self.portal}/{path}"
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if data is not None and "content_type" not in extra:
            extra |= {"data": json.dumps(data), "content_type": "application/json"}
        elif data is not None:
            extra["data"] = data
        response = getattr(self.client, method)(path, headers=headers, **extra)
        if path.startswith("/api/"):
            hold_to_documented_codes(response.status_code, response.headers, asked=f"{method} {path}")
        content = b"".join(response) if response.streaming else response.content
        text = content.decode("utf-8", "replace")
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        return Answer(response.status_code, json.loads(text) if text and is_json else None, response.headers, text)

    def get(self, path: str, query: str = "", **extra: Any) -> Answer:
        return self.request("get", path + ("?" + query if query else ""), **extra)

    def post(self, path: str, data: Any = None, **extra: Any) -> Answer:
        return self.request("post", path, data if data is not None else {}, **extra)

    def patch(self, path: str, data: Any = None, **extra: Any) -> Answer:
        return self.request("patch", path, data if data is not None else {}, **extra)

    def put(self, path: str, data: Any = None, **extra: Any) -> Answer:
        return self.request("put", path, data if data is not None else {}, **extra)

    def delete(self, path: str, **extra: Any) -> Answer:
        return self.request("delete", path, **extra)

    def options(self, path: str, **extra: Any) -> Answer:
        return self.request("options", path, **extra)

    def make(self, path: str, **fields: Any) -> dict[str, Any]:
        """Add a record; the test fails here if that is refused."""
        answer = self.post(path, fields)
        assert answer.status == 201, (path, fields, answer.body)
        return answer.record


def person(name: str, *, admin: bool = False) -> Person:
    """A new account with a token."""
    users = get_user_model().objects
    create = users.create_superuser if admin else users.create_user
    user = create(email=f"{name}-{next(_numbers)}@lab.example", password=PASSWORD, first_name=name.title())
    return Person(user)


def join_group(name: str, owner: Any, *members: Any) -> Any:
    """A group with its members, after everyone has accepted the invitation."""
    group = Group.objects.create(name=name)
    Membership.objects.create(group=group, user=owner, level=Role.OWNER)
    for user in members:
        Membership.objects.create(group=group, user=user, level=Role.MEMBER)
    roles.flatten_group(group.pk)
    return group
