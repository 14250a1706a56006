"""Random writes to a lab, through the API, for the test of the past; and what is asked of it after each."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.core.management import call_command

from brainstem.core.models import Deletion

from ..lab import Lab, path_of
from ..people import Person, unique

FIRST = (
    "subject", "dam", "session", "behavior", "dataacquisition", "manipulation", "procedure", "epoch", "collection",
    "cohort", "breeding", "subjectlog", "procedurelog", "equipment", "consumablestock", "license", "sessiondatastorage",
    "behavioralassay", "supplier", "publication", "group",
)  # fmt: skip
ADDED = ("subject", "session", "behavior", "dataacquisition", "procedure", "epoch", "collection", "cohort", "subjectlog",
         "equipment", "consumablestock", "sessiondatastorage", "project", "setup", "datastorage", "strain")  # fmt: skip
WORDS = ("alpha", "beta", "gamma <b>&</b>", "quote \"' \\ end", "ünïcödé ☃", "")
TAGS = ("red", "green", "blue", "été", 'a"b')
KINDS_OF_ADMIN = ("strain", "species", "supplier", "brainregion")

# What is asked, of a list each. Some of it is asked after every step.
LISTS = (
    "stem/project", "stem/project?include[]=sessions.datastorage&include[]=subjects&include[]=publications",
    "stem/session", "stem/session?limit=2", "stem/session?limit=2&offset=2", "stem/session?limit=3&cursor=",
    "stem/session?filter{description.icontains}=a&sort[]=-date_time", "stem/session?filter{tags}=red&sort[]=tags",
    "stem/session?filter{-tags}=red&include[]=behaviors.subjects", "stem/session?filter{tags.isnull}=true",
    "stem/session?filter{projects.name.icontains}=project&sort[]=projects.name",
    "stem/session?filter{behaviors.subjects.sex}=M&sort[]=-behaviors.order",
    "stem/session?filter{extra_fields.a.gt}=2&sort[]=extra_fields.a", "stem/session?filter{datastorage.isnull}=false",
    "stem/session?filter{extra_fields.isnull}=false&sort[]=-extra_fields.a", "stem/session?search=session a",
    "stem/session?filter{date_time.year}=2025&sort[]=date_time&cursor=&limit=2", "stem/session?writable=true",
    "stem/session?include[]=epochs.behavior.setup.setup_type&include[]=dataacquisition.procedures.subject.strain",
    "stem/session?sort[]=updated_at&sort[]=-name", "stem/session?filter{subjects.name.icontains}=subject",
    "stem/subject?filter{strain.species.name.icontains}=mus&include[]=strain.species&include[]=species",
    "stem/subject?filter{procedures.type}=Craniotomy&include[]=procedures.equipment.setup&include[]=subjectlogs",
    "stem/subject?filter{breeding.isnull}=false&include[]=breeding.mother", "stem/subject?sort[]=birth_date&sort[]=-sex",
    "stem/subject?filter{licenses.name.icontains}=licence&include[]=licenses", "stem/subject?sort[]=supplier.name",
    "stem/cohort?include[]=subjects.projects", "stem/collection?include[]=sessions.behaviors",
    "stem/epoch?sort[]=start&include[]=session.projects", "stem/epoch?filter{start.gt}=00:00:30",
    "modules/behavior?filter{session.projects.name.icontains}=p&include[]=subjects.breeding", "modules/behavior?sort[]=order",
    "modules/procedure?filter{consumablestock.isnull}=false&include[]=consumablestock.inventory",
    "modules/procedure?filter{brain_region.within}=CA1&include[]=brain_region", "modules/procedure?sort[]=-date_time",
    "modules/subjectlog?filter{entries.details.weight.gt}=3", "modules/subjectlog?sort[]=entries.date_time",
    "modules/manipulation?include[]=procedures&include[]=equipment", "stem/sessiondatastorage?sort[]=order",
    "modules/equipment?sort[]=name", "modules/consumablestock", "personal_attributes/setup?sort[]=-is_public",
    "personal_attributes/license?include[]=subjects&include[]=procedures", "personal_attributes/datastorage",
    "taxonomies/strain?filter{name.icontains}=strain&include[]=species", "dissemination/publication",
    "resources/supplier?filter{name.icontains}=supplier",
)  # fmt: skip


class Steps:
    """A lab, and what is done to it at random.

    ``ids`` are the records of each kind that exist; ``done`` counts the steps by name and status.
    """

    def __init__(self, alice: Person, bob: Person, admin: Person, rng: random.Random) -> None:
        self.alice, self.bob, self.admin, self.rng = alice, bob, admin, rng
        self.lab = Lab(alice, admin)
        self.ids: dict[str, list[Any]] = {}
        self.ever: dict[str, list[Any]] = {}
        self.done: Counter[tuple[str, int]] = Counter()

    def start(self) -> None:
        """The first records: at least one of each kind."""
        for name in FIRST:
            self.lab[name]
        for name, made in self.lab.made.items():
            self._keep("subject" if name == "dam" else name, made["id"])
        self.add("project"), self.add("session"), self.add("datastorage"), self.add("setup")
        region = self.lab.add("brainregion", acronym="CA1")
        self._keep("brainregion", region["id"])

    def step(self) -> None:
        """One random write."""
        name = self.rng.choice(tuple(STEPS))
        status = STEPS[name](self)
        if status:
            self.done[name, status] += 1

    # -- helpers ----------------------------------------------------------------------------------------------------

    def _keep(self, kind: str, record_id: Any) -> None:
        self.ids.setdefault(kind, []).append(record_id)
        self.ever.setdefault(kind, []).append(record_id)

    def one(self, kind: str) -> Any:
        """A record of a kind, if there is one."""
        found = self.ids.get(kind)
        return self.rng.choice(found) if found else None

    def some(self, kind: str, most: int = 3) -> list[Any]:
        """Some records of a kind, in any order."""
        found = self.ids.get(kind, [])
        return self.rng.sample(found, self.rng.randint(0, min(most, len(found))))

    def least(self, kind: str) -> list[Any]:
        """At least one record of a kind."""
        return self.some(kind) or self.ids.get(kind, [])[:1]

    def writer(self, kind: str) -> Person:
        """Who may write records of a kind."""
        return self.admin.through("super") if kind in KINDS_OF_ADMIN else self.alice

    def look(self) -> None:
        """Find out which records are left."""
        boss = self.admin.through("super")
        for kind, found in self.ever.items():
            held = set(boss.get(path_of(kind), f"limit=100&filter{{id.in}}={','.join(map(str, found))}").ids)
            self.ids[kind] = [one for one in found if one in held]

    def word(self) -> str:
        return f"{self.rng.choice(WORDS)} {self.rng.randint(0, 9)}"

    def time(self) -> str | None:
        parts = (self.rng.randint(1, 12), self.rng.randint(1, 28), self.rng.choice(("00", "00.5", "30.000001")))
        return self.rng.choice(
            (None, f"2025-{parts[0]:02}-{parts[1]:02}T10:00:{parts[2]}Z", "2024-12-31T23:59:59+02:00")
        )

    # -- fields -----------------------------------------------------------------------------------------------------

    def change_of(self, kind: str) -> dict[str, Any]:
        """New values for some fields of a record of a kind."""
        fields = FIELDS.get(kind, {})
        chosen = self.rng.sample(sorted(fields), self.rng.randint(1, min(3, len(fields)))) if fields else []
        return {name: fields[name](self) for name in chosen}

    # -- steps ------------------------------------------------------------------------------------------------------

    def add(self, kind: str = "") -> int:
        kind = kind or self.rng.choice(ADDED)
        payload = self._payload(kind)
        answer = self.writer(kind).post(path_of(kind), payload)
        if answer.status == 201:
            self._keep(kind, answer.id)
        return answer.status

    def _payload(self, kind: str) -> dict[str, Any]:
        made = {name: {"id": self.one("subject" if name == "dam" else name)} for name in self.lab.made}
        lab = Lab(self.alice, self.admin)
        lab.made = {name: one for name, one in made.items() if one["id"]}
        payload = lab.payload(kind) | self.change_of(kind)
        for name, one in lab.made.items():
            if name not in made or made[name] is not one:
                self._keep("subject" if name == "dam" else name, one["id"])
        return payload

    def patch(self) -> int:
        kind = self.rng.choice([kind for kind in FIELDS if self.ids.get(kind)])
        change = self.change_of(kind)
        return self.writer(kind).patch(f"{path_of(kind)}/{self.one(kind)}", change).status

    def put(self) -> int:
        kind = self.rng.choice(("session", "subject", "epoch", "setup"))
        record_id = self.one(kind)
        if record_id is None:
            return 0
        address = f"{path_of(kind)}/{record_id}"
        held = self.alice.get(address).record
        needed = {
            name: held[name] for name in ("name", "projects", "strain", "sex", "session", "setup_type") if name in held
        }
        return self.alice.put(address, needed | self.change_of(kind)).status

    def bulk(self) -> int:
        kind = self.rng.choice(("session", "subject", "behavior", "sessiondatastorage"))
        update = [{"id": one, **self.change_of(kind)} for one in self.some(kind)]
        body: dict[str, Any] = {
            "create": [self._payload(kind) for _ in range(self.rng.randint(0, 2))],
            "update": update,
        }
        answer = self.alice.post(f"{path_of(kind)}/bulk", {key: rows for key, rows in body.items() if rows})
        if answer.status == 200:
            for one in answer.body["created"]:
                self._keep(kind, one if isinstance(one, str) else one["id"])
        return answer.status

    def delete(self) -> int:
        kinds = [
            kind for kind in self.ids if self.ids[kind] and kind not in ("species", "setuptype", "behavioralparadigm")
        ]
        kind = self.rng.choice(kinds)
        if kind in ("project", "group") and self.rng.random() < 0.7:
            return 0
        status = self.writer(kind).delete(f"{path_of(kind)}/{self.one(kind)}").status
        self.look()
        return status

    def undelete(self) -> int:
        gone = Deletion.objects.filter(undone_at=None).order_by("-id").first()
        if gone is None:
            return 0
        try:
            call_command("undelete", gone.model, gone.record_id)
        except Exception:  # noqa: BLE001 - a name was taken, or what it belongs to is gone
            return 409
        self.look()
        return 200

    def entry(self) -> int:
        log, kind = self.one("subjectlog"), "subjectlog"
        if log is None:
            return 0
        day = self.rng.randint(1, 5)
        time = f"2026-01-0{day}T10:00:00{self.rng.choice(('', '.5'))}Z"
        action = self.rng.choice(("add_entry", "add_entry", "change_entry", "remove_entry"))
        body = {"date_time": time}
        if action != "remove_entry":
            body |= {"details": {"weight": self.rng.randint(1, 9) / 2}, "notes": self.word()}
        return self.alice.patch(f"{path_of(kind)}/{log}/{action}", body).status

    def roles(self) -> int:
        kind = self.rng.choice(("project", "setup", "license", "datastorage"))
        record_id = self.one(kind)
        if record_id is None:
            return 0
        level = self.rng.choice(({}, {"can_change": True}, {"is_manager": True}, {"remove": True}))
        body: dict[str, Any] = {"users": {self.bob.email: level}}
        group = self.one("group")
        if group is not None and self.rng.random() < 0.5:
            name = self.alice.get(f"users/group/{group}").record["name"]
            body = {"groups": {name: self.rng.choice(({"can_change": True}, {"remove": True}))}}
        return self.alice.patch(f"{path_of(kind)}/{record_id}", body).status

    def other_side(self) -> int:
        record_id = self.one("license")
        if record_id is None:
            return 0
        name = self.rng.choice(("subjects", "procedures", "behavioralassays"))
        links = self.some(name[:-1])
        return self.alice.patch(f"personal_attributes/license/{record_id}", {name: links}).status


Make = Callable[[Steps], Any]
_TAGS: Make = lambda s: s.rng.sample(TAGS, s.rng.randint(0, 3))  # noqa: E731
_WORD: Make = lambda s: s.word()  # noqa: E731
_EXTRA: Make = lambda s: {  # noqa: E731
    name: s.rng.choice((1, 2.5, 0.1 + 0.2, "x", "ü")) for name in s.rng.sample("abc", s.rng.randint(0, 3))
}
_ORDER: Make = lambda s: s.rng.randint(0, 5)  # noqa: E731


def _some(kind: str) -> Make:
    return lambda s: s.some(kind)


def _least(kind: str) -> Make:
    return lambda s: s.least(kind)


def _one(kind: str) -> Make:
    return lambda s: s.one(kind)


def _name(kind: str) -> Make:
    return lambda _: unique(kind)


# Not the names of groups: maps of roles name them as when these roles were next changed, not as at the time.
FIELDS: dict[str, dict[str, Make]] = {
    "project": {"name": _name("Project"), "description": _WORD, "tags": _TAGS, "extra_fields": _EXTRA,
                "publications": _some("publication"), "name_used_in_storage": _WORD},
    "session": {"name": _name("Session"), "description": _WORD, "tags": _TAGS, "extra_fields": _EXTRA,
                "projects": _least("project"), "date_time": lambda s: s.time(), "datastorage": _some("datastorage"),
                "download_links": lambda s: [{"Repository": "DANDI", "URL": f"https://x.org/{s.rng.randint(0, 9)}"}]},
    "subject": {"name": _name("Subject"), "description": _WORD, "tags": _TAGS, "projects": _least("project"),
                "licenses": _some("license"), "birth_date": lambda s: s.rng.choice((None, "2024-01-31", "2024-02-29")),
                "strain": _one("strain"), "supplier": _one("supplier"), "name_used_in_storage": _WORD, "genotype": _WORD},
    "behavior": {"session": _one("session"), "subjects": _least("subject"), "notes": _WORD, "order": _ORDER,
                 "setup": _one("setup")},
    "dataacquisition": {"notes": _WORD, "order": _ORDER, "procedures": _some("procedure"), "equipment": _some("equipment"),
                        "details": lambda s: {"fileName": s.word().strip() or "f"}},
    "manipulation": {"notes": _WORD, "procedures": _least("procedure"), "order": _ORDER},
    "procedure": {"notes": _WORD, "date_time": lambda s: s.time(), "equipment": _some("equipment"),
                  "consumablestock": lambda s: s.rng.choice((None, s.one("consumablestock"))),
                  "brain_region": lambda s: s.rng.choice((None, s.one("brainregion"))), "licenses": _some("license")},
    "epoch": {"name": _name("Epoch"), "start": lambda s: s.rng.choice((None, "00:00:10", "00:01:00.5", "26:00:00")),
              "behavior": _some("behavior"), "dataacquisition": _some("dataacquisition")},
    "collection": {"name": _name("Collection"), "sessions": _some("session"), "tags": _TAGS},
    "cohort": {"name": _name("Cohort"), "subjects": _some("subject", ), "tags": _TAGS},
    "breeding": {"name": _name("Breeding"), "litter_size": _ORDER, "birth_date": lambda _: "2024-03-01"},
    "subjectlog": {"description": _WORD},
    "equipment": {"name": _name("Camera"), "notes": _WORD, "setup": _one("setup"), "date_time": lambda s: s.time()},
    "consumablestock": {"notes": _WORD, "cost": lambda s: s.rng.choice((None, "3 EUR")), "status": lambda _: "RESERVED"},
    "license": {"name": _name("Licence"), "license_number": _WORD},
    "setup": {"name": _name("Setup"), "location": _WORD, "is_public": lambda s: s.rng.random() < 0.5},
    "datastorage": {"name": _name("Storage"), "is_public": lambda s: s.rng.random() < 0.5},
    "sessiondatastorage": {"order": _ORDER, "session": _one("session"), "datastorage": _one("datastorage")},
    "strain": {"name": _name("Strain"), "description": _WORD, "breeding": lambda _: "Outbred"},
    "species": {"name": _name("Mus"), "popular_name": _WORD},
    "supplier": {"name": _name("Supplier")},
    "publication": {"title": _name("Paper")},
    "brainregion": {"acronym": lambda s: f"R{s.rng.randint(0, 9)}", "graph_order": lambda s: s.rng.choice((None, 0.1 + 0.2, 3))},
}  # fmt: skip

STEPS: dict[str, Callable[[Steps], int]] = {
    "add": Steps.add, "patch": Steps.patch, "patch again": Steps.patch, "patch more": Steps.patch, "put": Steps.put,
    "bulk": Steps.bulk, "delete": Steps.delete, "undelete": Steps.undelete, "entry": Steps.entry, "roles": Steps.roles,
    "other side": Steps.other_side,
}  # fmt: skip
