"""Forms of identifiers: what is right passes, what is wrong is told what would be right."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from brainstem.core.model.structures import parse
from brainstem.core.model.validators import (
    link_of,
    orcid_check_digit,
    validate_color,
    validate_doi,
    validate_orcid,
    validate_rrid,
)


@pytest.mark.parametrize(
    "value",
    [
        "RRID:IMSR_JAX:000664",
        "RRID:MMRRC_034840-JAX",
        "RRID:RGD_2308852",
        "RRID:ZFIN_ZDB-GENO-960809-7",
        "RRID:WB-STRAIN:WBStrain00000001",
        "RRID:WB-STRAIN:N2_(ancestral)",
        "RRID:BDSC_5",
        "RRID:AB_2313773",
        "RRID:SCR_001622",
        "RRID:Addgene_20298",
        "RRID:NCBITaxon_10090",
        "RRID:nif-0000-00101",
    ],
)
def test_rrids_of_every_registry_pass(value):
    validate_rrid(value)


@pytest.mark.parametrize(
    "value", ["IMSR_JAX:000664", "RRID:", "RRID: IMSR_JAX:000664", "RRID:x", "RRID:AB_", "RRID:AB_1\n", "RRID:AB_1 2"]
)
def test_what_is_no_rrid_is_shown_one(value):
    with pytest.raises(ValidationError, match="RRID:IMSR_JAX:000664"):
        validate_rrid(value)


@pytest.mark.parametrize(
    "value",
    [
        "0000-0002-1825-0097",
        "0000-0002-9079-593X",
        "0000000218250097",
        "000000029079593X",
        "https://orcid.org/0000-0002-1825-0097",
        "http://www.orcid.org/0000-0001-5109-3700/",
    ],
)
def test_orcids_pass_as_numbers_and_as_addresses(value):
    validate_orcid(value)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("0000-0002-1825-0098", "0000-0002-1825-009 must be followed by 7"),
        ("https://orcid.org/0000-0002-9079-5930", "must be followed by X"),
        ("0000000218250098", "0000-0002-1825-009 must be followed by 7"),
        ("000000021825009", "four groups"),
        ("00000002-18250097", "four groups"),
        ("https://orcid.org/0000000218250097", "four groups"),
        ("٠٠٠٠٠٠٠٢١٨٢٥٠٠٩٧", "four groups"),
        ("https://example.org/0000-0002-1825-0097", "four groups"),
        ("0000-0002-1825-0097\n", "four groups"),
    ],
)
def test_what_is_no_orcid_is_told_why(value, says):
    with pytest.raises(ValidationError, match=says):
        validate_orcid(value)


@given(st.text("0123456789", min_size=15, max_size=15), st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_of_an_orcid_is_always_found(digits, place, step):
    wrong = str((int(digits[place]) + step) % 10)
    assert orcid_check_digit(digits) != orcid_check_digit(digits[:place] + wrong + digits[place + 1 :])


@pytest.mark.parametrize(
    "value",
    [
        "10.1126/science.1099745",
        "10.1016/j.neuron.2020.01.001",
        "doi:10.48324/dandi.000044/0.210812.1516",
        "https://doi.org/10.6080/K0862DC5",
        "http://dx.doi.org/10.1002/(SICI)1096-9861",
    ],
)
def test_dois_pass_bare_and_as_addresses(value):
    validate_doi(value)


@pytest.mark.parametrize(
    "value", ["science.1099745", "10.1126", "10.11/x", "https://example.org/10.1126/x", "10.1126/a b"]
)
def test_what_is_no_doi_is_shown_one(value):
    with pytest.raises(ValidationError, match=r"10\.1126/science\.1099745"):
        validate_doi(value)


@pytest.mark.parametrize("value", ["7ED04B", "#7ED04", "#7ED04G", "red", "#7ED04B\n"])
def test_what_is_no_color_is_shown_one(value):
    validate_color("#7ed04b")
    with pytest.raises(ValidationError, match="#7ED04B"):
        validate_color(value)


@pytest.mark.parametrize(
    ("source", "identifier"),
    [
        ("NCBI", "10090"),
        ("NCBI", "NM_010277.3"),
        ("JAX", "000664"),
        ("DOI", "10.1126/science.1099745"),
        ("Ensembl", "ENSMUSG00000005716"),
        ("Ensembl", "FBgn0000490"),
        ("EMMA", "EM:02307"),
        ("MGI", "anything: the list of databases is open"),
    ],
)
def test_entries_of_other_databases_pass(source, identifier):
    entry = {"source": source, "identifier": identifier}
    (kept,) = parse("external_identifiers", [entry])
    assert kept.items() >= entry.items()


def test_a_database_is_kept_by_its_usual_name():
    kept = parse("external_identifiers", [{"source": "jax", "identifier": "000664"}])
    assert kept == [{"source": "JAX", "identifier": "000664", "url": "https://www.jax.org/strain/000664"}]


@pytest.mark.parametrize(
    ("source", "identifier", "right"),
    [
        ("NCBI", "mouse", "10090"),
        ("JAX", 664, "six digits"),
        ("DOI", "science.1099745", "10.1126/science.1099745"),
        ("Ensembl", "Pvalb", "ENSMUSG00000005716"),
        ("EMMA", "02307", "EM:02307"),
    ],
)
def test_an_entry_of_another_form_is_shown_one(source, identifier, right):
    with pytest.raises(ValueError, match=rf"\[0\]\.identifier: .*{right}"):
        parse("external_identifiers", [{"source": source, "identifier": identifier}])


@pytest.mark.django_db
def test_the_api_refuses_what_is_of_another_form(lab, alice, admin):
    paper = lab.payload("publication")
    answer = alice.post("dissemination/publication", paper | {"doi": "science.1099745"})
    assert (answer.status, list(answer.body)) == (400, ["doi"])
    assert alice.post("dissemination/publication", paper | {"doi": "10.1126/science.1099745"}).status == 201
    me = f"users/user/{alice.user.pk}"
    assert alice.patch(me, {"orcid_id": "0000-0002-1825-0098"}).status == 400
    assert alice.patch(me, {"orcid_id": "https://orcid.org/0000-0002-1825-0097"}).status == 200
    region = {"name": "Field CA1", "acronym": "CA1", "atlas": "AIA", "color": "green"}
    assert admin.through("super").post("taxonomies/brainregion", region).status == 400


@pytest.mark.parametrize(
    ("source", "identifier", "link"),
    [
        ("NCBI", "10090", "https://www.ncbi.nlm.nih.gov/Taxonomy/Browser/wwwtax.cgi?id=10090"),
        ("JAX", "000664", "https://www.jax.org/strain/000664"),
        ("DOI", "doi:10.1126/science.1099745", "https://doi.org/10.1126/science.1099745"),
        ("Ensembl", "ENSMUSG00000005716", "https://www.ensembl.org/id/ENSMUSG00000005716"),
        ("EMMA", "EM:02307", ""),
        ("MGI", "97283", ""),
    ],
)
def test_an_entry_of_a_known_database_leads_to_its_page(source, identifier, link):
    assert link_of(source, identifier) == link


def test_identifiers_resolve_to_links_on_the_wire(lab, alice):
    rows = [{"source": "JAX", "identifier": "000664"}, {"source": "NCBI", "identifier": "1", "url": "https://own.org"}]
    strain = lab.add("strain", external_identifiers=rows, rrid="RRID:IMSR_JAX:000664")
    assert [row["url"] for row in strain["external_identifiers"]] == [
        "https://www.jax.org/strain/000664",
        "https://own.org",
    ]
    assert strain["rrid_url"].endswith("RRID:IMSR_JAX:000664")
    person = alice.patch(f"users/user/{alice.user.pk}", {"orcid_id": "0000-0002-1825-0097"})
    assert person.record["orcid_id"] == "https://orcid.org/0000-0002-1825-0097"
    paper = lab.add("publication", doi="10.1126/science.1099745")
    assert paper["publication_url"] == "https://doi.org/10.1126/science.1099745"
