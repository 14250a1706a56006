"""Values that are worked out filter and sort lists; what nobody may see counts for nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from ..people import unique
from .pages import Reader

SUBJECTS = "/private/stem/subject/"
TODAY = dt.datetime.now(dt.UTC).date()


def day(ago):
    return str(TODAY - dt.timedelta(days=ago))


@pytest.fixture
def mice(lab):
    """Young, grown, old, dead at fifty days, and of unknown age."""
    ages = {"young": (10, None), "grown": (70, None), "old": (400, None), "dead": (500, 450), "unknown": (None, None)}
    return {
        name: lab.add("subject", name=name, sex="F", birth_date=born and day(born), death_date=died and day(died))
        for name, (born, died) in ages.items()
    }


def weigh(alice, log, when, value, unit="g"):
    entry = {"date_time": f"{when}T10:00:00Z", "details": {"weight": {"value": value, "unit": unit}}}
    assert alice.patch(f"modules/subjectlog/{log['id']}/add_entry", entry).status in (200, 201)


def shown(page, names):
    assert page.status == 200, page.words
    at = {name: page.text.find(f">{name}</a></th>") for name in names}
    return [name for name in sorted(at, key=at.get) if at[name] >= 0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("age.gte=60&sort=age", ["grown", "old"]),
        ("age.gte=8 weeks&sort=-age", ["old", "grown"]),
        ("age.lt=60&sort=age", ["young", "dead"]),
        ("age=10", ["young"]),
        ("age.range=1 wk,1 year&sort=age", ["young", "dead", "grown"]),
        ("age.isnull=true", ["unknown"]),
        ("age.ne=10&sort=age", ["dead", "grown", "old", "unknown"]),
        ("filter{-age.gte}=60&sort=age", ["young", "dead", "unknown"]),
        ("sort=-age", ["old", "grown", "dead", "young", "unknown"]),
    ],
)
def test_age_filters_and_sorts(alice, mice, query, found):
    assert shown(Reader(alice).get(f"{SUBJECTS}?{query}"), mice) == found


def test_the_last_weight_is_that_of_the_newest_entry(alice, lab, mice):
    for name, entries in {"young": [(9, 12.5), (3, 20)], "grown": [(2, 30)], "old": [(5, 0.025)]}.items():
        log = lab.add("subjectlog", subject=mice[name]["id"], type="Weighing")
        for ago, value in entries:
            weigh(alice, log, day(ago), value, "kg" if value < 1 else "g")
    other = lab.add("subjectlog", subject=mice["grown"]["id"], type="Weighing")
    weigh(alice, other, day(8), 15)
    reader = Reader(alice)
    assert shown(reader.get(SUBJECTS, sort="last_weight"), mice)[:3] == ["young", "old", "grown"]
    assert shown(reader.get(SUBJECTS, **{"last_weight.gt": "20 g", "sort": "-last_weight"}), mice) == ["grown", "old"]
    assert shown(reader.get(SUBJECTS, **{"last_weight.lte": "0.021 kg"}), mice) == ["young"]
    page = reader.get(SUBJECTS, name="grown", columns="last_weight")
    assert '30 <span class="unit">g</span>' in page.text


def test_numbers_of_records_filter_and_sort(alice, lab, mice):
    for name in ("young", "old", "old"):
        lab.add("procedure", subject=mice[name]["id"])
    reader = Reader(alice)
    assert shown(reader.get(SUBJECTS, **{"procedures_count.gte": 1, "sort": "-procedures_count"}), mice) == ["old", "young"]  # fmt: skip
    assert shown(reader.get(SUBJECTS, procedures_count=0, sort="name"), mice) == ["dead", "grown", "unknown"]
    assert "Procedures <span" in reader.get(SUBJECTS, **{"procedures_count.gte": 1}).text


def test_logs_filter_by_their_entries(alice, lab, mice):
    first, second = (lab.add("subjectlog", subject=mice[name]["id"], type="Weighing") for name in ("young", "old"))
    for ago in (9, 8):
        weigh(alice, first, day(ago), 20)
    weigh(alice, second, day(1), 20)
    logs, reader = "/private/modules/subjectlog/", Reader(alice)

    def found(**query):
        page = reader.get(logs, **query)
        assert page.status == 200, page.words
        return [log["id"] for log in (first, second) if f"{logs}{log['id']}/" in page.links]

    assert found(entries_count=2) == [first["id"]]
    assert found(**{"last_entry.gte": day(2)}) == [second["id"]]
    text = reader.get(logs, sort="-last_entry").text
    assert text.index(second["id"]) < text.index(first["id"])


def test_days_left_filter(alice, lab):
    for name, left in (("soon", 10), ("later", 200), ("over", -5)):
        lab.add("license", name=name, valid_until=day(-left))
    reader, path = Reader(alice), "/private/personal_attributes/license/"
    names = ("soon", "later", "over")
    assert shown(reader.get(path, **{"days_left.lte": 90, "sort": "days_left"}), names) == ["over", "soon"]
    assert shown(reader.get(path, **{"days_left.range": "0,1 year"}, sort="-days_left"), names) == ["later", "soon"]


def test_subjects_that_one_does_not_see_are_not_counted(alice, charlie, lab):
    """Everybody sees a strain, but of its subjects only their own."""
    strain = lab.add("strain")["id"]
    project = charlie.make("stem/project", name=unique("Secret"))["id"]
    charlie.make("stem/subject", name="secret", projects=[project], strain=strain, sex="F")
    path = "/private/taxonomies/strain/"

    def found(person, **query):
        page = Reader(person).get(path, **query)
        assert page.status == 200, page.words
        return f"{path}{strain}/" in page.links

    assert found(charlie, subjects_count=1)
    assert not found(alice, subjects_count=1)
    assert found(alice, subjects_count=0)
    assert not found(alice, **{"subjects_count.gte": 1})
    assert found(alice, sort="-subjects_count")


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("age.gte=old", "Units: days, weeks, years"),
        ("age.contains=1", "contains"),
        ("aeg.gte=1", "Did you mean &#x27;age&#x27;"),
        ("procedures_count.gte=many", "whole number"),
        ("age.in=1,2", "in"),
    ],
)
def test_what_cannot_be_meant_is_told(alice, mice, query, hint):
    page = Reader(alice).get(f"{SUBJECTS}?{query}")
    assert page.status == 400
    assert hint in page.text


def test_the_steps_offer_them_with_units(alice, mice):
    reader = Reader(alice)
    step = next(one for one in reader.get(SUBJECTS).links if "_field=age" in one)
    page = reader.get(step.partition("#")[0])
    assert "<option>weeks</option>" in page.text
    assert '<option value="gte">is at least</option>' in page.text
    done = reader.get(SUBJECTS, _field="age", _op="gte", _value="8", _unit="weeks")
    assert (done.status, done.to) == (302, f"{SUBJECTS}?age.gte=8+weeks")
    assert 'Age <span class="op">is at least</span> 8 weeks' in reader.get(done.to).text
    assert any("_field=procedures_count" in one for one in page.links)
