"""The top of the API, wrong addresses, and what is said when something breaks."""

from __future__ import annotations


def test_the_top_lists_every_model_of_every_portal(nobody):
    answer = nobody.get("/api/")
    assert answer.status == 200
    assert answer.body["models"]["private"]["stem/session"].endswith("/api/private/stem/session/")
    assert "stem/sessiondatastorage" not in answer.body["models"]["public"]


def test_the_first_address_leads_to_the_api(nobody):
    answer = nobody.get("/")
    assert (answer.status, answer.headers["Location"]) == (302, "/api/")


def test_a_wrong_address_is_404_in_json_whatever_the_method(nobody):
    for path in ("/api/privat/stem/session/", "/api/private/", "/api/a/b/c/d/e/f", "/nothing"):
        for method in ("get", "post", "delete"):
            answer = nobody.request(method, path)
            assert (answer.status, list(answer.body)) == (404, ["detail"]), path
    assert "Did you mean 'private'?" in nobody.get("/api/privat/stem/session/").body["detail"]


def test_a_failure_names_the_request_and_nothing_of_the_inside(alice, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("secret inside")

    monkeypatch.setattr("brainstem.api.views.fetch_page", fail)
    alice.client.raise_request_exception = False
    answer = alice.get("stem/session")
    assert (answer.status, list(answer.body)) == (500, ["detail"])
    assert answer.headers["X-Request-ID"] in answer.body["detail"]
    assert "secret inside" not in answer.text
