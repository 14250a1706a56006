"""A publication filled from CSL-JSON, as DOI resolvers give it."""

from __future__ import annotations

import pytest

from ..people import unique

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
