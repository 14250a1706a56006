"""Formats of identifiers: RRID, ORCID, DOI, colors, and entries of other databases; messages give an example.

Only the format is checked: nothing is looked up, since the server makes no requests to other sites. Knows no models.
"""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from ..text.shown import shown

DOI_FORM = re.compile(r"\A(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}(?:\.\d+)*/\S+)", re.IGNORECASE)
_ORCID_FORM = re.compile(r"(?:https?://(?:www\.)?orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])/?", re.ASCII)
_ORCID_BARE = re.compile(r"(\d{4})(\d{4})(\d{4})(\d{3}[\dX])", re.ASCII)

validate_rrid = RegexValidator(
    r"^RRID:[A-Za-z][A-Za-z0-9]*[_:-][A-Za-z0-9][A-Za-z0-9_.:()+/-]*\Z",
    'An RRID starts with "RRID:" followed by its source and identifier, for example RRID:IMSR_JAX:000664.',
)
validate_color = RegexValidator(
    r"^#[0-9A-Fa-f]{6}\Z", "A color has a # and six hexadecimal digits, for example #7ED04B."
)


def validate_doi(value: str) -> None:
    """Accept a DOI, bare, after ``doi:``, or as a doi.org URL."""
    if not DOI_FORM.fullmatch(value):
        raise ValidationError("A DOI starts with 10. and contains a slash, for example 10.1126/science.1099745.")


def validate_orcid(value: str) -> None:
    """Accept an ORCID with a valid check digit, bare or as an orcid.org URL."""
    orcid = _grouped(value)
    if not orcid:
        raise ValidationError("An ORCID has four groups of four digits, for example 0000-0002-1825-0097.")
    digits = orcid.replace("-", "")
    right = orcid_check_digit(digits[:-1])
    if digits[-1] != right:
        raise ValidationError(
            f"This ORCID has a wrong digit: {orcid[:-1]} must be followed by {right}. Copy it from orcid.org again."
        )


def orcid_check_digit(digits: str) -> str:
    """The last character of an ORCID from the 15 digits before it (ISO 7064 MOD 11-2)."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11]


# -- entries of other databases ---------------------------------------------------------------------------------------

# The list of databases is open: identifiers of others are accepted as they are.
SOURCES: dict[str, tuple[re.Pattern[str], str]] = {
    "NCBI": (re.compile(r"\d{1,10}|[A-Z]{1,6}_?\d{3,}(?:\.\d+)?"), "a number or an accession, such as 10090"),
    "JAX": (re.compile(r"\d{6}"), "a stock number of six digits, such as 000664"),
    "DOI": (DOI_FORM, "a DOI, such as 10.1126/science.1099745"),
    "Ensembl": (
        re.compile(r"ENS[A-Z]{0,6}\d{11}(?:\.\d+)?|FB[a-z]{2}\d{7}|WBGene\d{8}"),
        "a stable identifier, such as ENSMUSG00000005716",
    ),
    "EMMA": (re.compile(r"EM:\d{5}"), "a strain number starting with EM:, such as EM:02307"),
}


def known_source(source: str) -> str:
    """The usual spelling of a database's name; unknown names are returned unchanged."""
    return next((name for name in SOURCES if name.lower() == source.lower()), source)


def bare_doi(value: str) -> str:
    """A DOI without a ``doi:`` or URL prefix; empty if there is none."""
    match = DOI_FORM.fullmatch(value)
    return match[1] if match else ""


def orcid_link(value: str) -> str:
    """An ORCID as a URL."""
    orcid = _grouped(value)
    return f"https://orcid.org/{orcid}" if orcid else value


def _grouped(value: str) -> str:
    """An ORCID, given with or without dashes or as a URL, in four groups; empty if it is not one."""
    bare = _ORCID_BARE.fullmatch(value)
    match = _ORCID_FORM.fullmatch("-".join(bare.groups()) if bare else value)
    return match[1] if match else ""


def link_of(source: str, identifier: str) -> str:
    """URL of an entry in another database; empty if none is known."""
    if source == "DOI":
        return f"https://doi.org/{bare_doi(identifier)}"
    if source == "NCBI":
        taxon = identifier.isdigit()
        top = "https://www.ncbi.nlm.nih.gov/"
        return f"{top}Taxonomy/Browser/wwwtax.cgi?id={identifier}" if taxon else f"{top}search/all/?term={identifier}"
    tops = {"JAX": "https://www.jax.org/strain/", "Ensembl": "https://www.ensembl.org/id/"}
    return tops[source] + identifier if source in tops else ""


def identifier_problem(source: str, identifier: str) -> str:
    """What is wrong with an identifier in another database; empty if nothing is known to be."""
    if source not in SOURCES:
        return ""
    form, right = SOURCES[source]
    return (
        ""
        if form.fullmatch(identifier)
        else f"{shown(identifier)} is not a valid {source} identifier. Expected {right}."
    )
