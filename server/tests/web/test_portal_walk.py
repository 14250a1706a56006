"""Every model in both portals, without a script: its list, with each filter that is offered, each record, each tab."""

from __future__ import annotations

import pytest

from brainstem.core.model.registry import specs
from brainstem.web.portal.where import offered

from ..lab import MODELS
from .pages import Reader

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SPECS = list(specs().values())
PORTALS = ("private", "public")


@pytest.fixture(scope="module")
def shown(django_db_setup, django_db_blocker):
    """A lab with a record of every model, all of it public; taken back in the end."""
    from django.db import transaction

    from ..lab import Lab
    from ..people import person

    with django_db_blocker.unblock(), transaction.atomic():
        alice, admin = person("alice"), person("admin", admin=True)
        lab = Lab(alice, admin)
        for name in MODELS:
            lab[name]
        for name in ("project", "setup", "inventory", "license", "datastorage", "behavioralassay"):
            assert alice.patch(f"{MODELS[name][0]}/{lab[name]}", {"is_public": True}).status == 200
        entry = {"date_time": "2026-02-02T10:00:00Z", "details": {"weight": {"value": 21.5, "unit": "g"}}}
        assert alice.patch(f"modules/subjectlog/{lab['subjectlog']}/add_entry", entry).status in (200, 201)
        charlie = person("charlie")
        for path in (f"users/group/{lab['group']}/invite", f"stem/project/{lab['project']}/invite"):
            assert alice.post(path, {"user": charlie.user.pk}).status == 201
        proposal = {"name": "A new strain", "species": lab["species"]}
        assert alice.post("taxonomies/strain", proposal).status == 201
        yield lab, {"private": Reader(alice), "public": Reader()}
        transaction.set_rollback(True)


def path_of(portal, spec):
    return f"/{portal}/{spec.app}/{spec.segment}/"


def ids_of(page, path):
    return list(dict.fromkeys(link for link in page.links if link.startswith(path) and link.count("/") == 5
                              and "?" not in link and not link.endswith(("/add/", "/deleted/"))))  # fmt: skip


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.segment)
@pytest.mark.parametrize("portal", PORTALS)
def test_a_model_reads_well(shown, portal, spec):
    _, readers = shown
    reader, path = readers[portal], path_of(portal, spec)
    listed = reader.get(path)
    if not offered(spec, portal):
        assert listed.status == 404
        return
    assert listed.status == 200
    assert f"{path}add/" not in listed.links if portal == "public" else True
    records = ids_of(listed, path)
    for record in records[:3]:
        page = reader.get(record)
        assert page.status == 200
        for link in page.links:
            if link.startswith(record) and link.removeprefix(record).rstrip("/").isidentifier():
                tab = link.removeprefix(record).rstrip("/")
                if tab not in ("change", "duplicate"):
                    assert reader.get(link).status == 200, link
        if portal == "public":
            assert not [link for link in page.links if link.startswith(f"{record}change")]


@pytest.mark.parametrize("spec", [spec for spec in SPECS if offered(spec, "private")], ids=lambda spec: spec.segment)
def test_each_field_that_is_offered_can_be_filtered_by(shown, spec):
    _, readers = shown
    reader, path = readers["private"], path_of("private", spec)
    offers = [link for link in reader.get(path).links if "_field=" in link]
    assert offers
    for link in offers:
        page = reader.get(link.partition("#")[0])
        assert page.status == 200, link
        assert 'name="_op"' in page.text, link
        field = link.partition("_field=")[2].partition("#")[0].partition("&")[0]
        for operator in ("isnull", "present"):
            if f'<option value="{operator}"' in page.text:
                sent = reader.get(path, _field=field, _op=operator, _value="")
                assert sent.status == 302
                assert reader.get(sent.to).status == 200, sent.to


@pytest.mark.parametrize("spec", [spec for spec in SPECS if offered(spec, "private")], ids=lambda spec: spec.segment)
def test_every_column_can_be_shown_sorted_and_exported(shown, spec):
    from brainstem.core.access.actor import Actor
    from brainstem.core.access.viewer import Viewer
    from brainstem.web.portal.columns import column_names, column_of

    _, readers = shown
    reader, path = readers["private"], path_of("private", spec)
    view = Viewer(Actor(user_id=1, email="a@lab.example"), "private").view
    names = column_names(spec, view)
    page = reader.get(path, columns=",".join(names))
    assert page.status == 200
    for name in names:
        column = column_of(spec, name, view)
        if column.sort:
            assert reader.get(path, columns=name, sort=f"-{name}").status == 200, name
    table = reader.get(f"{path}export/csv/", columns=",".join(names))
    assert table.status == 200
    assert len(table.text.splitlines()[0].split(",")) >= len(names)
