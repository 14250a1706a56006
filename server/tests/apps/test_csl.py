"""A publication filled from CSL-JSON, as DOI resolvers give it."""

from __future__ import annotations

from time import process_time

import pytest

from brainstem.apps.dissemination.csl import _without_tags

from ..people import Person, unique

CSL = {
    "type": "article-journal", "title": ["Physiological Properties of Granule Cells"], "DOI": "10.1016/J.NEURON.2016.12.011",
    "author": [{"given": "Yuta", "family": "Senzai"}, {"literal": "The Consortium"}],
    "abstract": "<jats:p>Mossy and granule cells.</jats:p>", "issued": {"date-parts": [[2017, 2, 8]]},
    "URL": "https://doi.org/10.1016/j.neuron.2016.12.011", "volume": "93", "issue": "3", "page": "691-704.e5",
}  # fmt: skip


@pytest.fixture
def item(lab):
    journal = lab.add("journal")
    return CSL | {"title": [unique("Granule cells")], "container-title": journal["name"].upper()}, journal


def test_a_publication_is_filled_from_what_its_doi_tells(alice, item):
    csl, journal = item
    made = alice.make("dissemination/publication", csl=csl)
    told = {
        "title": csl["title"][0], "authors": "Yuta Senzai, The Consortium", "journal": journal["id"],
        "abstract": "Mossy and granule cells.", "doi": "10.1016/j.neuron.2016.12.011", "publication_date": "2017-02-08",
        "publication_url": "https://doi.org/10.1016/j.neuron.2016.12.011", "volume": "93(3):691-704.e5",
    }  # fmt: skip
    assert told.items() <= made.items()


def test_what_is_given_beside_it_counts_more(alice, item):
    made = alice.make("dissemination/publication", csl=[item[0]], abstract="My own.", publication_date="2017-01-01")
    assert (made["abstract"], made["publication_date"]) == ("My own.", "2017-01-01")


@pytest.mark.parametrize("parts", [[[2017]], [[2017, 2]], [["2017", "2", "1"]]])
def test_a_date_may_be_less_than_a_day(alice, item, parts):
    made = alice.make("dissemination/publication", csl=item[0] | {"issued": {"date-parts": parts}})
    assert made["publication_date"] in ("2017-01-01", "2017-02-01")


@pytest.mark.parametrize("csl", ["10.1016/x", {}, [], {"title": 3.5}, [{"title": "a"}, {"title": "b"}]])
def test_what_is_no_csl_is_refused(alice, csl):
    answer = alice.post("dissemination/publication", {"csl": csl})
    assert (answer.status, list(answer.body)) == (400, ["csl"])


def test_an_unknown_journal_is_named(alice):
    answer = alice.post("dissemination/publication", {"csl": CSL | {"container-title": "No Such Journal"}})
    assert (answer.status, "No Such Journal" in answer.body["journal"][0]) == (400, True)


def test_what_it_does_not_tell_is_asked_for(alice, item):
    csl = {key: value for key, value in item[0].items() if key not in ("author", "issued")}
    answer = alice.post("dissemination/publication", {"csl": csl})
    assert (answer.status, set(answer.body)) == (400, {"authors", "publication_date"})


@pytest.mark.parametrize("abstract", ["<" * 90_000, "<a" * 45_000, "<>" * 45_000, ">" * 90_000, "<p>" * 30_000])
def test_an_abstract_is_stripped_of_its_tags_in_one_pass(alice, item, abstract):
    started = process_time()
    answer = alice.post("dissemination/publication", {"csl": item[0] | {"abstract": "Mossy. " + abstract}})
    assert (answer.status, process_time() - started < 0.5) == (201, True)
    assert answer.record["abstract"].startswith("Mossy.")


def test_an_abstract_that_is_too_long_is_refused_before_it_is_read(alice, item):
    answer = alice.post("dissemination/publication", {"csl": item[0] | {"abstract": "<" * 200_000}})
    assert (answer.status, "at most 100000 characters" in answer.body["csl"][0]) == (400, True)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a <b>c</b> d", "a c d"),
        ("a < b", "a < b"),
        ("a <> b", "a <> b"),
        ("1 < 2 <i>x</i>", "1 x"),
        ("x>y", "x>y"),
        ("<<p>q", "q"),
    ],
)
def test_only_what_looks_like_a_tag_is_taken_out(text, plain):
    assert _without_tags(text) == plain


def test_what_somebody_may_not_write_is_not_read(alice, lab, item, monkeypatch):
    publication = alice.make("dissemination/publication", csl=item[0])
    read_only = Person(alice.user, read_only=True)
    bound = Person(alice.user, project_id=lab["project"])
    monkeypatch.setattr("brainstem.apps.dissemination.csl._told", lambda _: pytest.fail("it was read"))
    for person in (read_only, bound):
        assert person.post("dissemination/publication", {"csl": item[0]}).status == 403
        assert person.patch(f"dissemination/publication/{publication['id']}", {"csl": item[0]}).status == 403


@pytest.mark.parametrize("parts", [[[10**18]], [["9" * 5000]], [["２０１７"]], [[2017, 13]], [[True]]])
def test_a_date_that_is_none_is_asked_for(alice, item, parts):
    answer = alice.post("dissemination/publication", {"csl": item[0] | {"issued": {"date-parts": parts}}})
    assert (answer.status, list(answer.body)) == (400, ["publication_date"])


def test_a_journal_of_any_length_is_looked_for(alice, item):
    answer = alice.post("dissemination/publication", {"csl": item[0] | {"container-title": "%" * 100_000}})
    assert (answer.status, list(answer.body)) == (400, ["journal"])
    assert len(answer.text) < 500
