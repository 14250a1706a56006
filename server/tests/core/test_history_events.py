"""Everything that one request writes is one event, which its response names; what writes nothing has none."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import encode_multipart

from brainstem.apps.users import tokens
from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.history.events import one_event
from brainstem.core.history.recording import note
from brainstem.core.models import Change, Event

from ..people import Person, join_group, unique
from ..web.test_accounts_profile import image

HEADER = "Brainstem-Event"
ENTRY = {"date_time": "2026-01-01T10:00:00Z", "details": {"weight": 30}}


def event_of(answer) -> Event:
    """The event that a response names; it is the only one that was stored last."""
    found = Event.objects.get(pk=answer.headers[HEADER])
    assert found == Event.objects.order_by("-at", "-id").first()
    return found


def session_of(lab) -> str:
    return f"stem/session/{lab['session']}"


# -- every kind of write ------------------------------------------------------------------------------------------------


def _add(lab):
    return lab.owner.post("stem/session", lab.payload("session"))


def _change(lab):
    return lab.owner.patch(session_of(lab), {"description": "x"})


def _put(lab):
    return lab.owner.put(session_of(lab), lab.payload("session"))


def _delete(lab):
    return lab.owner.delete(session_of(lab))


def _bulk(lab):
    rows = {"create": [lab.payload("session"), lab.payload("session")], "delete": [lab.add("session")["id"]]}
    return lab.owner.post("stem/session/bulk", rows | {"update": [{"id": lab["session"], "description": "x"}]})


def _entry(lab):
    return lab.owner.patch(f"modules/subjectlog/{lab['subjectlog']}/add_entry", ENTRY)


def _invite(lab):
    return lab.owner.post(f"users/group/{lab['group']}/invite", {"email": lab.admin.email})


def _accept(lab):
    offer = _invite(lab).id
    return lab.admin.post(f"users/groupmembershipinvitation/{offer}/accept")


def _leave(lab):
    group = join_group(unique("Group"), lab.admin.user, lab.owner.user)
    return lab.owner.post(f"users/group/{group.pk}/leave")


def _propose(lab):
    return lab.owner.post("taxonomies/strain", lab.payload("strain"))


def _decide(lab):
    waiting = _propose(lab).id
    return lab.admin.patch(f"taxonomies/strainapproval/{waiting}/accept", {})


def _upload(lab):
    picture = SimpleUploadedFile("rig.png", image("PNG"))
    body = encode_multipart("boundary", {"image": picture})
    kind = "multipart/form-data; boundary=boundary"
    return lab.owner.patch(f"personal_attributes/setup/{lab['setup']}", body, content_type=kind)


WRITES = [_add, _change, _put, _delete, _bulk, _entry, _invite, _accept, _leave, _propose, _decide, _upload]


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.__name__[1:])
def test_a_write_names_its_event_and_is_all_of_it(lab, write):
    for name in ("session", "subjectlog", "group", "setup", "strain"):
        lab[name]
    write_again = write is _bulk  # what it needs is added by requests of their own
    answer = write(lab)
    assert answer.status < 300, answer.body
    event = event_of(answer)
    lines = Change.objects.filter(event=event)
    assert lines.exists()
    assert {line.at for line in lines} == {event.at}
    assert event.means == ("bulk" if write_again else "")
    assert not Event.objects.exclude(pk__in=Change.objects.values("event")).exists()


def test_all_rows_of_a_bulk_write_are_one_event(lab, alice):
    answer = _bulk(lab)
    lines = Change.objects.filter(event=answer.headers[HEADER], model="stem.Session").order_by("id")
    assert [line.action for line in lines] == ["create", "create", "change", "delete"]


def test_an_event_says_who_wrote_and_with_what(lab, alice):
    answer = alice.patch(session_of(lab), {"description": "x"}, HTTP_USER_AGENT="MATLAB/24.1")
    event = event_of(answer)
    assert (event.actor_id, event.actor_email, event.via, event.portal) == (
        alice.user.pk, alice.email, "token", "private",
    )  # fmt: skip
    assert (event.client, event.token_name, event.means) == ("MATLAB/24.1", "test", "")
    assert event.request_id == answer.headers["X-Request-ID"]


# -- what writes nothing ------------------------------------------------------------------------------------------------


def _same(lab):
    return lab.owner.patch(session_of(lab), {"description": lab.made["session"]["description"]})


def _same_in_bulk(lab):
    row = {"id": lab["session"], "description": lab.made["session"]["description"]}
    return lab.owner.post("stem/session/bulk", {"update": [row]})


def _dry(lab):
    return lab.owner.post("stem/session/bulk?dry_run=true", {"create": [lab.payload("session")]})


def _invalid(lab):
    return lab.owner.patch(session_of(lab), {"name": ""})


def _invalid_in_bulk(lab):
    return lab.owner.post("stem/session/bulk", {"create": [lab.payload("session"), {"name": ""}]})


def _forbidden(lab):
    return Person(lab.admin.user).delete(session_of(lab))


def _needed(lab):
    lab["breeding"]
    return lab.owner.delete(f"stem/subject/{lab['dam']}")


def _read(lab):
    return lab.owner.get(session_of(lab))


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (_same, 200), (_same_in_bulk, 200), (_dry, 200), (_read, 200), (_invalid, 400), (_invalid_in_bulk, 400),
        (_forbidden, 404), (_needed, 409),
    ],
    ids=lambda one: one.__name__[1:] if callable(one) else one,
)  # fmt: skip
def test_what_writes_nothing_has_no_event(lab, ask, status):
    lab["session"]
    if ask is _needed:
        lab["breeding"]
    before = (Event.objects.count(), Change.objects.count())
    answer = ask(lab)
    assert (answer.status, HEADER in answer.headers) == (status, False)
    assert (Event.objects.count(), Change.objects.count()) == before


# -- repeated requests --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["stem/session", "stem/session/bulk"])
def test_a_repeated_request_names_the_event_of_the_first(lab, alice, path):
    row = lab.payload("session")
    body = {"create": [row]} if path.endswith("bulk") else row
    first, again = (alice.post(path, body, HTTP_IDEMPOTENCY_KEY="one") for _ in range(2))
    assert (first.status, again.headers["Idempotency-Replayed"]) == (again.status, "true")
    assert first.headers[HEADER] == again.headers[HEADER]
    assert event_of(again).changes.count() == 1


# -- what clients and tokens are called ---------------------------------------------------------------------------------

NAMES = [
    ("MATLAB/24.1", "MATLAB/24.1"),
    ("x" * 5000, "x" * 100),
    ("a\tb\x1b[31m\x7f\x00 c", "a b [31m c"),
    ("line\r\nInjected: header", "line Injected: header"),
    ("Z\u00fcrich\u202e\u200b\u2028 2.0", "Z\u00fcrich 2.0"),
    ("   ", ""),
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("half \ud83d of a pair", "half of a pair"),
]


@pytest.mark.parametrize(("given", "kept"), NAMES, ids=range(len(NAMES)))
def test_names_of_clients_and_tokens_are_kept_clean_and_short(lab, alice, given, kept):
    session = lab["session"]
    actor = Actor(user_id=alice.user.pk, via="token", client=given, token_name=given)
    with one_event() as writing:
        from brainstem.apps.stem.models.session import Session

        record = Session.objects.get(pk=session)
        note("change", record, viewer=Viewer(actor, "private"), before={"name": "a"}, after={"name": "b"})
    event = Event.objects.get(pk=writing.id)
    assert (event.client, event.token_name) == (kept, kept)


def test_an_agent_full_of_control_characters_is_no_reason_to_refuse_a_write(lab, alice):
    answer = alice.patch(session_of(lab), {"description": "x"}, HTTP_USER_AGENT="bad\x00\x07\x1b agent " * 100)
    assert answer.status == 200
    assert event_of(answer).client.startswith("bad agent bad agent")
    assert len(event_of(answer).client) <= 100


def test_a_token_tells_its_name(lab, alice):
    alice.token = tokens.create_personal(alice.user, name="Rig 2, \u03b1", address="").raw
    answer = alice.patch(session_of(lab), {"description": "x"})
    assert event_of(answer).token_name == "Rig 2, \u03b1"


def test_a_browser_tells_its_name_and_no_token(lab, alice, client):
    client.force_login(alice.user)
    address = f"/api/private/{session_of(lab)}/"
    done = client.patch(address, {"description": "x"}, "application/json", headers={"user-agent": "Firefox/140"})
    event = Event.objects.get(pk=done.headers[HEADER])
    assert (event.via, event.client, event.token_id, event.token_name) == ("browser", "Firefox/140", None, "")


# -- nesting ------------------------------------------------------------------------------------------------------------


def test_events_within_an_event_are_part_of_it(db):
    with one_event() as outer, one_event("bulk") as inner:
        assert inner is outer
    assert outer.means == "bulk"
    assert not Event.objects.exists()
    with one_event() as next_one:
        pass
    assert next_one.id != outer.id
    assert isinstance(next_one.id, uuid.UUID)
