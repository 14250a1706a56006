"""What the settings say of other servers that may tell who somebody is."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from brainstem.config import environment
from brainstem.config.sign_in_providers import providers

ORCID = {"BRAINSTEM_ORCID_CLIENT_ID": "APP-1", "BRAINSTEM_ORCID_CLIENT_SECRET": "s"}
OIDC = {
    "BRAINSTEM_OIDC_URL": "https://login.example.org/realms/lab/",
    "BRAINSTEM_OIDC_CLIENT_ID": "brainstem",
    "BRAINSTEM_OIDC_CLIENT_SECRET": "s",
}


def made(**values):
    return providers(lambda name: values.get(name, ""))


def test_nothing_is_offered_that_is_not_set():
    assert made() == {}


@pytest.mark.parametrize(("sandbox", "domain"), [("", "orcid.org"), ("on", "sandbox.orcid.org"), ("off", "orcid.org")])
def test_orcid_is_the_real_one_or_its_sandbox(sandbox, domain):
    orcid = made(**ORCID, BRAINSTEM_ORCID_SANDBOX=sandbox)["orcid"]
    assert orcid["BASE_DOMAIN"] == domain
    assert orcid["APPS"] == [{"client_id": "APP-1", "secret": "s", "name": "ORCID"}]


def test_a_provider_has_a_name_that_may_change_and_an_address_that_does_not():
    for name, shown in (("", "Single sign-on"), ("Example University", "Example University")):
        (app,) = made(**OIDC, BRAINSTEM_OIDC_NAME=name)["openid_connect"]["APPS"]
        assert (app["name"], app["provider_id"]) == (shown, "sso")
        assert app["settings"] == {"server_url": "https://login.example.org/realms/lab"}


def test_both_may_be_set():
    assert set(made(**ORCID, **OIDC)) == {"orcid", "openid_connect"}


@pytest.mark.parametrize("missing", [*ORCID, *OIDC])
def test_a_provider_without_all_of_it_is_refused_by_name(missing):
    group = ORCID if missing in ORCID else OIDC
    with pytest.raises(ValueError, match=missing):
        made(**{name: value for name, value in group.items() if name != missing})


@pytest.mark.parametrize("url", ["http://login.example.org", "ftp://login.example.org", "login.example.org"])
def test_a_provider_is_reached_over_tls(url):
    with pytest.raises(ValueError, match="BRAINSTEM_OIDC_URL"):
        made(**OIDC | {"BRAINSTEM_OIDC_URL": url})


def test_one_on_the_same_machine_may_do_without_tls():
    assert made(**OIDC | {"BRAINSTEM_OIDC_URL": "http://localhost:8080"})


def test_the_server_does_not_start_with_half_of_it(monkeypatch):
    monkeypatch.setenv("BRAINSTEM_ORCID_CLIENT_ID", "APP-1")
    with pytest.raises(ImproperlyConfigured, match="BRAINSTEM_ORCID_CLIENT_SECRET"):
        environment.sign_in_providers(environment.environ.Env())
