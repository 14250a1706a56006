"""A list as a table: its cells read back as what they show, and what is typed becomes a plan of an import."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.core.models import TableImport

from ..people import unique
from .pages import Reader

SUBJECTS, GRID = "/private/stem/subject/", "/private/stem/subject/grid/"
COLUMNS = "sex,genotype,strain,projects,birth_date,tags"


@pytest.fixture
def reader(alice):
    return Reader(alice)


@pytest.fixture
def mice(lab):
    return [
        lab.add(
            "subject", name=f"Mouse {n:02}", sex="M", genotype="wt", birth_date=f"2026-01-0{n + 1}", tags=["a", "b"]
        )
        for n in range(3)
    ]


def table(page):
    return json.loads(
        re.search(r'<script id="grid-data" type="application/json">(.*?)</script>', page.text, re.DOTALL)[1]
    )


def reviewed(reader, rows, query=f"?columns={COLUMNS}&sort=name", path=GRID):
    return reader.post(f"{path}{query}", rows=json.dumps(rows))


def row(number, record=None, **cells):
    return {"number": number, "id": record["id"] if record else "", "cells": cells}


def plan(alice, page):
    """The import that a review leads to, and its rows."""
    assert page.status == 303, page.words
    path = re.fullmatch(r"/private/import-tool/([\w-]+)/", page.to)
    one = alice.get(f"imports/{path[1]}/").body["import"]
    return one, alice.get(f"imports/{path[1]}/rows/").body["rows"]


def test_the_table_has_the_columns_rows_and_order_of_the_list(reader, mice):
    found = table(reader.get(f"{GRID}?columns=sex,strain&search=Mouse&sort=-name"))
    assert [one["key"] for one in found["columns"]] == ["name", "sex", "strain"]
    assert [one["kind"] for one in found["columns"]] == ["text", "choice", "one"]
    assert found["columns"][1]["options"][:2] == ["Female", "Male"]
    assert [one["cells"][0] for one in found["rows"]] == ["Mouse 02", "Mouse 01", "Mouse 00"]


def test_the_list_leads_to_it(reader, mice):
    assert f'href="{GRID}?sex=M"' in reader.get(f"{SUBJECTS}?sex=M").text


def test_without_scripts_it_says_where_else_to_go(reader, mice):
    page = reader.get(f"{GRID}?sex=M")
    assert "needs JavaScript" in page.words
    assert "/private/stem/subject/bulk/?sex=M" in page.links
    assert "/private/import-tool/" in page.links


def test_a_table_that_is_sent_as_it_was_shown_changes_nothing(reader, alice, lab, mice):
    lab.add("subject", name="Mouse 09", genotype="", tags=[], sex="U")
    found = table(reader.get(f"{GRID}?columns={COLUMNS},description,status&search=Mouse"))
    rows = [
        {
            "number": at,
            "id": one["id"],
            "cells": {
                column["key"]: text
                for number, (column, text) in enumerate(zip(found["columns"], one["cells"], strict=True))
                if str(number) not in one["locks"] and text
            },
        }
        for at, one in enumerate(found["rows"], start=1)
    ]
    assert len(rows) == 4
    one, _ = plan(alice, reviewed(reader, rows, f"?columns={COLUMNS},description,status"))
    assert (one["counts"], one["groups"]) == ({"created": 0, "changed": 0, "same": 4, "wrong": 0}, [])


def test_numbers_with_units_and_times_read_back_too(reader, alice, lab):
    one = lab.add(
        "procedure",
        type="VirusInjection",
        date_time="2026-01-02T03:04:05Z",
        details={"injectionVolume": {"value": 120, "unit": "nL"}},
    )
    path, query = "/private/modules/procedure/grid/", "?type=VirusInjection&columns=date_time,details.injectionVolume"
    found = table(reader.get(f"{path}{query}"))
    cells = dict(zip((one["key"] for one in found["columns"]), found["rows"][0]["cells"], strict=True))
    assert cells["details.injectionVolume"] == "120 nL"
    same, _ = plan(alice, reviewed(reader, [row(1, one, **cells)], query, path))
    assert same["counts"]["same"] == 1
    _, [changed] = plan(alice, reviewed(reader, [row(1, one, **{"details.injectionVolume": "0.2 uL"})], query, path))
    assert changed["changes"]["details"]["to"]["injectionVolume"]["value"] in (0.2, 200)


def test_what_was_typed_becomes_a_plan_and_nothing_is_written(reader, alice, mice):
    rows = [row(1, mice[0], sex="Female"), row(3, mice[2], genotype="Ai32", tags="b; c")]
    one, found = plan(alice, reviewed(reader, rows))
    assert one["counts"] == {"created": 0, "changed": 2, "same": 0, "wrong": 0}
    assert [line["row"] for line in found] == [1, 3]
    assert found[0]["changes"] == {"sex": {"from": "M", "to": "F"}}
    assert {name: set(change["to"]) for name, change in found[1]["changes"].items() if name == "tags"} == {"tags": {"b", "c"}}  # fmt: skip
    assert alice.get(f"stem/subject/{mice[0]['id']}").record["sex"] == "M"
    assert alice.post(f"imports/{one['id']}/commit", {}).status == 200
    assert alice.get(f"stem/subject/{mice[0]['id']}").record["sex"] == "F"


def test_rows_without_an_id_are_new_records(reader, alice, lab, mice):
    strain = alice.get(f"taxonomies/strain/{lab['strain']}").record["name"]
    project = alice.get(f"stem/project/{lab['project']}").record["name"]
    rows = [row(4, name="Mouse 50", sex="f", strain=strain, projects=project), row(5, name="", sex="")]
    one, [line] = plan(alice, reviewed(reader, rows))
    assert one["counts"]["created"] == 1
    assert one["sheets"][0]["name"] == "New"
    assert alice.post(f"imports/{one['id']}/commit", {}).status == 200
    assert "Mouse 50" in {each["name"] for each in alice.get("stem/subject/").records}


def test_names_are_resolved_and_those_that_are_not_found_are_told_in_the_plan(reader, alice, mice):
    one, [line] = plan(alice, reviewed(reader, [row(1, mice[0], strain="Nothing of the kind")]))
    assert one["counts"]["wrong"] == 1
    assert "No strain named" in line["problems"][0]["message"]


def test_emptied_cells_empty_their_fields_and_no_others(reader, alice, mice):
    rows = [row(1, mice[0], genotype=""), row(2, mice[1], sex="Female"), row(3, mice[2], birth_date="", genotype="x")]
    one, found = plan(alice, reviewed(reader, rows))
    assert [sheet["name"] for sheet in one["sheets"]] == ["Genotype", "Sex", "Genotype, Birth date"]
    changes = {line["id"]: {name: change["to"] for name, change in line["changes"].items()} for line in found}
    assert {name: value or None for name, value in changes[mice[0]["id"]].items()} == {"genotype": None}
    assert changes[mice[1]["id"]] == {"sex": "F"}
    assert {name: value or None for name, value in changes[mice[2]["id"]].items()} == {"genotype": "x", "birth_date": None}  # fmt: skip


def test_what_others_wrote_meanwhile_is_not_touched(reader, alice, mice):
    alice.patch(f"stem/subject/{mice[0]['id']}", {"genotype": "theirs", "tags": ["theirs"]})
    one, [line] = plan(alice, reviewed(reader, [row(1, mice[0], sex="Female")]))
    assert list(line["changes"]) == ["sex"]
    alice.post(f"imports/{one['id']}/commit", {})
    assert alice.get(f"stem/subject/{mice[0]['id']}").record["genotype"] == "theirs"


def test_cells_that_a_text_cannot_hold_are_locked(reader, alice, lab, mice):
    alice.patch(f"stem/subject/{mice[0]['id']}", {"description": "<p><strong>bold</strong></p>"})
    alice.patch(f"stem/subject/{mice[1]['id']}", {"description": "two\nlines"})
    found = table(reader.get(f"{GRID}?columns=description,age,created_at&search=Mouse&sort=name"))
    kinds = {one["key"]: one["kind"] for one in found["columns"]}
    assert (kinds["age"], kinds["created_at"]) == ("locked", "locked")
    assert [bool(one["locks"].get("1")) for one in found["rows"]] == [True, True, False]
    refused = reviewed(reader, [row(1, mice[2], created_at="2026-01-01")], "?columns=created_at")
    assert (refused.status, "no column" in refused.words) == (422, True)


def test_rows_that_one_may_not_change_are_locked(bob, mice):
    found = table(Reader(bob).get(f"{GRID}?columns=sex"))
    assert all(set(one["locks"]) == {"0", "1"} for one in found["rows"])


@pytest.mark.parametrize(
    "sent",
    ["", "no json", "{}", "[1]", '[{"number": "1", "id": "", "cells": {}}]', '[{"number": 1, "id": 2, "cells": {}}]',
     '[{"number": 1, "id": "", "cells": {"sex": 1}}]', '[{"number": 1, "id": "", "cells": {"id": "x"}}]',
     '[{"number": 1, "id": "", "cells": {"sex": "\\u0000"}}]', "[]"],
)  # fmt: skip
def test_what_is_no_table_is_refused_and_comes_back(reader, mice, sent):
    page = reader.post(f"{GRID}?columns={COLUMNS}", rows=sent)
    assert page.status == 422
    assert table(page)["typed"] == sent
    assert not TableImport.objects.exists()


def test_it_is_only_where_imports_are(lab, alice, admin, mice):
    for path in ("/public/stem/subject/grid/", "/private/taxonomies/strain/grid/", "/private/users/user/grid/"):
        assert Reader(alice).get(path).status == 404
    assert Reader(admin).get("/super/stem/subject/grid/").status == 404
    assert Reader(admin).get("/private/taxonomies/strain/grid/").status == 200
    assert Reader().get(GRID).status == 302


def test_a_plan_is_the_persons_own(reader, bob, mice):
    page = reviewed(reader, [row(1, mice[0], sex="Female")])
    assert bob.get(f"imports/{page.to.split('/')[-2]}/").status == 404


def test_the_statements_do_not_depend_on_the_rows(reader, lab, mice):
    def asked(query):
        with CaptureQueriesContext(connection) as found:
            assert reader.get(f"{GRID}?columns={COLUMNS}&{query}").status == 200
        return len(found)

    one, three = "name.in=Mouse 01", "name.in=Mouse 00,Mouse 01,Mouse 02"
    asked(one), asked(three)  # what is read once
    assert asked(one) == asked(three)


def test_hostile_text_stays_text_in_the_page(reader, lab):
    name = f'</script><img src=x onerror="alert(1)">{unique("x")}'[:100]
    lab.add("subject", name=name)
    page = reader.get(GRID)
    assert "</script><img" not in page.text
    assert name in {one["cells"][0] for one in table(page)["rows"]}
