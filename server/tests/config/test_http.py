"""What the server answers before any view of the API is asked."""

import pytest
from django.db import OperationalError, connection

pytestmark = pytest.mark.django_db

ORIGIN = "https://app.example.org"


@pytest.mark.parametrize("address", ["/healthz", "/healthz/"])
def test_a_healthy_server_says_so(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok"}
    assert response["Cache-Control"] == "no-store"


def test_a_server_without_its_database_is_unavailable_and_keeps_the_reason_to_itself(client, monkeypatch):
    def refuse():
        raise OperationalError("connection to 10.1.2.3 refused")

    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert "10.1.2.3" not in response.content.decode()


def test_health_answers_carry_a_request_id(client):
    assert client.get("/healthz", headers={"x-request-id": "abc"})["X-Request-ID"] == "abc"


def test_health_is_only_read(client):
    assert client.post("/healthz").status_code == 405


def test_a_page_of_an_allowed_origin_may_read_the_api(client):
    response = client.get("/api/schema/", headers={"origin": ORIGIN})
    assert response["Access-Control-Allow-Origin"] == ORIGIN
    exposed = response["Access-Control-Expose-Headers"].lower().split(", ")
    assert {"x-request-id", "brainstem-error-code"} <= set(exposed)


def test_a_browser_may_ask_before_it_sends_a_token(client):
    response = client.options(
        "/api/private/stem/session/",
        headers={
            "origin": ORIGIN,
            "access-control-request-method": "PATCH",
            "access-control-request-headers": "authorization,content-type",
        },
    )
    assert response.status_code == 200
    assert "PATCH" in response["Access-Control-Allow-Methods"]
    assert "authorization" in response["Access-Control-Allow-Headers"]


def test_a_page_of_another_origin_may_not_read_the_api(client):
    response = client.get("/api/schema/", headers={"origin": "https://evil.example.net"})
    assert "Access-Control-Allow-Origin" not in response
