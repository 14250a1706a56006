"""The contract's pages over HTTP: for every model its portals, actions, envelopes, keys, links and other names."""

from __future__ import annotations

import pytest

from ..lab import MODELS, path_of
from . import documented

DOCUMENTED = documented.read("models")
NAMES = sorted(DOCUMENTED["models"])
TAIL = {"created_at", "updated_at", "created_by"}


@pytest.fixture
def page(request):
    return DOCUMENTED["models"][request.getfixturevalue("name")]


def url(page) -> str:
    return f"{page['app']}/{page['model']}"


def offered(page, verb: str) -> bool:
    """What the page says; of models without a page, epochs and data storages of sessions are whole, protocols read."""
    available = page["actions"][verb].get("available")
    return available is not False and not (available == "undocumented" and page["model"] == "protocol")


@pytest.mark.parametrize("name", NAMES)
def test_a_list_has_the_envelope_and_the_portals_of_its_page(name, page, lab, alice, nobody, facts):
    if name in MODELS:
        lab.add(name)
    answer = alice.get(url(page))
    assert list(answer.body) == [page["plural_key"], "count", "next", "previous", "meta"]
    assert set(answer.body["meta"]) == {"page", "per_page", "total_results", "total_pages"}
    public = "public" in page["actions"]["list"].get("portals", ["public"] if name == "epoch" else [])
    assert nobody.get(url(page)).status == (200 if public else 404)
    facts.update(envelopes=1, portals=2)


@pytest.mark.parametrize("name", NAMES)
def test_a_record_has_the_keys_of_its_page(name, page, lab, alice, facts):
    keys = {field["name"] for field in page["fields"] if field["type"] != "form_filter"}
    described = set(alice.options(url(page)).body["fields"])
    extra = {"users", "groups", "contributors"}  # personal attributes and public projects: Decisions
    extra |= {"name"} if name == "protocol" else set()  # a name only
    # Until when an offer stands, what was written with it, and what is not seen before it is accepted.
    extra |= {"message", "expires_at", "project_name"} if "membership" in name else set()
    extra |= {"color"} if name == "brainregion" else set()  # atlases draw regions in colors of their own
    assert keys <= described
    assert described - keys <= TAIL | extra
    if name in MODELS:
        record = lab.add(name)
        answer = alice.get(f"{url(page)}/{record['id']}")
        assert list(answer.body) == [page["singular_key"]]
        assert set(answer.record) == described
        assert isinstance(answer.record["id"], int if page["id_type"] == "integer" else str)
        facts.update(envelopes=1, ids=1)
    facts.update(keys=len(keys))


@pytest.mark.parametrize("name", NAMES)
def test_what_a_page_does_not_offer_is_405(name, page, alice, facts):
    if not offered(page, "add"):
        assert alice.post(url(page), {}).status == 405
        facts.update(actions=1)
    elif name in MODELS:
        assert alice.post(url(page), {}).status in (400, 403)
        facts.update(actions=1)


@pytest.mark.parametrize("name", NAMES)
def test_every_other_name_of_a_model_answers_alike(name, page, alice, facts):
    names = [f"{app}/{page['model']}" for app in page["app_aliases"]]
    names += [f"{page['app']}/{segment}" for segment in page["url_aliases"]]
    names += [address.split("{portal}/")[1].strip("/") for address in page.get("legacy_urls", [])]
    for alias in names:
        answer = alice.get(alias)
        assert (answer.status, next(iter(answer.body))) == (200, page["plural_key"]), alias
    facts.update(aliases=len(names))


@pytest.mark.parametrize("name", [one for one in NAMES if one in MODELS])
def test_links_lead_to_lists_of_what_is_related(name, page, lab, alice, facts):
    suffixes = next((f["documented_suffixes"] for f in page["fields"] if "documented_suffixes" in f), {})
    record = lab.add(name)
    shown = alice.get(f"{url(page)}/{record['id']}").record
    assert suffixes.items() <= (shown.get("links") or {}).items()
    for suffix in (shown.get("links") or {}).values():
        assert alice.get(f"{url(page)}/{record['id']}/{suffix}").status == 200
    facts.update(links=len(suffixes))


@pytest.mark.parametrize("name", [one for one in NAMES if one in MODELS])
def test_every_operator_and_parameter_of_the_contract_is_known(name, page, lab, alice, facts):
    texts = [f["name"] for f in page["fields"] if f["type"] == "string" and not f.get("choices")][:1]
    for field in texts:
        for operator in DOCUMENTED["operators"]:
            assert alice.get(url(page), f"filter{{{field}.{operator}}}=a").status == 200, operator
            facts.update(operators=1)
    for parameters in ("sort[]=id", "sort[]=-id", "limit=5", "offset=5", "format=json", "filter{tags}=1"):
        assert alice.get(url(page), parameters).status == 200, parameters
        facts.update(parameters=1)


@pytest.mark.parametrize("name", [one for one in NAMES if one in MODELS])
def test_every_action_of_a_page_has_the_status_that_it_names(name, page, lab, alice, facts):
    lab.payload(name)
    sender = lab.admin.through("super") if MODELS[name][2] else alice
    made = sender.post(path_of(name), lab.payload(name))
    actions = page["actions"]
    if "ok" in actions["add"]:
        assert made.status == actions["add"]["ok"]
    address = f"{url(page)}/{made.id}"
    sender = lab.admin.through("super") if name == "publication" else sender  # only administrators delete those
    for verb, method in (("detail", "get"), ("change", "patch"), ("delete", "delete")):
        if actions[verb].get("available") is not False:
            assert sender.request(method, address, None if method == "get" else {}).status == actions[verb].get(
                "ok", {"delete": 204}.get(verb, 200)
            ), verb
            facts.update(statuses=1)
    assert sender.get(address).status == 404
