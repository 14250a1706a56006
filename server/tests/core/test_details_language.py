"""Filters and sorts by values in details: typed by the schemas, across units, in any row of a list."""

from __future__ import annotations

from urllib.parse import quote

import pytest

pytestmark = pytest.mark.databases

ANYWHERE = {"coordinates_system": "External_XYZ_Absolute", "coordinates_details": {}}


@pytest.fixture
def recorded(lab, alice):
    """Acquisitions, injections and stimulations with values in different units; name -> id."""
    made = {}

    def acquisition(name, **details):
        made[name] = alice.make(
            "modules/dataacquisition", session=lab["session"], type="ExtracellularEphys", details=details, notes=name
        )["id"]

    def injection(name, volume, **more):
        made[name] = alice.make(
            "modules/procedure", subject=lab["subject"], type="VirusInjection", notes=name, **ANYWHERE,
            details={"injectionVolume": volume} | more,
        )["id"]  # fmt: skip

    def stimulation(name, *rows):
        made[name] = alice.make(
            "modules/manipulation", session=lab["session"], type="OptogeneticStimulation", notes=name,
            procedures=[lab["procedure"]], details=list(rows),
        )["id"]  # fmt: skip

    acquisition("few", nChannels=32, fileName="A.dat")
    acquisition("many", nChannels=64, fileName="b.dat")
    acquisition("none", fileName="c.dat")
    injection("200 nL", {"value": 200, "unit": "nL"})
    injection("0.5 µL", {"value": 0.5, "unit": "µL"})
    injection("1 mL", {"value": 1, "unit": "mL"}, titer={"value": 5, "unit": "TU/mL"})
    stimulation("3 min", {"duration": {"value": 3, "unit": "min"}, "profile": "Square"})
    stimulation("180 s and more", {"duration": {"value": 10, "unit": "ms"}}, {"duration": {"value": 180, "unit": "s"}})
    stimulation("empty")
    return made


QUERIES = [
    ("dataacquisition", "filter{details.nChannels.gte}=64", {"many"}),
    ("dataacquisition", "filter{details.nChannels}=32", {"few"}),
    ("dataacquisition", "filter{details.nChannels.in}=32,64", {"few", "many"}),
    ("dataacquisition", "filter{details.nChannels.isnull}=true", {"none"}),
    ("dataacquisition", "filter{details.fileName.istartswith}=a", {"few"}),
    ("procedure", "filter{details.injectionVolume}=0.2 µL", {"200 nL"}),
    ("procedure", "filter{type}=VirusInjection&filter{details.injectionVolume}=500", {"0.5 µL"}),
    ("procedure", "filter{details.injectionVolume}=500 nanoliters", {"0.5 µL"}),
    ("procedure", "filter{details.injectionVolume.gte}=0.3 uL", {"0.5 µL", "1 mL"}),
    ("procedure", "filter{details.injectionVolume.lt}=1 mL", {"200 nL", "0.5 µL"}),
    ("procedure", "filter{details.injectionVolume.range}=100,600&filter{type}=VirusInjection", {"200 nL", "0.5 µL"}),
    ("procedure", "filter{details.injectionVolume.range}=0.4 µL,2 mL", {"0.5 µL", "1 mL"}),
    ("procedure", "filter{details.injectionVolume.ne}=200 nL&filter{type}=VirusInjection", {"0.5 µL", "1 mL"}),
    ("procedure", "filter{-details.injectionVolume.gt}=0.3 µL&filter{type}=VirusInjection", {"200 nL"}),
    ("procedure", "filter{details.injectionVolume.unit}=mL", {"1 mL"}),
    ("procedure", "filter{details.injectionVolume.value.gte}=200", {"200 nL"}),
    ("procedure", "filter{details.titer}=5 TU/mL", {"1 mL"}),
    ("procedure", "filter{details.titer}=5 vg/mL", set()),
    ("procedure", "filter{details.titer.isnull}=false", {"1 mL"}),
    ("manipulation", "filter{details.duration.gte}=2 min", {"3 min", "180 s and more"}),
    ("manipulation", "filter{details.duration}=10 ms", {"180 s and more"}),
    ("manipulation", "filter{details.duration.lt}=1 s", {"180 s and more"}),
    ("manipulation", "filter{details.profile}=Square", {"3 min"}),
    ("manipulation", "filter{details.duration.isnull}=true", {"empty"}),
    ("manipulation", "filter{-details.duration.gte}=2 min", {"empty"}),
    ("manipulation", "filter{details.duration.ne}=10 ms", {"3 min", "empty"}),
]


@pytest.mark.parametrize(("model", "query", "names"), QUERIES, ids=[query for _, query, _ in QUERIES])
def test_a_value_in_details_is_compared_by_its_type(recorded, alice, model, query, names):
    answer = alice.get(f"modules/{model}", quote(query, safe="=&{}%"))
    assert answer.status == 200, answer.body
    assert {record["notes"] for record in answer.records if record["id"] in recorded.values()} == names


def test_a_value_in_details_is_found_through_a_relation(recorded, lab, alice):
    query = quote("filter{dataacquisition.details.nChannels.gte}=64", safe="={}")
    assert alice.get("stem/session", query).ids == [lab["session"]]


@pytest.mark.parametrize(
    ("model", "query", "names"),
    [
        ("procedure", "sort[]=details.injectionVolume&filter{type}=VirusInjection", ["200 nL", "0.5 µL", "1 mL"]),
        ("procedure", "sort[]=-details.injectionVolume&filter{type}=VirusInjection", ["1 mL", "0.5 µL", "200 nL"]),
        ("dataacquisition", "sort[]=-details.nChannels", ["many", "few", "none"]),
        ("manipulation", "sort[]=details.duration", ["180 s and more", "3 min", "empty"]),
        ("manipulation", "sort[]=-details.duration&sort[]=notes", ["180 s and more", "3 min", "empty"]),
    ],
)
def test_a_sort_by_details_converts_units(recorded, alice, model, query, names):
    assert [record["notes"] for record in alice.get(f"modules/{model}", query).records] == names


@pytest.mark.parametrize(
    ("model", "query", "hint"),
    [
        ("procedure", "filter{details.injectionVolume}=much", "nL"),
        ("procedure", "filter{details.injectionVolume}=3 furlong", "nL"),
        ("procedure", "filter{details.injectionVolume}=500", "filter by type"),
        ("procedure", "filter{details.injectionVolume.icontains}=3", "does not apply"),
    ],
)
def test_a_wrong_quantity_says_which_units_there_are(alice, model, query, hint):
    answer = alice.get(f"modules/{model}", quote(query, safe="={}"))
    assert (answer.status, hint in next(iter(answer.body.values()))[0]) == (400, True)
