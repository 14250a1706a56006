"""Writes to the API, drawn at random: of what the writer sees, with references to what they see and to what they do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from brainstem.core.model.registry import Relation, Spec, routes, specs

from .questions import Ask, Asker, Values

Record = dict[str, Any]
_ENTRY = {"date_time": "2025-05-05T05:05:05Z", "start_date_time": "2025-05-05T05:05:05Z", "notes": "x",
          "end_date_time": "2025-05-06T05:05:05Z"}  # fmt: skip


class Scribe(Asker):
    """Draws writes for one person; ``records`` are those that they can list, by model, as they read them."""

    def __init__(
        self, seed: str, portal: str, seen: Values, hidden: Values, records: Mapping[str, list[Record]]
    ) -> None:
        ids = {label: [one["id"] for one in found] for label, found in records.items()}
        super().__init__(seed, portal, seen, hidden, ids)
        self.records, self.numbers = records, count(1)
        self.kept = [spec for spec in self.listed if spec.resource.verbs & {"change", "delete"}]
        # What has many relations, and hidden rows beside it, is written more often.
        self.kept += 4 * [spec for spec in self.kept if spec.in_project_tree or hidden.get((spec.label, "id"))]

    def writes(self, number: int) -> list[Ask]:
        """So many attempts to change something."""
        kinds = (self.relate, self.put_back, self.set_value, self.delete, self.copy, self.touch_hidden, self.act,
                 self.rehearse, self.take_back, self.meet)  # fmt: skip
        weights = (45, 8, 12, 6, 14, 9, 6, 14, 20, 20)
        return [self.pick.choices(kinds, weights)[0]() for _ in range(number)]

    def one(self) -> tuple[Spec, Record]:
        spec = self.pick.choice(self.kept)
        return spec, self.pick.choice(self.records[spec.label])

    def at(self, spec: Spec, record: Record) -> str:
        return f"{self.address(spec)}/{record['id']}"

    # -- references ----------------------------------------------------------------------------------------------

    def relations(self, spec: Spec) -> list[Relation]:
        return [spec.relations[name] for name in spec.keys if name in spec.relations and spec.writable(name)]

    def reference(self, relation: Relation, now: Any) -> Any:
        """What a relation might be set to; ``now`` is what the writer reads there."""
        target = specs()[relation.target]
        known = self.ids.get(target.label) or [self.nobodys_id(target)]
        one = [self.hidden_id(target), self.hidden_id(target), self.nobodys_id(target), self.pick.choice(known)]
        if not relation.many:
            return self.pick.choice([*one, now, None])
        some = [self.pick.choice(one)]
        return self.pick.choice([some, [*(now or []), *some], [*some, *(now or [])], now, list(reversed(now or [])),
                                 (now or [])[1:], [], None])  # fmt: skip

    def relate(self) -> Ask:
        """Change one or two relations of a visible record."""
        spec, record = self.one()
        names = self.relations(spec)
        if not names:
            return self.set_value()
        chosen = self.pick.sample(names, min(len(names), self.pick.choice([1, 1, 2])))
        body = {one.name: self.reference(one, record.get(one.name)) for one in chosen}
        return Ask("patch", self.at(spec, record), body=body)

    def meet(self) -> Ask:
        """Change something of the version that was read, or merge it with what has changed since."""
        ask = self.pick.choice([self.relate, self.put_back, self.set_value])()
        label, record_id = self._record_at(ask.path)
        version = next((one["version"] for one in self.records.get(label, ()) if str(one["id"]) == record_id), "1")
        merging = ask.method == "patch" and self.chance(70)
        preference = (("Prefer", "merge=fields"),) if merging else ()
        return replace(ask, headers=(("If-Match", f'"{version}"'), *preference))

    def _record_at(self, path: str) -> tuple[str, str]:
        app, segment, record_id = path.split("/")[:3]
        return routes()[app, segment].label, record_id

    # -- whole records -------------------------------------------------------------------------------------------

    def put_back(self) -> Ask:
        """Replace a record by what was read of it, perhaps without some keys."""
        spec, record = self.one()
        left_out = set(self.pick.sample(list(record), self.pick.choice([0, 0, 1, 5])))
        return Ask("put", self.at(spec, record), body={k: v for k, v in record.items() if k not in left_out})

    def set_value(self) -> Ask:
        """Give a column of a visible record another value."""
        spec, record = self.one()
        columns = [one for one in spec.columns.values() if spec.writable(one.name) and one.wire_type != "json"]
        if not columns:
            return self.delete()
        column = self.pick.choice(columns)
        value = self.value(spec.label, column.name, 50)
        if column.field.unique or value is None:
            value = f"new {next(self.numbers)}"
        if dict(column.field.choices or ()):
            value = self.pick.choice([choice for choice, _ in column.field.choices])
        return Ask("patch", self.at(spec, record), body={column.name: value if isinstance(value, bool) else str(value)})

    def delete(self) -> Ask:
        spec, record = self.one()
        return Ask("delete", self.at(spec, record))

    def copy(self) -> Ask:
        """Add a record like a visible one, of which one relation leads elsewhere."""
        spec, record = self.one()
        if spec.columns["id"].wire_type != "uuid":
            return self.touch_hidden()
        body = {key: value for key, value in record.items() if key not in ("id", "image", "license_document")}
        body |= {key: f"new {next(self.numbers)}" for key in ("name", "title") if key in body}
        relations = self.relations(spec)
        if relations and self.chance(75):
            relation = self.pick.choice(relations)
            body[relation.name] = self.reference(relation, record.get(relation.name))
        return Ask("post", self.address(spec), body=body)

    def rehearse(self) -> Ask:
        """A dry run of one of the other writes."""
        spec, record = self.one()
        one = self.pick.choice([self.relate, self.set_value, self.copy, self.touch_hidden])()
        path, _, found = one.path.rpartition("/") if one.method != "post" else (one.path, "", "")
        if one.method == "delete" or (one.method == "put" and one.body is None):
            path, found, one = self.address(spec), str(record["id"]), Ask("patch", "", body=record)
        rows = {"create": [one.body]} if one.method == "post" else {"update": [{"id": found, **one.body}]}
        return Ask("post", f"{path}/bulk/", "dry_run=true", rows)

    def take_back(self) -> Ask:
        """Undo an event, revert a record to one, or restore something; also by what is hidden."""
        event = str(self.value("", "event", 25) or self.nobodys_id(specs()["stem.Project"]))
        if self.chance(50):
            return Ask("post", f"history/{event}/undo", body={})
        spec, record = self.one()
        if self.chance(60):
            return Ask("post", f"{self.at(spec, record)}/revert", body={"to": event})
        spec = specs()[
            self.pick.choice(["stem.Session", "stem.Subject", "stem.Project", "personal_attributes.License"])
        ]
        gone = self.value(spec.label, "deleted", 40) or self.nobodys_id(spec)
        return Ask("post", f"{self.address(spec)}/deleted/{gone}/restore", body={})

    # -- what is not there ---------------------------------------------------------------------------------------

    def touch_hidden(self) -> Ask:
        """Write to a hidden record, which answers as if it did not exist."""
        secret = [spec for spec in self.models if self.hidden.get((spec.label, "id"))] or self.kept
        spec = self.pick.choice(secret)
        path = f"{self.address(spec)}/{self.hidden_id(spec)}"
        method = self.pick.choice(["patch", "put", "delete"])
        return Ask(method, path, body=None if method == "delete" else {"name": "new", "description": "x"})

    def act(self) -> Ask:
        """An action, or roles for people and groups."""
        logs = [spec for spec in self.models if spec.label in ("modules.SubjectLog", "modules.ProcedureLog")]
        if logs and self.chance(50):
            spec = self.pick.choice(logs)
            log = self.hidden_id(spec) if self.chance(50) or not self.ids[spec.label] else self.ids[spec.label][0]
            action = self.pick.choice(["add_entry", "change_entry", "remove_entry"])
            return Ask("patch", f"{self.address(spec)}/{log}/{action}", body=_ENTRY)
        roots = [spec for spec in self.kept if "users" in spec.computed]
        spec = self.pick.choice(roots or self.kept)
        holder = self.value("users.User", "email") if self.chance(60) else "no@body.example"
        key = {"users": {holder: {"can_change": self.chance(50)}}} if self.chance(60) else {"groups": {"Others": {}}}
        return Ask("patch", self.at(spec, self.pick.choice(self.records[spec.label])), body=key)
