"""Stored states in wire form, held against the details that the API serves."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.history.permission import Past
from brainstem.core.history.recording import snapshot
from brainstem.core.history.wire import NOT_TOLD, references, told_keys, wire_moment, wire_span, wire_value
from brainstem.core.model.fields import TagsField
from brainstem.core.model.registry import specs
from brainstem.core.models import Tag
from brainstem.core.sharing import grants

from ..access.permissions_world import World, build
from ..people import Person

pytestmark = pytest.mark.django_db
BASE = settings.BRAINSTEM_URL
MOMENTS = (dt.datetime(2026, 1, 31, 23, 59, 58, 120, dt.UTC), dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
DERIVED = {"authenticated_groups", "behavioralassays", "cohorts", "collections", "contributors", "groups_own_json",
           "links", "procedures", "rrid_url", "sessions", "species", "subjectlogs", "subjects", "behaviors",
           "dataacquisition", "epochs", "manipulations"}  # fmt: skip


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A record of every model, with something in every column."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = build()
        for label in specs():
            _fill(world, label)
        yield world
        transaction.set_rollback(True)


def _fill(world: World, label: str) -> None:
    spec = specs()[label]
    rows = spec.model._default_manager.filter(pk=world.rows[spec.segment])
    numbered = enumerate(spec.columns.values())
    values = {one.name: _value(one, number) for number, one in numbered if one.name not in _KEPT}
    for field in spec.model._meta.concrete_fields:
        if field.is_relation and field.null and field.help_text:
            values[field.attname] = field.related_model._default_manager.order_by("pk").values_list("pk").last()[0]
    rows.update(**values)
    record = rows.get()
    for link in spec.model._meta.many_to_many:
        if isinstance(link, TagsField):
            words = ["zebra", "Ähre", "apple", "\U0001f42d"]
            getattr(record, link.name).set([Tag.objects.get_or_create(name=word)[0] for word in words])
        elif link.name != spec.tree.lists:
            _link(record, link)


_KEPT = {"id", "email", "expires_at", "is_public", "status", "action", "type", "coordinates_system"}


def _link(record: Any, link: Any) -> None:
    through, near, far = link.remote_field.through, link.m2m_field_name(), link.m2m_reverse_field_name()
    through._default_manager.filter(**{near: record}).delete()
    targets = link.related_model._default_manager.order_by("-pk")[:3]
    names = {field.name for field in through._meta.concrete_fields}
    for place, target in enumerate(targets):
        more = {"order": place} if "order" in names else {}
        more |= {"audience_id": record.audience_id} if "audience" in names else {}
        through._default_manager.create(**{near: record, far: target}, **more)


def _value(column: Any, number: int) -> Any:
    if column.field.choices:
        return column.field.choices[-1][0]
    return {
        "datetime": MOMENTS[number % 2],
        "date": dt.date(2026, 2, 28),
        "duration": dt.timedelta(days=2, seconds=61, microseconds=(number % 2) * 7),
        "boolean": True,
        "number": 0.1 + number,
        "positive_integer": number,
        "integer": number,
        "json": [{"deep": [1, 2.5, None, {"text": "é\u2028"}], "yes": True}],
        "file": "some/folder/0123456789ab-scan.pdf",
        "image": "some/folder/0123456789ab-photo.png",
        "url": "https://lab.example/ä?x=1&y=%20",
        "country": "PT",
        "uuid": uuid.UUID(int=number),
    }.get(column.wire_type, f'é"\\{number}<b>x</b>\U0001f42d'[: column.field.max_length])


def _state(spec: Any, pk: Any) -> dict[str, Any]:
    record = spec.model._default_manager.get(pk=pk)
    return snapshot(record) | (grants.state(spec, record) if spec.tree.holds_roles else {})


def wired(spec: Any, state: dict[str, Any], *, viewer: Viewer, base: str) -> dict[str, object]:
    """A stored state as a detail would show it to the viewer today; two queries per model that it refers to.

    Keys that are not stored, such as lists of other records, are missing. Who holds which role is told as history
    keeps it: email address or name of a group -> role.
    """
    told = {key: (name, state[key]) for key, name in told_keys(spec).items() if key in state}
    referred = references(spec, told.values())
    seen = {label: Past(viewer).seen(specs()[label], ids) for label, ids in referred.items()}
    found = {name: wire_value(spec, name, value, seen=seen) for name, value in told.values()}
    for name, value in found.items():
        if not viewer.shows(spec, name):
            found[name] = None
        elif value and name in spec.columns and spec.columns[name].wire_type in ("image", "file"):
            found[name] = f"{base}/api/{viewer.portal}/{spec.app}/{spec.segment}/{state['id']}/{name}/"
    return {key: found[key] for key in spec.keys if key in found}


def _viewer(user: Any, portal: str) -> Viewer:
    return Viewer(Actor(user_id=user.pk, email=user.email, is_admin=user.is_superuser, via="token"), portal)


def _compared(detail: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """The keys in which they differ; roles as words."""
    found = {}
    for key, value in told.items():
        shown = detail[key]
        if key in ("users", "groups") and isinstance(value, dict):
            shown = {name: _word(flags) for name, flags in shown.items()}
        if shown != value:
            found[key] = (shown, value)
    return found


def _word(flags: dict[str, bool]) -> str:
    names = {"is_owner": "owner", "is_manager": "manager", "can_change": "contributor"}
    return next((word for flag, word in names.items() if flags.get(flag)), "member")


@pytest.mark.parametrize("label", sorted(specs()))
def test_a_stored_state_is_told_as_its_detail_is(world, label):
    spec, admin = specs()[label], world.lab.admin
    pk = world.rows[spec.segment]
    detail = admin.get(f"{spec.app}/{spec.segment}/{pk}", portal="super").record
    told = wired(spec, _state(spec, pk), viewer=_viewer(admin.user, "super"), base=BASE)
    assert _compared(detail, told) == {}
    assert set(spec.keys) - set(told) <= DERIVED
    assert list(told) == [key for key in spec.keys if key in told]


@pytest.mark.parametrize("name", ["member", "owner", "owner of the project alone", "owner of the attributes alone"])
def test_what_a_reader_does_not_see_is_left_out_as_in_the_detail(world, name):
    user, compared = world.users[name], 0
    reader = Person(user)
    for spec in specs().values():
        answer = reader.get(f"{spec.app}/{spec.segment}/{world.rows[spec.segment]}")
        if answer.status == 200:
            state = _state(spec, world.rows[spec.segment])
            told = wired(spec, state, viewer=_viewer(user, "private"), base=BASE)
            roles = {"users", "groups"} - ({"users", "groups"} if answer.record.get("users") else set())
            assert _compared(answer.record, {k: v for k, v in told.items() if k not in roles}) == {}, spec.label
            compared += 1
    assert compared > 15


def test_nothing_that_a_detail_lacks_is_told():
    for spec in specs().values():
        assert set(told_keys(spec).values()) <= set(spec.keys)
        for hidden in ("password", "audience_id", "session_epoch", "is_superuser", "two_factor_default"):
            assert hidden not in told_keys(spec)
    assert {"updated_at", "created_at", "id"} == NOT_TOLD


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("P0DT00H01M00S", "00:01:00"),
        ("P4DT04H00M00.000007S", "100:00:00.000007"),
        ("-P0DT00H00M01.500000S", "-00:00:01.500000"),
        (61_000_000, "00:01:01"),
        ("P0DT00H00M00S", "00:00:00"),
    ],
)
def test_a_duration_is_told_as_a_detail_tells_it(stored, told):
    assert wire_span(stored) == told


def test_a_time_is_told_in_utc():
    lisbon = dt.timezone(dt.timedelta(hours=1))
    assert wire_moment(dt.datetime(2026, 7, 1, 12, tzinfo=lisbon)) == "2026-07-01T11:00:00Z"
