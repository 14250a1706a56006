"""Questions to the API, drawn at random from the declarations and from values of both worlds, seen and hidden."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from brainstem.core.access.scope import PORTALS
from brainstem.core.model.registry import Relation, Spec, specs
from brainstem.core.models import Deletion, Event
from brainstem.core.query.nodes import included_names
from brainstem.core.query.operators import operators_of

from ..people import Person

LIKELY_OPERATORS = ("", "ne", "ne", "in", "isnull", "gte", "lte", "icontains", "startswith")
# What would be deleted or shown, asked of every model: where there is no such preview, that is the answer.
PREVIEWS = ("/delete_preview", "/publish_preview")
DRAFTS = (
    "/api/private/drafts/", "/api/private/drafts/session-add", "/api/super/drafts/session-add",
    "/api/private/imports/", "/api/super/imports/",
)  # fmt: skip
Rows = Mapping[tuple[str, str], set[Any]]  # values by (model, column)
Values = Mapping[tuple[str, str], list[Any]]


@dataclass(frozen=True)
class Ask:
    """One request; ``follow`` says how many further pages of a cursor are asked for."""

    method: str
    path: str
    query: str = ""
    body: Any = None
    follow: int = 0
    headers: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        told = f"{self.method.upper()} {self.path}?{self.query} {self.body if self.body is not None else ''}"
        return f"{told} {dict(self.headers)}" if self.headers else told


def values_of_rows() -> dict[tuple[str, str], set[Any]]:
    """(model, column) -> all values that there are, whoever sees them."""
    found: dict[tuple[str, str], set[Any]] = {}
    for spec in specs().values():
        names = [column.name for column in spec.columns.values() if column.wire_type != "json"]
        for row in spec.model._default_manager.values(*names):
            for name, value in row.items():
                if value not in (None, ""):
                    found.setdefault((spec.label, name), set()).add(value)
    tags: set[Any] = set()
    for spec in specs().values():
        if spec.has_tags:
            tags |= set(spec.model._default_manager.values_list("tags__name", flat=True)) - {None}
    events = set(Event.objects.values_list("pk", flat=True))
    return found | {("", "tags"): tags, ("", "event"): events, **_deleted()}


def told_apart(before: Rows, after: Rows) -> tuple[Values, Values]:
    """The values of a world, and those that another one has besides, in order."""
    seen = {key: sorted(values, key=str) for key, values in before.items()}
    hidden = {key: sorted(values - before.get(key, set()), key=str) for key, values in after.items()}
    return seen, hidden


def records_of(reader: Person, query: str = "limit=100") -> dict[str, list[Any]]:
    """The records that a reader can list, by model."""
    models = [spec for spec in specs().values() if readable(spec, reader.portal)]
    return {spec.label: reader.get(f"{spec.app}/{spec.segment}", query).records for spec in models}


def _deleted() -> dict[tuple[str, str], set[Any]]:
    """(model, "deleted") -> ids of what was deleted by itself."""
    found: dict[tuple[str, str], set[Any]] = {}
    for label, pk in Deletion.objects.values_list("model", "record_id"):
        found.setdefault((label, "deleted"), set()).add(pk)
    return found


def wire(value: Any) -> str:
    """A value as it is written in a query string."""
    if isinstance(value, dt.datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value).lower() if isinstance(value, bool) else str(value)


class Asker:
    """Draws questions for one reader.

    ``seen`` and ``hidden`` are values by (model, column); ``ids`` the records that the reader can list, by model.
    """

    def __init__(self, seed: str, portal: str, seen: Values, hidden: Values, ids: Mapping[str, list[str]]) -> None:
        self.pick, self.portal = random.Random(seed), portal
        self.seen, self.hidden, self.ids = seen, hidden, ids
        self.listed = [specs()[label] for label, found in ids.items() if found]
        self.models = [spec for spec in specs().values() if spec.label in ids]

    def chance(self, percent: int) -> bool:
        return self.pick.random() * 100 < percent

    def reads(self, number: int) -> list[Ask]:
        """So many questions that change nothing."""
        kinds = (self.list_, self.record, self.related, self.options, self.wrong, self.other, self.history)
        weights = (60, 14, 10, 3, 4, 2, 7)
        return [self.pick.choices(kinds, weights)[0]() for _ in range(number)]

    def sweep(self) -> list[Ask]:
        """Each list and its history, the newest two records of each model with theirs, who sees them, previews."""
        asks = []
        for spec in self.models:
            address = self.address(spec)
            asks += [
                Ask("get", address),
                Ask("get", f"{address}/history", "limit=100"),
                Ask("get", f"{address}/deleted"),
            ]
            for one in self.ids[spec.label][-2:]:
                address = f"{self.address(spec)}/{one}"
                below = ["", "/access", "/history", *PREVIEWS, *(f"/{name}" for name in spec.resource.links)]
                asks += [Ask("get", address + path) for path in below]
        return asks + [Ask("get", path) for path in DRAFTS]

    # -- values --------------------------------------------------------------------------------------------------

    def value(self, label: str, name: str, secret: int = 20) -> Any:
        """A value of a column: mostly one that the reader may know, sometimes a hidden one; None where there is none."""
        seen, hidden = self.seen.get((label, name), []), self.hidden.get((label, name), [])
        pool = hidden if hidden and (not seen or self.chance(secret)) else seen
        return self.pick.choice(pool) if pool else None

    def hidden_id(self, spec: Spec) -> str:
        """The id of a hidden record; one that nobody has where there is none."""
        hidden = self.hidden.get((spec.label, "id"), [])
        return str(self.pick.choice(hidden)) if hidden else self.nobodys_id(spec)

    def nobodys_id(self, spec: Spec) -> str:
        return str(uuid.UUID(int=self.pick.getrandbits(128)) if spec.columns["id"].wire_type == "uuid" else 999_999)

    # -- pieces of a query string ---------------------------------------------------------------------------------

    def asked(self, spec: Spec, names: Iterable[str]) -> list[str]:
        """Those of the names that the portal lets be asked for; seldom all."""
        hides = PORTALS[self.portal].hides
        return [name for name in names if not hides(spec, name)] if self.chance(97) else [*names]

    def walk(self, spec: Spec, likely: int = 55) -> tuple[list[str], Spec]:
        """Names of relations to follow, and the model where they lead."""
        steps: list[str] = []
        while len(steps) < 4 and self.chance(likely) and (names := self.asked(spec, spec.relations)):
            relation = spec.relations[self.pick.choice(names)]
            steps.append(relation.name)
            spec = specs()[relation.target]
        return steps, spec

    def leaf(self, spec: Spec) -> tuple[str, str, Any]:
        """Name, type and a value of what a filter ends at."""
        names = [name for name in spec.columns if name != "id" or self.chance(60)]
        names += [*spec.relations] * 2 + ["tags"] * (2 * spec.has_tags)
        name = self.pick.choice(self.asked(spec, names))
        if name == "tags":
            return name, "tags", self.value("", "tags")
        if name in spec.columns:
            return self._column(spec, name)
        target = specs()[spec.relations[name].target]
        return name, "tree" if target.resource.tree_of else "relation", self.value(target.label, "id", 40)

    def _column(self, spec: Spec, name: str) -> tuple[str, str, Any]:
        kind = spec.columns[name].wire_type
        if kind != "json":
            return name, kind, self.value(spec.label, name)
        key = self.pick.choice(["weight", "rig", "grant", "fileName", "name", "0", "role"])
        return f"{name}.{key}", "json_path", self.pick.choice(["1", "r1", "7", "a.dat", "Investigator"])

    def filter(self, spec: Spec) -> tuple[str, str]:
        """One condition."""
        if spec.resource.filter_aliases and self.chance(10):
            name = self.pick.choice(list(spec.resource.filter_aliases))
            return f"filter{{{name}}}", wire(self.value("stem.Subject", self.pick.choice(["id", "name"])))
        steps, end = self.walk(spec)
        name, kind, value = self.leaf(end)
        allowed = operators_of(kind)
        operator = self.pick.choice([one for one in LIKELY_OPERATORS if one in allowed or not one])
        if self.chance(25):
            operator = self.pick.choice(sorted(allowed))
        if value is None and kind != "json_path":
            operator = "isnull"
        path = ".".join([*steps, name, *([operator] if operator else [])])
        minus = "-" if self.chance(25) else ""
        return f"filter{{{minus}{path}}}", self._text(operator, kind, value)

    def _text(self, operator: str, kind: str, value: Any) -> str:
        if operator == "isnull":
            return self.pick.choice(["true", "false"])
        if operator in ("year", "month", "day"):
            return str(getattr(value, operator))
        text = wire(value)
        if operator == "range":
            return f"{text},{text}"
        if operator in ("icontains", "contains", "startswith", "istartswith"):
            return text[: self.pick.randint(1, 6)]
        return text[-3:] if operator in ("endswith", "iendswith") else text

    def sort(self, spec: Spec) -> str:
        """One sort key."""
        steps, end = self.walk(spec, 60)
        names = [name for name, column in end.columns.items() if column.wire_type not in ("json", "image", "file")]
        name = self.pick.choice(self.asked(end, [*names, *names, *end.relations, *(["tags"] * end.has_tags)]))
        return ("-" if self.chance(50) else "") + ".".join([*steps, name])

    def include(self, spec: Spec) -> str:
        """Relations to show as records."""
        steps: list[str] = []
        while len(steps) < 3 and (names := [one for one in included_names(spec) if one in spec.relations]):
            name = self.pick.choice(names)
            steps.append(name)
            spec = specs()[spec.relations[name].target]
            if self.chance(50):
                break
        return ".".join(steps)

    # -- questions -----------------------------------------------------------------------------------------------

    def query(self, spec: Spec) -> list[tuple[str, str]]:
        pick, pairs = self.pick, []
        for _ in range(pick.choice([0, 0, 0, 1, 1, 2])):
            pairs.append(self.filter(spec))
        pairs += [("sort[]", self.sort(spec)) for _ in range(pick.choice([0, 0, 1, 1, 2]))]
        pairs += [("include[]", self.include(spec)) for _ in range(pick.choice([0, 0, 0, 1, 2]))]
        if self.chance(8):
            pairs.append(("search", wire(self.value(spec.label, pick.choice(spec.resource.search or ("id",))))[:5]))
        if self.chance(6):
            pairs.append(("writable", "true"))
        return [pair for pair in pairs if pair[1]]

    def window(self) -> tuple[list[tuple[str, str]], int]:
        kind = self.pick.choice(["", "", "offset", "cursor", "page"])
        limit = ("limit", str(self.pick.randint(1, 3)))
        if kind == "cursor":
            return [("cursor", ""), limit], 4
        if kind == "offset":
            return [("offset", str(self.pick.choice([0, 0, 1, 3]))), limit], 0
        return ([("page", self.pick.choice("12")), ("per_page", "2")] if kind else [("limit", "100")]), 0

    def list_(self) -> Ask:
        spec = self.pick.choice(self.listed if self.listed and self.chance(85) else self.models)
        window, follow = self.window()
        return Ask("get", self.address(spec), encoded([*self.query(spec), *window]), follow=follow)

    def record(self) -> Ask:
        spec = self.pick.choice(self.listed or self.models)
        record_id = self.hidden_id(spec) if self.chance(20) else self.pick.choice(self.ids[spec.label])
        pairs = [("include[]", self.include(spec)) for _ in range(self.pick.choice([0, 1, 1, 2]))]
        pairs = [pair for pair in pairs if pair[1]]
        return Ask("get", f"{self.address(spec)}/{record_id}", encoded(pairs))

    def related(self) -> Ask:
        spec = self.pick.choice(self.listed or self.models)
        served = spec.relations if self.chance(5) else {*spec.keys, *spec.resource.links}
        links = [relation for name, relation in spec.relations.items() if relation.many and name in served] or [None]
        relation: Relation | None = self.pick.choice(links)
        if relation is None:
            return self.record()
        record_id = self.hidden_id(spec) if self.chance(15) else self.pick.choice(self.ids[spec.label])
        target = specs()[relation.target]
        window, follow = self.window()
        path = f"{self.address(spec)}/{record_id}/{relation.name}"
        return Ask("get", path, encoded([*self.query(target), *window]), follow=follow)

    def options(self) -> Ask:
        """What may be chosen, also in the context of something hidden."""
        spec = self.pick.choice([one for one in self.models if one.relations])
        name = self.pick.choice([one for one in spec.relations if one in spec.keys] or [*spec.relations])
        pairs = [("field", name)]
        if self.chance(50):
            context = self.pick.choice(["session", "project", "subject", "setup", "inventory"])
            target = specs()[{"setup": "personal_attributes.Setup", "inventory": "personal_attributes.Inventory"}.get(
                context, f"stem.{context.title()}")]  # fmt: skip
            known = self.ids.get(target.label)
            hidden = self.chance(35) or not known
            pairs.append((context, self.hidden_id(target) if hidden else self.pick.choice(known or [""])))
        return Ask("get", f"{self.address(spec)}/options", encoded(pairs))

    def history(self) -> Ask:
        """What changed of a record, of a model, by one write, or lately; also of what is hidden."""
        spec = self.pick.choice(self.listed or self.models)
        if self.portal == "public" and self.chance(80):  # There are none.
            return self.list_()
        kind = self.pick.choice(["record", "record", "model", "model", "event", "feed", "feed"])
        if kind == "event":
            event = self.value("", "event", 40)
            return Ask("get", f"history/{event}", f"limit={self.pick.choice([2, 100])}", follow=3)
        if kind == "feed":
            model = f"&model={self.address(spec)}" if self.chance(40) else ""
            return Ask("get", "changes", f"since=start&limit={self.pick.choice([3, 50, 1000])}{model}")
        pairs = [("limit", str(self.pick.choice([1, 2, 100])))]
        if self.chance(25):
            pairs.append(("field", self.pick.choice(spec.keys)))
        if self.chance(20):
            pairs.append(("by", str(self.value("users.User", "id"))))
        record_id = self.hidden_id(spec) if self.chance(20) else self.pick.choice(self.ids[spec.label] or [""])
        below = f"/{record_id or self.nobodys_id(spec)}" if kind == "record" else ""
        return Ask("get", f"{self.address(spec)}{below}/history", encoded(pairs), follow=3)

    def wrong(self) -> Ask:
        """Names and values that are none: what the error says must not depend on what is hidden."""
        spec = self.pick.choice(self.listed or self.models)
        name, value = self.filter(spec)
        pairs = self.pick.choice([
            [(name.replace("e", "3"), value)], [(name, f"{value}\u00e9?!")], [("filter{nmae}", value)],
            [("sort[]", "projetcs.name")], [("include[]", "secret.*")], [("cursor", "abc")], [("limit", "-1")],
            [("filter{projects.name.regex}", value)], [("filter{id}", "not an id")],
        ])  # fmt: skip
        return Ask("get", self.address(spec), encoded(pairs))

    def other(self) -> Ask:
        """HEAD, OPTIONS, files and addresses that are none."""
        spec = self.pick.choice(self.listed or self.models)
        record_id = self.hidden_id(spec) if self.chance(50) else self.pick.choice(self.ids[spec.label])
        address = f"{self.address(spec)}/{record_id}"
        return self.pick.choice([
            Ask("head", address), Ask("options", address), Ask("options", self.address(spec)),
            Ask("head", self.address(spec)), Ask("get", f"{address}/image"), Ask("get", f"{address}/nothing"),
            Ask("get", f"{address}/license_document"), Ask("get", f"{address}/difference"),
            Ask("get", f"{address}/access"), Ask("get", f"{address}/access"),
            Ask("get", "/api/"), Ask("get", "/api/schema"), *(Ask("get", path) for path in DRAFTS),
            Ask("get", f"{self.address(spec)}/deleted"), Ask("get", f"{self.address(spec)}/deleted", "search=e&limit=1"),
        ])  # fmt: skip

    def address(self, spec: Spec) -> str:
        return f"{spec.app}/{spec.segment}"


def encoded(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs, quote_via=quote)


def readable(spec: Spec, portal: str) -> bool:
    """Whether a portal lists the model."""
    return portal in spec.resource.portals
