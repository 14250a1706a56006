"""Lists of the portals: what an address asks for is what is shown, and what it cannot mean is told by name."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import re
from urllib.parse import urljoin

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.config.static_files import A_YEAR
from brainstem.web.templatetags.assets import asset

from ..people import unique
from .pages import Reader

SUBJECTS = "/private/stem/subject/"
PROCEDURES = "/private/modules/procedure/"


@pytest.fixture
def reader(alice):
    """Alice's browser."""
    return Reader(alice)


@pytest.fixture
def mice(lab):
    """Six mice of two sexes, three of which are dead."""
    made = {}
    for number, (sex, status) in enumerate([("F", "active"), ("F", "deceased"), ("M", "active"), ("M", "deceased"),
                                            ("M", "active"), ("F", "deceased")]):  # fmt: skip
        made[f"Mouse {number}"] = lab.add("subject", name=f"Mouse {number}", sex=sex, status=status,
                                          birth_date=f"2026-0{number + 1}-01", tags=["pilot"] if number < 2 else [])  # fmt: skip
    return made


def names(page):
    return [one for one in page.words.split("\n") if one] and [
        f"Mouse {number}" for number in range(6) if f">Mouse {number}</a></th>" in page.text
    ]


# -- what is asked for -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sex=F", [0, 1, 5]),
        ("sex=F&status=active", [0]),
        ("sex.ne=F", [2, 3, 4]),
        ("filter{sex}=F", [0, 1, 5]),
        ("filter{-sex}=F", [2, 3, 4]),
        ("birth_date.gte=2026-05-01", [4, 5]),
        ("search=Mouse 3", [3]),
        ("tags=pilot", [0, 1]),
        ("name.in=Mouse 1,Mouse 2", [1, 2]),
        ("view=deceased", [1, 3, 5]),
        ("view=deceased&sex=M", [3]),
        ("name.startswith=Mouse&view=mine", [0, 1, 2, 3, 4, 5]),
        ("_field=sex&_op=eq&_value=F", [0, 1, 5]),
        ("_field=tags&_op=present&_value=", [0, 1]),
    ],
)
def test_conditions_in_the_address_choose_the_rows(reader, mice, query, found):
    page = reader.get(f"{SUBJECTS}?{query}")
    page = reader.get(page.to) if page.status == 302 else page
    assert page.status == 200
    assert names(page) == [f"Mouse {number}" for number in found]


def test_the_number_of_all_stands_beside_that_of_those_found(reader, mice):
    total = 6
    assert f'role="status">{total}</span>' in reader.get(SUBJECTS).text
    assert f'role="status">3 of {total}</span>' in reader.get(f"{SUBJECTS}?sex=F").text


@pytest.mark.parametrize(
    ("sort", "first"), [("name", "Mouse 0"), ("-name", "Mouse 5"), ("age", "Mouse 5"), ("-age", "Mouse 0")]
)
def test_rows_are_sorted_by_what_a_column_shows(reader, mice, sort, first):
    page = reader.get(SUBJECTS, sort=sort, **{"name.startswith": "Mouse"})
    at = [page.text.index(f">{name}</a></th>") for name in mice]
    assert min(at) == page.text.index(f">{first}</a></th>")


def test_columns_are_shown_in_the_order_asked_for(reader, mice):
    page = reader.get(SUBJECTS, columns="tags,sex,age")
    head = page.text.partition("<thead>")[2].partition("</thead>")[0]
    heads = [head.index(f">{label}<") for label in ("Tags", "Sex", "Age")]
    assert heads == sorted(heads)
    assert "Status" not in head
    for button in ("hide:sex", "up:sex", "down:sex", "add:status"):
        assert f'name="_do" value="{button}"' in page.text


def test_typed_values_are_columns_when_one_type_is_chosen(reader, alice, lab):
    lab.add("procedure", type="VirusInjection", details={"injectionVolume": {"value": 300, "unit": "nL"}})
    page = reader.get(f"{PROCEDURES}?type=VirusInjection")
    assert any("details.injectionVolume" in link for link in page.links)
    volume = "details.injectionVolume"
    page = reader.get(PROCEDURES, type="VirusInjection", columns=volume, **{f"{volume}.gte": "0.2 µL"})
    assert page.status == 200
    assert "Injection volume" in page.text
    assert '300 <span class="unit">nL</span>' in page.text


def test_pages_follow_each_other(reader, mice):
    first = reader.get(SUBJECTS, per=2, sort="name")
    assert names(first) == ["Mouse 0", "Mouse 1"]
    after = next(link for link in first.links if "page=2" in link)
    second = reader.get(after)
    assert names(second) == ["Mouse 2", "Mouse 3"]
    assert [link for link in second.links if "page=3" in link]
    assert [link for link in second.links if "per=2" in link and "page=" not in link]
    more = next(link for link in first.links if "per=52" in link)
    assert len(names(reader.get(more.partition("#")[0]))) == 6


def test_computed_columns_say_what_the_data_allow(reader, alice, lab, mice):
    mouse = mice["Mouse 0"]
    log = lab.add("subjectlog", subject=mouse["id"], type="Weighing")
    for day, weight in (("2026-02-01", 20.5), ("2026-02-02", 21.25)):
        entry = {"date_time": f"{day}T10:00:00Z", "details": {"weight": {"value": weight, "unit": "g"}}}
        assert alice.patch(f"modules/subjectlog/{log['id']}/add_entry", entry).status in (200, 201)
    text = reader.get(SUBJECTS, columns="age,last_weight,procedures", name="Mouse 0").text
    assert '21.25 <span class="unit">g</span>' in text
    assert '<span class="unit">wk</span>' in text or '<span class="unit">d</span>' in text
    logs = reader.get("/private/modules/subjectlog/", columns="entries_count,last_entry", subject=mouse["id"]).text
    assert '<span class="num">2</span>' in logs
    assert "2026-02-02 10:00" in logs


def test_days_left_are_marked_when_few(reader, lab):
    until = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=10)
    lab.add("license", name="Ends soon", valid_until=str(until))
    text = reader.get("/private/personal_attributes/license/").text
    assert "status-attention" in text
    assert "10 d</span>" in text


# -- what cannot be understood -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "named", "hint"),
    [
        ("nmae=x", "nmae", "Did you mean &#x27;name&#x27;"),
        ("sex.contians=F", "sex.contians", "contains"),
        ("birth_date=yesterday", "birth_date", "date"),
        ("sort=nothing", "sort", "nothing"),
        ("columns=sxe", "columns", "Did you mean &#x27;sex&#x27;?"),
        ("view=nothing", "view", "There is no view"),
        ("page=0", "page", "whole number"),
        ("per=1001", "per", "1,000"),
        ("_field=nothing", "_field", "nothing"),
        ("filter{nmae}=x", "filter{nmae}", "Did you mean"),
        ("projects=7", "projects", "7"),
    ],
)
def test_what_an_address_cannot_mean_is_told_by_name(reader, mice, query, named, hint):
    page = reader.get(f"{SUBJECTS}?{query}")
    assert page.status == 400
    assert f"&#x27;{named}&#x27;</b>" in page.text
    assert hint in page.text
    assert names(page) == []
    left = [link for link in page.links if link == SUBJECTS]
    assert left


def test_each_thing_that_is_wrong_is_told_at_once(reader, mice):
    page = reader.get(f"{SUBJECTS}?nmae=x&sort=nothing&columns=sxe&sex=F")
    assert [name in page.text for name in ("nmae", "nothing", "sxe")] == [True] * 3


def test_an_address_that_is_no_text_is_refused(reader, mice):
    assert reader.get(f"{SUBJECTS}?name=%FF").status == 400
    assert reader.get(f"{SUBJECTS}?name=%00").status == 400


# -- chips and steps ----------------------------------------------------------------------------------------------------


def test_conditions_stand_as_chips_that_can_be_removed(reader, lab, mice):
    project = lab["project"]
    page = reader.get(SUBJECTS, sex="F", projects=project, **{"birth_date.gte": "2026-01-01"})
    name = lab.made["project"]["name"]
    assert 'Sex <span class="op">is</span> Female' in page.text
    assert f'Projects <span class="op">is</span> {name}' in page.text
    assert 'Birth date <span class="op">from</span> 2026-01-01' in page.text
    without = [link for link in page.links if "sex=F" not in link and f"projects={project}" in link and "_field" not in link
               and "birth_date.gte" in link and "columns" not in link and "sort" not in link and link.startswith(SUBJECTS)]  # fmt: skip
    assert len(names(reader.get(without[0]))) == 6


def test_a_filter_is_built_in_three_steps_without_a_script(reader, mice):
    field = next(link for link in reader.get(f"{SUBJECTS}?status=active").links if "_field=sex" in link)
    step = reader.get(field.partition("#")[0])
    assert '<option value="ne">is not</option>' in step.text
    assert '<option value="F">Female</option>' in step.text
    assert '<input type="hidden" name="status" value="active">' in step.text
    done = reader.get(SUBJECTS, status="active", _field="sex", _op="ne", _value="F")
    assert (done.status, done.to) == (302, f"{SUBJECTS}?status=active&sex.ne=F")


def test_presets_ask_for_days_and_for_any_two_dates(reader, mice):
    page = reader.get(SUBJECTS)
    today = dt.datetime.now(dt.UTC).date()
    for since in (today, today - dt.timedelta(days=6), today - dt.timedelta(days=29), today.replace(month=1, day=1)):
        assert f"{SUBJECTS}?created_at.gte={since}" in page.links
        assert f"{SUBJECTS}?updated_at.gte={since}" in page.links
    step = reader.get(SUBJECTS, _field="created_at", _op="range")
    assert step.text.count('name="_value" type="date"') == 2
    query = {"_field": "created_at", "_op": "range", "_value": [str(today - dt.timedelta(days=1)), str(today)]}
    done = reader.get(SUBJECTS, **query)
    assert done.status == 302
    assert len(names(reader.get(done.to))) == 6
    past = reader.get(SUBJECTS, **(query | {"_value": ["2020-01-01", "2020-01-31"]}))
    assert names(reader.get(past.to)) == []


def test_a_day_is_that_of_the_persons_zone(reader, alice, lab):
    """In California, half past seven in UTC is still the evening of the day before."""
    at = ("2026-11-28T20:00:00Z", "2026-11-29T07:30:00Z", "2026-11-29T20:00:00Z", "2026-11-30T07:30:00Z")
    made = [lab.add("session", date_time=one)["name"] for one in at]
    undated = lab.add("session", date_time=None)["name"]
    alice.user.time_zone = "America/Los_Angeles"
    alice.user.save(update_fields=["time_zone"])

    def found(**query):
        text = reader.get("/private/stem/session/", **query).text
        return [number for number, name in enumerate(made) if f">{name}</a></th>" in text]

    assert found(date_time="2026-11-29") == [2, 3]
    assert found(**{"date_time.ne": "2026-11-29"}) == [0, 1]
    assert f">{undated}</a></th>" in reader.get("/private/stem/session/", **{"date_time.ne": "2026-11-29"}).text
    assert found(**{"filter{-date_time}": "2026-11-28"}) == [2, 3]
    assert found(**{"date_time.gte": "2026-11-29"}) == [2, 3]
    assert found(**{"date_time.gt": "2026-11-28"}) == [2, 3]
    assert found(**{"date_time.lte": "2026-11-28"}) == [0, 1]
    assert found(**{"date_time.lt": "2026-11-29"}) == [0, 1]
    assert found(**{"date_time.range": "2026-11-28,2026-11-28"}) == [0, 1]
    assert found(**{"date_time.year": "2026"}) == [0, 1, 2, 3]
    assert found(date_time="2026-11-28T23:30") == [1]
    assert found(**{"date_time.gte": "2026-11-29T07:30Z"}) == [1, 2, 3]
    page = reader.get("/private/stem/session/", date_time="2026-11-29")
    assert "Date and time is 2026-11-29" in page.words
    asked = "filter%7Bdate_time.range%7D=2026-11-29T08%3A00%3A00Z%2C2026-11-30T07%3A59%3A59.999999Z"
    assert asked in page.text
    assert names_of_export(reader, "date_time=2026-11-29") == [made[3], made[2]]


def names_of_export(reader, query):
    lines = reader.get(f"/private/stem/session/export/csv/?{query}").text.splitlines()
    return [one.split(",")[0] for one in lines[1:]]


def test_both_ends_of_a_range_are_in_the_chosen_unit(reader, mice):
    done = reader.get(SUBJECTS, _field="age", _op="range", _value=["8", "12"], _unit="weeks")
    assert done.to == f"{SUBJECTS}?age.range=8+weeks%2C12+weeks"


def test_values_of_a_relation_are_picked_among_those_that_may_be_used(reader, lab, mice, charlie):
    secret = charlie.make("stem/project", name=unique("Secret"))["name"]
    step = reader.get(SUBJECTS, _field="projects").text
    assert f">{lab.made['project']['name']}</option>" in step
    assert secret not in step


# -- nothing to show -----------------------------------------------------------------------------------------------------


def test_an_empty_list_says_which_kind_of_empty_it_is(reader, charlie, lab, mice, nobody):
    filtered = reader.get(f"{SUBJECTS}?sex=U")
    assert "Nothing with these filters" in filtered.text
    assert "6 subjects without them" in filtered.text
    assert "Nothing here that you may see" in Reader(charlie).get(SUBJECTS).text
    assert "No cohorts yet" in reader.get("/private/stem/cohort/").text
    assert "No such page" in reader.get(f"{SUBJECTS}?page=9").text
    public = Reader().get("/public/stem/subject/")
    assert "No subjects yet" in public.text
    assert "add/" not in public.text


# -- files ---------------------------------------------------------------------------------------------------------------


def rows_of(page):
    return list(csv.reader(io.StringIO(page.text.removeprefix("\ufeff"))))


def test_an_export_holds_exactly_what_the_list_shows(reader, mice):
    listed = reader.get(SUBJECTS, sex="F", columns="sex,age,projects", sort="name", per=1)
    link = next(one for one in listed.links if "/export/csv/" in one)
    head, *rows = rows_of(reader.get(link))
    assert head == ["Name", "Identifier", "Sex", "Age", "Age, unit", "Projects"]
    assert [row[0] for row in rows] == ["Mouse 0", "Mouse 1", "Mouse 5"]
    assert [row[2] for row in rows] == ["Female"] * 3
    assert {row[4] for row in rows} <= {"d", "wk", "y"}


def test_a_spreadsheet_runs_nothing_of_an_export(reader, lab):
    lab.add("subject", name='=HYPERLINK("https://evil.example")', description="@SUM(1)", sex="F")
    [row] = rows_of(reader.get(f"{SUBJECTS}export/csv/?columns=description&name.startswith==HYPER"))[1:]
    assert row[0].startswith("'=")
    assert row[2] == "'@SUM(1)"


def test_an_excel_file_holds_the_same_rows(alice, mice):
    openpyxl = pytest.importorskip("openpyxl")
    pytest.importorskip("xlsxwriter")
    client = Reader(alice).client
    answer = client.get(f"{SUBJECTS}export/xlsx/?sex=F&columns=sex,birth_date&sort=name")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer))).active
    rows = [list(row) for row in sheet.values]
    assert rows[0] == ["Name", "Identifier", "Sex", "Birth date"]
    assert [row[0] for row in rows[1:]] == ["Mouse 0", "Mouse 1", "Mouse 5"]


def test_a_parquet_file_holds_the_records(alice, mice):
    parquet = pytest.importorskip("pyarrow.parquet")
    answer = Reader(alice).client.get(f"{SUBJECTS}export/parquet/?sex=F&sort=name")
    table = parquet.read_table(io.BytesIO(b"".join(answer)))
    assert table["name"].to_pylist() == ["Mouse 0", "Mouse 1", "Mouse 5"]


def test_ndjson_is_the_stream_of_the_api(reader, mice):
    answer = reader.get(f"{SUBJECTS}export/ndjson/?sex=F&sort=name")
    assert answer.status == 302
    assert answer.to.startswith("/api/private/stem/subject/?")
    assert "filter%7Bsex%7D=F" in answer.to
    assert len(reader.get(answer.to).text.splitlines()) == 3


@pytest.mark.parametrize("path", ["export/exe/", "export/csv/?nmae=x"])
def test_a_wrong_export_is_refused(reader, mice, path):
    assert reader.get(SUBJECTS + path).status in (400, 404)


# -- what it costs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", ["", "projects,strain,procedures,age,last_weight,tags"])
def test_a_page_takes_four_statements_whatever_it_shows(alice, lab, mice, columns):
    reader = Reader(alice)

    def statements(query):
        with CaptureQueriesContext(connection) as seen:
            assert reader.get(f"{SUBJECTS}?{query}&columns={columns}").status == 200
        return [one["sql"] for one in seen if "SAVEPOINT" not in one["sql"]]

    statements("sex=F"), statements("sex=F")
    few = statements("sex=F&per=1")
    for number in range(6, 20):
        lab.add("subject", name=f"Mouse {number}", sex="F")
    assert len(statements("sex=F")) == len(few) <= 4, few


def test_a_first_visit_is_small(alice, lab):
    """Of 50 rows, with everything that the page loads, as it is on the wire."""
    for number in range(50):
        lab.add("subject", name=f"Mouse {number:03}", tags=["pilot", f"batch {number % 7}"])
    client = Reader(alice).client

    def sent(path):
        return client.get(path, headers={"accept-encoding": "gzip"})

    def visited(path):
        page = sent(path)
        assert page.headers["Content-Encoding"] == "gzip"
        text = gzip.decompress(page.content).decode()
        wanted = [*re.findall(r'(?:href|src)="(/static/[^"#]+)', text), asset("vendor/inter.woff2").partition("?")[0]]
        sizes = {}
        while wanted:
            file = wanted.pop()
            if file not in sizes:
                sizes[file] = len(b"".join(sent(file)))
                scripts = b"".join(client.get(file)).decode() if ".js" in file else ""
                imported = re.findall(r'^import [^"]*"(\.[^"]+)"', scripts, re.MULTILINE)
                wanted += [urljoin(file.partition("?")[0], one) for one in imported]
        return text, len(page.content), sizes

    text, size, files = visited(SUBJECTS)
    assert text.count("<tr ") == 50
    assert len(files) == 11
    assert size < 15_000
    assert size + sum(files.values()) < 60_000, files
    _, size, files = visited("/private/stem/session/add/")
    assert size + sum(files.values()) < 70_000, files


def test_texts_are_compressed_and_the_same(client, db):
    for name in ("brainstem/ui/tokens.css", "brainstem/ui/keys.js", "vendor/icons.svg"):
        plain = b"".join(client.get(asset(name)))
        packed = client.get(asset(name), headers={"accept-encoding": "gzip"})
        assert gzip.decompress(packed.content) == re.sub(rb"/\*.*?\*/|(?m:^ *//[^\n]*$)", b"", plain, flags=re.DOTALL)
        assert packed.headers["Cache-Control"] == A_YEAR
        assert packed.headers["Vary"] == "Accept-Encoding"
        # Scripts name others without the digest; these are compressed, too, but asked for again.
        path = asset(name).partition("?")[0]
        unnamed = client.get(path, headers={"accept-encoding": "gzip"})
        assert unnamed.content == packed.content
        assert unnamed.headers["Cache-Control"] == client.head(path).headers["Cache-Control"] != A_YEAR
        since = {"accept-encoding": "gzip", "if-modified-since": unnamed.headers["Last-Modified"]}
        assert client.get(path, headers=since).status_code == 304
        part = client.get(path, headers={"accept-encoding": "gzip", "range": "bytes=0-9"})
        assert (part.status_code, b"".join(part)) == (206, plain[:10])
    font = client.get("/static/vendor/inter.woff2", headers={"accept-encoding": "gzip"})
    assert b"".join(font).startswith(b"wOF2")
    assert "Content-Encoding" not in font.headers
