"""JSON of a known shape: every spelling that clients use, and what is refused."""

import pytest

from brainstem.core.model.structures import parse

DANDI = {"Repository": "DANDI", "URL": "https://dandiarchive.org/dandiset/000003"}


@pytest.mark.parametrize(
    ("structure", "given", "kept"),
    [
        pytest.param("extra_fields", None, {}, id="extra fields: null"),
        pytest.param("extra_fields", [], {}, id="extra fields: empty list"),
        pytest.param("extra_fields", {"weight": 20.5, "cage": "B3"}, {"weight": 20.5, "cage": "B3"}, id="extra fields"),
        pytest.param(
            "extra_fields", [{"name": "weight", "value": 20}], {"weight": 20}, id="extra fields: names and values"
        ),
        pytest.param("download_links", None, [], id="links: null"),
        pytest.param("download_links", [DANDI], [DANDI], id="links: capitals"),
        pytest.param(
            "download_links",
            [{"repository": "dandi", "url": DANDI["URL"]}],
            [DANDI],
            id="links: lower case",
        ),
        pytest.param(
            "download_links",
            [{"repository": "Other", "url": "ftp://ftp.example.org/a"}],
            [{"Repository": "Other", "URL": "ftp://ftp.example.org/a"}],
            id="links: ftp",
        ),
        pytest.param("data_organization", None, [], id="organization: null"),
        pytest.param(
            "data_organization",
            [{"elements": "Projects"}, {"elements": "Years"}],
            [{"elements": "Projects"}, {"elements": "Years"}],
            id="organization",
        ),
        pytest.param(
            "data_organization",
            ["Projects", "Rigs"],
            [{"elements": "Projects"}, {"elements": "Rigs"}],
            id="organization: plain texts",
        ),
        pytest.param("data_protocols", {}, [], id="protocols: empty object"),
        pytest.param(
            "data_protocols",
            [{"protocol": "Local harddrive", "path": "/data"}],
            [{"protocol": "Local harddrive", "path": "/data", "is_public": False}],
            id="protocols: public only when said",
        ),
        pytest.param("setup_specifications", {}, {}, id="specifications: empty object"),
        pytest.param("setup_specifications", None, [], id="specifications: null"),
        pytest.param(
            "setup_specifications",
            {"Length": 100, "Width": "30 cm"},
            {"Length": 100, "Width": "30 cm"},
            id="specifications: by name",
        ),
        pytest.param(
            "setup_specifications",
            [{"name": "Length", "value": 100, "description": "cm"}],
            [{"name": "Length", "value": 100, "description": "cm"}],
            id="specifications: rows",
        ),
        pytest.param("external_identifiers", None, [], id="identifiers: null"),
        pytest.param(
            "external_identifiers",
            [{"Source": "NCBI", "Identifier": 10090, "URL": "https://www.ncbi.nlm.nih.gov/"}],
            [{"source": "NCBI", "identifier": "10090", "url": "https://www.ncbi.nlm.nih.gov/"}],
            id="identifiers: labels as keys, a number as text",
        ),
        pytest.param(
            "external_identifiers",
            [{"source": "JAX", "identifier": "000664", "url": None}],
            [{"source": "JAX", "identifier": "000664", "url": "https://www.jax.org/strain/000664"}],
            id="identifiers: no address",
        ),
        pytest.param(
            "project_user_roles",
            [{"user": 7, "role": "Data curator"}],
            [{"user": 7, "role": "Data curator"}],
            id="roles: by id",
        ),
        pytest.param(
            "project_user_roles",
            [{"user": "alice@example.org", "role": "project leader"}],
            [{"user": "alice@example.org", "role": "Project leader"}],
            id="roles: by address",
        ),
    ],
)
def test_one_canonical_form_is_kept(structure, given, kept):
    assert parse(structure, given) == kept
    assert parse(structure, kept) == kept


@pytest.mark.parametrize(
    ("structure", "given", "says"),
    [
        pytest.param("extra_fields", "weight", "object", id="extra fields: text"),
        pytest.param("extra_fields", {"1st": "x"}, "'1st' is not a valid name", id="extra fields: digit first"),
        pytest.param("extra_fields", {"a\n": "x"}, "not a valid name", id="extra fields: line break"),
        pytest.param("extra_fields", {"cage nr": "x"}, "not a valid name", id="extra fields: space"),
        pytest.param("extra_fields", {"a": True}, "a: expected a string or a number", id="extra fields: truth value"),
        pytest.param("extra_fields", {"a": {"b": 1}}, "got an object", id="extra fields: nested"),
        pytest.param(
            "extra_fields", [{"name": "a", "value": 1}, {"name": "a", "value": 2}], "twice", id="extra fields: twice"
        ),
        pytest.param("download_links", "https://x.org", "Expected a list", id="links: text"),
        pytest.param("download_links", ["https://x.org"], r"\[0\]: expected an object", id="links: list of texts"),
        pytest.param("download_links", [{"Repository": "DANDI"}], "URL", id="links: no address"),
        pytest.param("download_links", [{"URL": "https://x.org"}], "Repository", id="links: no repository"),
        pytest.param(
            "download_links",
            [{"Repository": "Dropbox", "URL": "https://x.org"}],
            "Valid choices: CRCNS",
            id="links: choice",
        ),
        pytest.param(
            "download_links", [{"Repository": "Other", "URL": "x.org"}], "start with http://", id="links: scheme"
        ),
        pytest.param(
            "download_links", [{"Repository": "Other", "URL": "javascript:alert(1)"}], "start with", id="links: script"
        ),
        pytest.param("data_organization", [{"elements": ""}], "may not be empty", id="organization: empty"),
        pytest.param(
            "data_protocols", [{"protocol": "SSH", "is_public": "no"}], "is_public: expected true", id="protocols: text"
        ),
        pytest.param("setup_specifications", {"a": [1]}, "got a list", id="specifications: nested"),
        pytest.param("setup_specifications", [{"value": 1}], "name", id="specifications: no name"),
        pytest.param("external_identifiers", [{"source": "NCBI"}], "identifier", id="identifiers: none"),
        pytest.param("external_identifiers", "NCBI:1", "Expected a list", id="identifiers: text"),
        pytest.param("project_user_roles", [{"user": 1, "role": "King"}], "Valid choices", id="roles: choice"),
        pytest.param("project_user_roles", [{"role": "Supervisor"}], "email address or id", id="roles: nobody"),
    ],
)
def test_another_shape_is_refused_with_what_would_be_right(structure, given, says):
    with pytest.raises(ValueError, match=says):
        parse(structure, given)


def test_what_came_is_not_changed():
    rows = [{"repository": "dandi", "url": DANDI["URL"]}]
    parse("download_links", rows)
    assert rows == [{"repository": "dandi", "url": DANDI["URL"]}]
