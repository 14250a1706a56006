"""Every answer and every line of the log carry the id of the request."""

import logging

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from brainstem.config import logs, middleware


@pytest.fixture
def ask():
    """Send one request through the middleware; gives the answer and the id that the view saw."""

    def send(**headers):
        seen = []

        def view(request):
            seen.append((request.request_id, middleware.current_request_id()))
            return HttpResponse("ok")

        request = RequestFactory().get("/api/private/stem/session/", {"filter{name}": "Secret"}, headers=headers)
        return middleware.request_id(view)(request), seen[0]

    return send


def test_an_id_that_the_caller_gives_is_kept(ask):
    response, seen = ask(x_request_id="lab-7.2_b")
    assert response["X-Request-ID"] == "lab-7.2_b"
    assert seen == ("lab-7.2_b", "lab-7.2_b")


@pytest.mark.parametrize(
    "offered",
    ["", "a" * 65, "two words", "line\nbreak", "-starts-with-a-dash", "ünïcode", "<script>", "trailing\n"],
    ids=repr,
)
def test_an_id_that_could_forge_a_log_line_is_replaced(offered):
    chosen = middleware.chosen_id(offered)
    assert chosen != offered
    assert len(chosen) == 16


def test_two_requests_without_an_id_get_different_ones(ask):
    assert ask()[0]["X-Request-ID"] != ask()[0]["X-Request-ID"]


def test_the_id_ends_with_the_request(ask):
    ask(x_request_id="one")
    assert middleware.current_request_id() == logs.NO_REQUEST


def test_a_request_leaves_one_line_without_what_was_searched_for(ask, caplog):
    with caplog.at_level(logging.INFO, logger="brainstem.access"):
        ask(x_request_id="one")
    [record] = caplog.records
    assert record.getMessage().startswith("GET /api/private/stem/session/ 200 ")
    assert "Secret" not in record.getMessage()


def test_a_line_break_in_a_path_does_not_start_a_new_line_of_the_log(caplog):
    request = RequestFactory().get("/api/a%0AERROR%20forged")
    with caplog.at_level(logging.INFO, logger="brainstem.access"):
        middleware.request_id(lambda _request: HttpResponse())(request)
    assert "\n" not in caplog.records[0].getMessage()


def test_an_answer_says_how_long_it_is(ask):
    assert ask()[0]["Content-Length"] == "2"


def test_an_answer_in_pieces_has_no_length():
    answer = middleware.request_id(lambda _request: StreamingHttpResponse(["a", "b"]))(RequestFactory().get("/"))
    assert "Content-Length" not in answer


def test_log_lines_of_others_carry_the_id_too():
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "text", None, None)
    assert logs.RequestIdFilter().filter(record)
    assert record.request_id == logs.NO_REQUEST
