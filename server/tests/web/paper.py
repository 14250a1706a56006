"""A form on paper: what a browser without scripts draws from a page, and sends back when its button is pressed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

TEXTS = {"text", "search", "hidden", "email", "url", "tel", "password"}


@dataclass
class Control:
    """One control; ``sent`` says whether it takes part when the form is sent."""

    name: str
    kind: str
    value: str = ""
    sent: bool = True
    options: list[str] = field(default_factory=list)
    attributes: dict[str, str | None] = field(default_factory=dict)


class Paper(HTMLParser):
    """The controls of the form with this id, in the order of the page."""

    def __init__(self, html: str, form_id: str = "form") -> None:
        super().__init__(convert_charrefs=True)
        self.form_id, self.inside = form_id, False
        self.controls: list[Control] = []
        self.texts: list[str] = []
        self.ids: list[str] = []
        self._select: Control | None = None
        self._multiple = False
        self._textarea: Control | None = None
        self._error: str | None = None
        self.errors: dict[str, str] = {}
        self.summary: list[str] = []
        self._in_summary = 0
        self.feed(html)
        self.close()

    # -- drawing ------------------------------------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        self._enter(tag, given)
        if not self.inside:
            return
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "input" and name:
            self._input(name, value, given)
        elif tag == "select":
            self._select = Control(name, "select", attributes=given)
            self.controls.append(self._select)
        elif tag == "option" and self._select is not None:
            self._select.options.append(value)
            if "selected" in given or len(self._select.options) == 1:
                self._select.value = value
        elif tag == "textarea":
            self._textarea = Control(name, "textarea", attributes=given)
            self.controls.append(self._textarea)
        elif tag == "p" and (given.get("class") or "").startswith("error") and (given.get("id") or "").endswith("-e"):
            self._error = str(given["id"])

    def _enter(self, tag: str, given: dict[str, str | None]) -> None:
        if tag == "form" and given.get("id") == self.form_id:
            self.inside = True
        if tag == "div" and (given.get("id") == "problems" or self._in_summary):
            self._in_summary += 1

    def _input(self, name: str, value: str, given: dict[str, str | None]) -> None:
        kind = given.get("type") or "text"
        if kind in ("checkbox", "radio"):
            self.controls.append(
                Control(name, kind, given.get("value", "on") or "", "checked" in given, attributes=given)
            )
        elif kind == "file":
            self.controls.append(Control(name, kind, sent=False, attributes=given))
        else:
            self.controls.append(Control(name, kind, _sanitised(kind, value), attributes=given))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._textarea is not None:
            # The parser of HTML drops one line break after the tag, and a form is sent with CRLF.
            text = self._textarea.value.replace("\r\n", "\n").replace("\r", "\n")
            self._textarea.value = text.removeprefix("\n").replace("\n", "\r\n")
            self._textarea = None
        elif tag == "p":
            self._error = None
        elif tag == "div" and self._in_summary:
            self._in_summary -= 1

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._textarea.value += data
        elif self._error is not None:
            self.errors[self._error] = self.errors.get(self._error, "") + data
        elif data.strip():
            (self.summary if self._in_summary else self.texts).append(data.strip())

    # -- filling in ---------------------------------------------------------------------------------------------------

    @property
    def names(self) -> set[str]:
        """Names of all controls."""
        return {control.name for control in self.controls}

    def values(self, name: str) -> list[str]:
        """What would be sent under a name."""
        return [control.value for control in self.controls if control.name == name and control.sent]

    def options(self, name: str) -> list[str]:
        """The choices under a name."""
        found = [option for control in self.controls if control.name == name for option in control.options]
        return [*found, *(one.value for one in self.controls if one.name == name and one.kind in ("checkbox", "radio"))]

    def write(self, name: str, *texts: str) -> None:
        """Type, select or tick under a name, instead of what is there."""
        boxes = [one for one in self.controls if one.name == name and one.kind in ("checkbox", "radio")]
        if boxes:
            for box in boxes:
                box.sent = box.value in texts
            missing = [text for text in texts if all(box.value != text for box in boxes)]
            assert not missing, (name, missing, [box.value for box in boxes])
            return
        found = [one for one in self.controls if one.name == name and one.kind != "hidden"]
        assert found, (name, sorted(self.names))
        for control in found:
            if control.kind == "select":
                assert texts[0] in control.options, (name, texts, control.options)
        for control, text in zip(found, texts, strict=False):
            control.value = text.replace("\n", "\r\n") if control.kind == "textarea" else text
        self.controls += [Control(name, "text", text) for text in texts[len(found) :]]

    def pairs(self) -> list[tuple[str, str]]:
        """Names and texts in the order of the page."""
        return [(control.name, control.value) for control in self.controls if control.sent and control.name]

    def data(self, do: str = "save") -> dict[str, Any]:
        """What a browser sends when a button is pressed."""
        found: dict[str, Any] = {}
        for name, value in self.pairs():
            found.setdefault(name, []).append(value)
        found["_do"] = [do]
        for control in self.controls:
            if control.kind == "file":
                found.setdefault(control.name, [])
        return {name: values for name, values in found.items() if values}


def _sanitised(kind: str, value: str) -> str:
    """The value of a control as browsers keep it: they empty what a native control cannot hold."""
    if kind in TEXTS:
        return value.replace("\r", "").replace("\n", "") if kind != "hidden" else value
    if kind == "date":
        assert not value or dt.date.fromisoformat(value)
    elif kind == "datetime-local" and value:
        found = dt.datetime.fromisoformat(value)
        assert found.tzinfo is None
        # Chromium writes the shortest form.
        spec = "milliseconds" if found.microsecond else "seconds" if found.second else "minutes"
        return found.isoformat(timespec=spec)
    return value


def fill(paper: Paper, name: str, value: Any) -> None:
    """Write a JSON value into the controls of its name, as a person would read it off a sheet."""
    if isinstance(value, dict) and "value" in value and value.keys() <= {"value", "unit"}:
        paper.write(name, said(value["value"]))
        if "unit" in value:
            paper.write(f"{name}.unit", value["unit"])
    elif isinstance(value, dict):
        for key, one in value.items():
            fill(paper, f"{name}.{key}", one)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, row in enumerate(value):
            more_rows(paper, name, number)
            fill(paper, f"{name}.{number}", row)
    elif isinstance(value, list) and value and all(isinstance(one, int | float) for one in value):
        paper.write(name, ", ".join(map(said, value)))
    elif isinstance(value, list):
        if value:
            paper.write(name, *map(said, value))
    else:
        paper.write(name, said(value))


def more_rows(paper: Paper, name: str, number: int) -> None:
    """A row of this number, copied from the first one; a script or the button under the table would add it."""
    start, wanted = f"{name}.0.", f"{name}.{number}."
    if any(control.name.startswith(wanted) for control in paper.controls):
        return
    for control in [one for one in paper.controls if one.name.startswith(start) and not one.name.endswith("_was")]:
        empty = control.options[0] if control.kind == "select" and not control.name.endswith(".unit") else ""
        copied = Control(control.name.replace(start, wanted, 1), control.kind, "", options=control.options)
        copied.value = (
            control.value if control.name.endswith(".unit") or control.kind in ("checkbox", "radio") else empty
        )
        copied.sent = control.kind not in ("checkbox", "radio", "file")
        paper.controls.append(copied)


def said(value: Any) -> str:
    """A single value as people write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value if isinstance(value, str) else repr(value)


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """A file to send."""
    return SimpleUploadedFile(name, content)


class Desk:
    """A person with a browser without scripts: opens forms, fills them in and sends them."""

    def __init__(self, person: Any, portal: str = "private") -> None:
        self.portal, self.person = portal, person
        self.client = Client()
        self.client.force_login(person.user)

    def open(self, path: str, **query: Any) -> Paper:
        """The form at an address below the portal."""
        response = self.client.get(f"/{self.portal}/{path}/", query)
        assert response.status_code == 200, (path, response.status_code)
        return Paper(response.content.decode())

    def status(self, path: str) -> int:
        """The status of an address below the portal."""
        return int(self.client.get(f"/{self.portal}/{path}/").status_code)

    def send(self, path: str, paper: Paper, *, do: str = "save", **files: Any) -> Any:
        """The response to a form, without following it."""
        return self.client.post(f"/{self.portal}/{path}/", paper.data(do) | files)

    def save(self, path: str, paper: Paper, **files: Any) -> str:
        """The id of the saved record."""
        response = self.send(path, paper, **files)
        refused = Paper(response.content.decode())
        assert response.status_code == 303, (path, response.status_code, refused.errors, refused.summary)
        return str(response.headers["Location"].removesuffix("review/").rstrip("/").rpartition("/")[2])

    def again(self, path: str, paper: Paper, do: str = "redraw") -> Paper:
        """The form drawn again by a button that does not save."""
        response = self.send(path, paper, do=do)
        assert response.status_code == 200, (path, response.status_code)
        return Paper(response.content.decode())

    def refused(self, path: str, paper: Paper, status: int = 422) -> Paper:
        """The form as it comes back with errors."""
        response = self.send(path, paper)
        assert response.status_code == status, (path, response.status_code, response.headers.get("Location"))
        return Paper(response.content.decode())
