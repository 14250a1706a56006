"""Traces: the steps of requests and tasks as OpenTelemetry spans, without anything that is secret."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from brainstem.config.logs import JsonLines, RequestIdFilter
from brainstem.config.tracing import chosen
from brainstem.config.tracing.arrival import ARRIVED
from brainstem.config.tracing.spans import ATTRIBUTES, Spans, provider_for
from brainstem.core import steps
from brainstem.core.query.run import forget_compiled
from brainstem.core.tasks.queue import background, queue

from ..people import unique
from ..served import environment_of, free_port, new_database, running

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TRACE = PARENT.split("-")[1]
pytestmark = [pytest.mark.django_db]


class Seen:
    """The spans of this process, in the order of their ends."""

    def __init__(self, exporter: InMemorySpanExporter) -> None:
        self.exporter = exporter

    @property
    def spans(self):
        return list(self.exporter.get_finished_spans())

    @property
    def names(self) -> Counter:
        return Counter(span.name for span in self.spans)

    def one(self, name: str):
        (found,) = (span for span in self.spans if span.name == name)
        return found

    def text(self) -> str:
        return "\n".join(span.to_json() for span in self.spans)

    def forget(self) -> None:
        self.exporter.clear()


@pytest.fixture
def seen():
    """What is traced of the requests of a test."""
    exporter = InMemorySpanExporter()
    before = steps.trace_with(Spans(provider_for(SimpleSpanProcessor(exporter))))
    yield Seen(exporter)
    steps.trace_with(before)


# -- what is traced ----------------------------------------------------------------------------------------------------


def test_each_step_of_reading_a_list_is_a_span_below_that_of_the_request(alice, seen):
    forget_compiled()
    assert alice.get("stem/project/", "filter{name.icontains}=x&sort[]=name").status == 200
    whole = seen.one("request")
    assert {"authenticate", "parse", "plan", "scope", "sql", "serialise"} <= set(seen.names)
    assert {span.parent.span_id for span in seen.spans if span.name in {"parse", "serialise"}} == {
        whole.context.span_id
    }
    assert {span.context.trace_id for span in seen.spans} == {whole.context.trace_id}
    assert whole.parent is None


def test_the_request_names_its_id_model_portal_verb_route_and_status(alice, seen):
    alice.get("stem/project/", HTTP_X_REQUEST_ID="rig-7")
    told = dict(seen.one("request").attributes)
    assert told.pop("http.route").startswith("/api/<portal>/<app>/<model>")
    assert told == {
        "brainstem.request_id": "rig-7",
        "brainstem.model": "stem.Project",
        "brainstem.portal": "private",
        "http.request.method": "GET",
        "http.response.status_code": 200,
    }


def test_statements_are_told_by_their_shape_and_kind_of_database(alice, seen):
    alice.get("stem/project/", "filter{name}=x")
    statements = [span.attributes for span in seen.spans if span.name == "sql"]
    assert {one["db.system.name"] for one in statements} == {connection.vendor}
    assert any("stem_project" in one["db.query.text"] for one in statements)


def test_each_step_of_a_write_is_a_span(alice, seen):
    made = alice.post("stem/project/", {"name": unique("Project")})
    assert made.status == 201
    assert {"read body", "checks", "rules", "save", "history", "sql"} <= set(seen.names)
    seen.forget()
    assert alice.patch(f"stem/project/{made.id}/", {"description": "New."}).status == 200
    assert {"read body", "checks", "rules", "save", "history"} <= set(seen.names)
    seen.forget()
    assert alice.delete(f"stem/project/{made.id}/").status == 204
    assert {"delete", "history"} <= set(seen.names)


def test_the_number_of_spans_of_many_rows_does_not_grow_with_them(alice, lab, seen):
    projects = [lab["project"]]

    def spans(rows: int) -> Counter:
        seen.forget()
        new = [{"name": unique("Session"), "projects": projects} for _ in range(rows)]
        made = alice.post("stem/session/bulk/", {"create": new})
        assert made.status == 200, made.body
        return seen.names

    spans(2)  # what is looked up once
    assert spans(3) == spans(30)


def test_a_request_has_a_bounded_number_of_spans(alice, seen, monkeypatch):
    monkeypatch.setattr("brainstem.config.tracing.spans.MOST_SPANS", 50)
    new = [{"name": unique("Project")} for _ in range(20)]  # which are added one by one
    assert alice.post("stem/project/bulk/", {"create": new}).status == 200
    assert len(seen.spans) == 50
    seen.forget()
    alice.get("stem/project/")
    assert seen.one("request")


def test_a_refused_request_tells_the_class_of_the_error_alone(alice, seen):
    assert alice.get("stem/project/", "filter{nmae}=x").status == 400
    (failed,) = (span for span in seen.spans if "error.type" in span.attributes and span.name == "plan")
    assert failed.attributes["error.type"] == "UnknownName"
    assert failed.status.status_code is StatusCode.UNSET
    assert not any(span.events for span in seen.spans)
    assert seen.one("request").attributes["http.response.status_code"] == 400


def test_a_failure_of_the_server_is_an_error_without_its_message(alice, seen, monkeypatch):
    @steps.staged("plan")
    def broken(*_, **__):
        raise RuntimeError("a hidden word")

    monkeypatch.setattr("brainstem.api.views.fetch_page", broken)
    alice.client.raise_request_exception = False
    assert alice.get("stem/project/").status == 500
    assert seen.one("request").status.status_code is StatusCode.ERROR
    assert seen.one("plan").attributes["error.type"] == "RuntimeError"
    assert "hidden" not in seen.text()


def test_a_stream_is_traced_until_its_end(alice, seen):
    alice.make("stem/project", name=unique("Project"))
    seen.forget()
    assert alice.get("stem/project/", "format=ndjson").text
    stream, whole = seen.one("stream"), seen.one("request")
    assert stream.parent.span_id == whole.context.span_id
    assert stream.end_time >= whole.end_time


def test_waiting_for_a_thread_of_the_front_is_a_step_from_the_arrival_on(alice, seen):
    arrived = 1_790_000_000_000_000_000
    alice.get("stem/project/", **{ARRIVED: arrived})
    assert seen.one("request").start_time == arrived
    waited = seen.one("queue")
    assert abs(waited.start_time - arrived) < 1_000_000_000
    assert waited.end_time <= seen.one("request").end_time


# -- tasks -------------------------------------------------------------------------------------------------------------


@background()
def greeting(*, name: str) -> None:
    """A task."""
    with steps.step("greet"):
        assert name == "a hidden word"


def test_a_task_is_part_of_the_trace_of_the_request_that_queued_it(db, seen):
    with steps.step("request", parent={"traceparent": PARENT}):
        queue(greeting, name="a hidden word")
    task = seen.one("task")
    assert task.attributes["brainstem.task"] == f"{__name__}.greeting"
    assert task.context.trace_id == seen.one("greet").context.trace_id == int(TRACE, 16)
    assert task.parent.span_id == seen.one("request").context.span_id
    assert "hidden" not in seen.text()


def test_a_task_runs_as_before_if_nobody_traces(db):
    queue(greeting, name="a hidden word")


# -- other programs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("proxies", "is_taken"), [(0, False), (1, True)])
def test_the_trace_of_a_trusted_proxy_goes_on_and_that_of_others_does_not(alice, seen, settings, proxies, is_taken):
    settings.BRAINSTEM_TRUSTED_PROXIES = proxies
    alice.get("stem/project/", HTTP_TRACEPARENT=PARENT)
    assert (seen.one("request").context.trace_id == int(TRACE, 16)) is is_taken


@pytest.mark.parametrize("wrong", ["", "00-x-y-01", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "é" * 2000])
def test_an_unreadable_trace_of_a_proxy_begins_a_new_one(alice, seen, settings, wrong):
    settings.BRAINSTEM_TRUSTED_PROXIES = 1
    assert alice.get("stem/project/", HTTP_TRACEPARENT=wrong).status == 200
    assert seen.one("request").parent is None


def test_a_request_that_a_proxy_does_not_sample_is_not_recorded(alice, seen, settings):
    settings.BRAINSTEM_TRUSTED_PROXIES = 1
    assert alice.get("stem/project/", HTTP_TRACEPARENT=PARENT[:-2] + "00").status == 200
    assert not seen.spans


def test_log_lines_name_their_trace(seen):
    record = logging.LogRecord("brainstem", logging.INFO, "", 0, "Hello", None, None)
    with steps.step("request", parent={"traceparent": PARENT}):
        RequestIdFilter().filter(record)
    assert json.loads(JsonLines().format(record))["trace_id"] == TRACE
    assert record.origin == f"- {TRACE}"
    RequestIdFilter().filter(record)
    assert "trace_id" not in json.loads(JsonLines().format(record))
    assert record.origin == "-"


# -- what is not told --------------------------------------------------------------------------------------------------


def test_no_span_holds_a_value_an_id_an_address_or_a_token(alice, lab, seen):
    word, project = "Zyzzyva", lab["project"]
    subject = lab["subject"]
    seen.forget()
    asked = (
        alice.get("stem/subject/", f"filter{{name.icontains}}={word}&filter{{projects.name}}={word}&search={word}"),
        alice.get("stem/subject/", f"filter{{details.{word}.x}}={word}&filter{{tags}}={word}"),
        alice.get("stem/session/", f"filter{{projects}}={project}&include[]=projects.*&filter{{id.in}}={project}"),
        alice.get(f"stem/subject/{subject}/", "include[]=projects.*"),
        alice.get(f"stem/{word}/"),
        alice.get(f"stem/subject/{word}/"),
        alice.get("stem/subject/", f"sort[]={word}"),
        alice.get("stem/subject/", f"cursor={word}"),
        alice.request("get", f"/private/stem/{word}/{word}/"),
        alice.patch(f"stem/subject/{subject}/", {"description": word, "name": word, word: word}),
        alice.patch(f"stem/project/{project}/", {"users": {f"{word}@lab.example": {"can_change": True}}}),
        alice.post("stem/project/", {"name": word, "description": f"<p>{word}</p>", "tags": [word]}),
        alice.post("stem/project/bulk/", {"create": [{"name": word}], "delete": [str(project), word]}),
        alice.post(f"stem/project/{project}/invite/", {"email": f"{word}@lab.example", "message": word}),
        alice.post("/api/token/", {"username": f"{word}@lab.example", "password": word}),
        alice.delete(f"stem/subject/{subject}/"),
    )
    assert {answer.status for answer in asked} >= {200, 201, 204, 400, 404}
    assert len(seen.spans) > 100
    told = seen.text().lower()
    secrets = (word, str(project), str(subject), alice.email, alice.token, "lab.example", str(project).replace("-", ""))
    assert not [secret for secret in secrets if secret.lower() in told]
    keys = {key for span in seen.spans for key in span.attributes}
    assert keys <= {*ATTRIBUTES.values(), "error.type"}


# -- whether there are traces ------------------------------------------------------------------------------------------

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"}


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, ""),
        ({"OTEL_SERVICE_NAME": "lab"}, ""),
        (ENDPOINT, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://x/v1/traces"}, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
        (ENDPOINT | {"OTEL_SDK_DISABLED": "true"}, ""),
        (ENDPOINT | {"OTEL_TRACES_EXPORTER": "none"}, ""),
        (ENDPOINT | {"OTEL_TRACES_EXPORTER": "otlp"}, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        (ENDPOINT | {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, "OTEL_EXPORTER_OTLP_ENDPOINT"),
    ],
)
def test_traces_are_asked_for_by_the_usual_variables(environ, name):
    assert chosen.endpoint_of(environ) == name


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "localhost:4317"}, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        (ENDPOINT | {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "OTEL_EXPORTER_OTLP_PROTOCOL"),
        (ENDPOINT | {"OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER"),
    ],
)
def test_what_cannot_be_done_is_refused_by_the_name_of_the_variable(wrong, name):
    with pytest.raises(ImproperlyConfigured, match=f"^{name} is "):
        chosen.endpoint_of(wrong)


def test_traces_without_what_sends_them_are_refused_with_how_to_install_it(monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318")
    monkeypatch.setattr(chosen, "_is_installed", lambda: False)
    with pytest.raises(ImproperlyConfigured, match=r"brainstem-server\[telemetry\]"):
        chosen.begin()


IMPORTED = """
import sys
from brainstem.config.wsgi import application
print([name for name in sys.modules if name.startswith(("opentelemetry", "google.protobuf", "requests"))])
"""


@pytest.mark.slow
@pytest.mark.parametrize(("given", "is_imported"), [({}, False), (ENDPOINT, True)])
def test_nothing_is_imported_unless_traces_are_asked_for(tmp_path, given, is_imported):
    environment = environment_of("http://localhost:8000", "sqlite://:memory:", tmp_path) | given
    environment["OTEL_EXPORTER_OTLP_TIMEOUT"] = "1"
    done = subprocess.run([sys.executable, "-c", IMPORTED], env=environment, capture_output=True, text=True, check=True)
    assert (done.stdout.strip() != "[]") is is_imported


class _Collector(BaseHTTPRequestHandler):
    """Receives spans as a collector does."""

    def do_POST(self) -> None:
        received = ExportTraceServiceRequest()
        received.ParseFromString(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.received.append((self.path, received))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_) -> None:
        """Nothing."""


@pytest.fixture
def collector():
    server = HTTPServer(("127.0.0.1", 0), _Collector)
    server.received = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.slow
def test_a_served_request_reaches_a_collector_when_the_server_ends_at_the_latest(tmp_path, collector):
    import urllib.request

    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with new_database(tmp_path) as database:
        environment = environment_of(url, database, tmp_path) | {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}",
            "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
            "OTEL_SERVICE_NAME": "hippocampus",
            "OTEL_BSP_SCHEDULE_DELAY": "3600000",
            "BRAINSTEM_TASKS_BESIDE": "off",
            "BRAINSTEM_TRUSTED_PROXIES": "1",
        }
        with running(environment, "--workers", "1", port=port, folder=tmp_path):
            asked = urllib.request.Request(f"{url}/api/public/stem/project/", headers={"traceparent": PARENT})
            with urllib.request.urlopen(asked, timeout=30) as answer:
                assert answer.status == 200
    spans, services = [], set()
    for path, received in collector.received:
        assert path == "/v1/traces"
        for group in received.resource_spans:
            services |= {one.value.string_value for one in group.resource.attributes if one.key == "service.name"}
            spans += [span for scope in group.scope_spans for span in scope.spans]
    ours = {span.name for span in spans if span.trace_id.hex() == TRACE}
    assert {"request", "queue", "parse", "sql", "serialise"} <= ours
    assert services == {"hippocampus"}
