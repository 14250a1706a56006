"""What a list exports can be imported again: as the same rows, or as the changes that somebody typed in between."""

from __future__ import annotations

import pytest

from .pages import Reader


@pytest.mark.parametrize(
    ("path", "columns", "build"),
    [
        (
            "stem/subject",
            "sex,status,strain,projects,birth_date,genotype,tags,created_at",
            lambda lab, at: lab.add("subject", birth_date=f"2026-01-0{at + 1}", genotype="wt; het", tags=["a", "b"]),
        ),
        (
            "stem/session",
            "projects,date_time,name_used_in_storage",
            lambda lab, at: lab.add("session", date_time=f"2026-01-0{at + 1}T12:30:15Z"),
        ),
        (
            "modules/procedure",
            "type,subject,date_time,coordinates_system,details.injectionVolume",
            lambda lab, at: lab.add(
                "procedure", type="VirusInjection", details={"injectionVolume": {"value": 100 + at, "unit": "nL"}}
            ),
        ),
    ],
)
def test_an_exported_list_imports_as_the_same(lab, alice, path, columns, build):
    for at in range(3):
        build(lab, at)
    asked = {"columns": columns} | ({"type": "VirusInjection"} if path == "modules/procedure" else {})
    text = Reader(alice).get(f"/private/{path}/export/csv/", **asked).text.removeprefix("\ufeff")
    assert len(text.splitlines()) >= 4
    one = alice.post("imports/?kind=table", {"text": text, "model": path}).body["import"]
    assert [column for column in one["sheets"][0]["columns"] if "problem" in column] == []
    assert (one["counts"]["same"], one["groups"]) == (one["sheets"][0]["rows"], [])


def test_a_cell_changed_in_an_exported_list_is_the_one_change(lab, alice):
    lab.add("subject", sex="M", genotype="before")
    text = Reader(alice).get("/private/stem/subject/export/csv/", columns="sex,genotype").text
    one = alice.post("imports/?kind=table", {"text": text.replace("before", "after"), "model": "stem/subject"})
    counts = one.body["import"]["counts"]
    assert (counts["changed"], counts["created"], counts["wrong"]) == (1, 0, 0)
    [row] = alice.get(f"imports/{one.body['import']['id']}/rows/", "action=changed").body["rows"]
    assert row["changes"] == {"genotype": {"from": "before", "to": "after"}}
