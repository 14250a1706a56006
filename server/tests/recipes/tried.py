"""Generates what follows from a recipe, and uses it over the API and on pages: ``python -m tests.recipes.tried NAME``.

Runs in a copy of the repository, whose database it migrates.
"""

from __future__ import annotations

import importlib.util
import runpy
import sys
from pathlib import Path
from typing import Any

import django
import pytest

django.setup()

from django.core.management import call_command  # noqa: E402 - once Django is set up

from brainstem.api.openapi.document import document  # noqa: E402
from tests.lab import Lab  # noqa: E402
from tests.people import person  # noqa: E402
from tests.web.paper import Desk, fill  # noqa: E402

COPY = Path.cwd()


def generate(*, tables: bool) -> None:
    """What CONTRIBUTING says to run."""
    if tables:
        call_command("makemigrations", name="tried", verbosity=0)
        importlib.invalidate_caches()
        call_command("migrate", verbosity=0)
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    call_command("contract", verbosity=0)
    for arguments in ([], ["--check"]):
        sys.argv = ["generate.py", *arguments]
        with pytest.raises(SystemExit) as end:
            runpy.run_path("client/tools/generate.py", run_name="__main__")
        assert not end.value.code, arguments


class Tried:
    """A lab, and what is asked of it in the three ways: by a person, by the documentation, by the client."""

    def __init__(self) -> None:
        self.alice = person("alice")
        self.lab = Lab(self.alice, person("admin", admin=True))

    def names(self, path: str, query: str) -> list[str]:
        answer = self.alice.get(path, query)
        assert answer.status == 200, answer.body
        return [record.get("name") or record["type"] for record in answer.records]

    def through_client(self, model: str, name: str, value: Any) -> list[Any]:
        """Names that the client finds, which checks the filter before it sends it."""
        from brainstem_api_tools.checks import checked_filters
        from brainstem_api_tools.record import record_class

        filters = checked_filters(record_class(model), {name: value})
        sent = [(f"filter{{{path}}}", str(one)) for path, one in filters]
        return [one.get("name") or one["type"] for one in self.records(model, sent)]

    def records(self, model: str, query: list[tuple[str, str]]) -> list[dict[str, Any]]:
        """All records, as the commands of the client ask for them; it is imported once it is generated."""
        from in_process import server_for

        return list(server_for(self.alice.token).records(model, query))

    def fill_in(self, path: str, **values: Any) -> str:
        """Send a form of the pages with these values; the id of the record."""
        desk = Desk(self.alice)
        paper = desk.open(path)
        for name, value in values.items():
            fill(paper, name, value)
        return desk.save(path, paper)

    def page(self, path: str, query: str = "") -> str:
        """The text of a page of the private portal."""
        answer = Desk(self.alice).client.get(f"/private/{path}/{query}")
        assert answer.status_code == 200, path
        return str(answer.content.decode())


def a_field() -> None:
    generate(tables=True)
    tried = Tried()
    tried.lab.add("subject", name="Light", weight_g=18.5)
    heavy = tried.lab.add("subject", name="Heavy", weight_g=31)
    tried.lab.add("subject", name="Unknown")
    assert list(heavy)[list(heavy).index("sex") + 1] == "weight_g"
    assert tried.names("stem/subject", "filter{weight_g.gte}=20") == ["Heavy"]
    assert tried.names("stem/subject", "sort[]=-weight_g") == ["Heavy", "Light", "Unknown"]
    assert tried.alice.patch(f"stem/subject/{heavy['id']}", {"weight_g": "much"}).status == 400
    assert tried.alice.options("stem/subject").body["fields"]["weight_g"]["type"] == "number"
    assert (
        document()["components"]["schemas"]["Subject"]["properties"]["weight_g"]["description"] == "Body weight in g."
    )
    assert tried.through_client("subject", "weight_g__lt", 20) == ["Light"]
    tried.fill_in(f"stem/subject/{heavy['id']}/change", weight_g=33.5)
    assert tried.names("stem/subject", "filter{weight_g}=33.5") == ["Heavy"]
    assert "33.5" in tried.page(f"stem/subject/{heavy['id']}")
    assert "33.5" in tried.page("stem/subject", "?columns=weight_g&weight_g.gt=20&sort=-weight_g")


def a_model() -> None:
    generate(tables=True)
    tried = Tried()
    project = tried.lab["project"]
    for name, pups in (("L1", 4), ("L2", 9)):
        made = tried.alice.make("stem/litter", name=name, project=project, pups=pups)
    assert list(made)[:4] == ["id", "name", "project", "pups"]
    assert tried.names("stem/litter", "filter{pups.gt}=5") == ["L2"]
    assert tried.names("stem/litter", "sort[]=-pups") == ["L2", "L1"]
    assert len(tried.names("stem/project", "filter{litters.name}=L1")) == 1
    assert person("charlie").get("stem/litter").records == []
    assert tried.alice.options("stem/litter").body["plural_key"] == "litters"
    assert "/api/private/stem/litter/" in document()["paths"]
    assert tried.through_client("litter", "pups__gt", 5) == ["L2"]
    assert exported(tried, project) == {"L1", "L2"}
    added = tried.fill_in("stem/litter/add", name="L3", project=project, pups=6)
    assert "L3" in tried.page(f"stem/litter/{added}")
    assert "L3" in tried.page("stem/litter", "?pups=6")


def exported(tried: Tried, project: str) -> set[str]:
    """Names of the litters that `brainstem export` would write."""
    from brainstem_api_tools.contract import project_paths

    query = [(f"filter{{{project_paths()['litter']}.id}}", project)]
    return {one["name"] for one in tried.records("litter", query)}


def a_type() -> None:
    generate(tables=False)
    tried = Tried()
    log = tried.lab.add("subjectlog", type="Grooming")
    tried.lab.add("subjectlog", type="Weighing")
    entries = f"modules/subjectlog/{log['id']}/add_entry"
    entry = {"date_time": "2026-01-31T12:00:00Z", "details": {"bouts": 3}}
    assert tried.alice.post(entries, entry).status in (200, 201)
    assert tried.alice.post(entries, entry | {"details": {"bouts": -1}}).status == 400
    assert tried.names("modules/subjectlog", "filter{type}=Grooming") == ["Grooming"]
    assert tried.names("modules/subjectlog", "filter{entries.details.bouts.gte}=2") == ["Grooming"]
    assert tried.names("modules/subjectlog", "sort[]=-type") == ["Weighing", "Grooming"]
    choices = tried.alice.options("modules/subjectlog").body["fields"]["type"]["choices"]
    assert {"value": "Grooming", "label": "Grooming log"} in choices
    assert "'Grooming'" in str(document())
    assert tried.through_client("subjectlog", "type", "Grooming") == ["Grooming"]
    written = {"0": {"date_time": "2026-01-31T12:00", "details": {"bouts": 7}}}
    tried.fill_in(f"modules/subjectlog/{log['id']}/change", entries=written)
    entries = tried.alice.get(f"modules/subjectlog/{log['id']}").record["entries"]
    assert [one["details"] for one in entries] == [{"bouts": 7}]
    assert "Bouts" in tried.page(f"modules/subjectlog/{log['id']}")


def an_operator() -> None:
    generate(tables=False)
    tried = Tried()
    for name in ("Abc", "Abcdefghij"):
        tried.lab.add("subject", name=name, extra_fields={"code": name})
    assert tried.names("stem/subject", "filter{name.longer}=5") == ["Abcdefghij"]
    assert tried.names("stem/subject", "filter{-name.longer}=5") == ["Abc"]
    assert tried.names("stem/subject", "filter{extra_fields.code.longer}=5") == ["Abcdefghij"]
    assert tried.names("stem/project", "filter{subjects.name.longer}=5") != []
    assert tried.alice.get("stem/subject", "filter{name.longer}=much").status == 400
    assert tried.alice.get("stem/subject", "filter{birth_date.longer}=5").status == 400
    assert "longer" in tried.alice.options("stem/subject").body["fields"]["name"]["operators"]
    assert "longer, lt, " in str(document())
    assert tried.through_client("subject", "name__longer", 5) == ["Abcdefghij"]


RECIPES = {"A field": a_field, "A model": a_model, "A type": a_type, "An operator": an_operator}

if __name__ == "__main__":
    for package in ("brainstem", "brainstem_api_tools"):
        found = importlib.util.find_spec(package)
        assert found is not None
        assert Path(str(found.origin)).is_relative_to(COPY), package
    RECIPES[sys.argv[1]]()
