"""The same tests for every model: who may do what, what a field takes, and that what was sent comes back."""

from __future__ import annotations

import pytest

from brainstem.core.model.registry import spec_of, specs

from ..lab import ATTRIBUTES, CATALOGUES, MODELS, PROJECT_TREE, UNDER_ATTRIBUTES, path_of

WRITTEN = [name for name in MODELS if name != "dam"]
OWNED = list(PROJECT_TREE)
PRIVATE = [*PROJECT_TREE, "project", *ATTRIBUTES, *UNDER_ATTRIBUTES]
SHARED = [*CATALOGUES, "publication", "group", "laboratory"]


def spec(name: str):
    app, segment = path_of(name).split("/")
    return next(s for s in specs().values() if (s.app, s.segment) == (app, segment))


def add(lab, name):
    """A new record of a model, and its address."""
    record = lab.add(name)
    return record, f"{path_of(name)}/{record['id']}"


# -- who may ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WRITTEN)
def test_nobody_enters_the_private_portal_without_a_token(lab, nobody, name):
    _, address = add(lab, name)
    for method in ("get", "patch", "put", "delete", "options"):
        assert nobody.request(method, address, portal="private").status == 401
    assert nobody.get(path_of(name), portal="private").status == 401
    assert nobody.post(path_of(name), {}, portal="private").status == 401


@pytest.mark.parametrize("name", PRIVATE)
def test_a_stranger_finds_no_private_record(lab, charlie, name):
    record, address = add(lab, name)
    assert charlie.get(address).status == 404
    assert charlie.patch(address, {}).status == 404
    assert charlie.put(address, {}).status == 404
    assert charlie.delete(address).status == 404
    assert record["id"] not in charlie.get(path_of(name)).ids


@pytest.mark.parametrize("name", OWNED)
def test_a_member_reads_and_may_not_write(lab, bob, name):
    record, address = add(lab, name)
    assert bob.get(address).record["id"] == record["id"]
    assert bob.patch(address, {"created_at": "x"}).status == 403
    assert bob.delete(address).status == 403
    assert bob.post(path_of(name), lab.payload(name)).status in (400, 403)
    assert bob.get(address).status == 200


@pytest.mark.parametrize("name", [one for one in OWNED if one not in ("behavior", "sessiondatastorage")])
def test_a_contributor_through_a_group_writes(lab, dana, name):
    answer = dana.post(path_of(name), lab.payload(name))
    assert answer.status == 201, answer.body
    address = f"{path_of(name)}/{answer.id}"
    assert dana.patch(address, {}).status == 200
    assert dana.delete(address).status == 204
    assert dana.get(address).status == 404


@pytest.mark.parametrize("name", SHARED)
def test_everyone_signed_in_reads_what_is_shared(lab, charlie, name):
    record, address = add(lab, name)
    assert charlie.get(address).record["id"] == record["id"]


@pytest.mark.parametrize("name", CATALOGUES)
def test_only_administrators_write_the_catalogues(lab, alice, admin, name):
    record, address = add(lab, name)
    payload = lab.payload(name)
    answers = [alice.post(path_of(name), payload), alice.patch(address, {"description": "x"})]
    if name == "brainregion":  # the only one that takes no proposals
        assert [answer.status for answer in answers] == [403, 403]
    else:
        assert [answer.status for answer in answers] == [201, 200]
        key = f"{spec(name).resource.singular}_approval"
        assert [list(answer.body) for answer in answers] == [[key], [key]]
    assert alice.get(path_of(name), f"filter{{name}}={payload['name']}").ids == []
    assert alice.get(address).record == record
    assert alice.delete(address).status == 403
    assert admin.delete(address).status == 204


@pytest.mark.parametrize("name", WRITTEN)
def test_only_administrators_enter_the_super_portal(lab, alice, admin, name):
    record, address = add(lab, name)
    assert alice.get(address, portal="super").status == 403
    assert admin.get(address, portal="super").record["id"] == record["id"]
    assert admin.patch(address, {}, portal="super").status == 200
    assert admin.delete(address, portal="super").status == 204


@pytest.mark.parametrize("name", [*ATTRIBUTES, "project", "group"])
def test_the_creator_owns_the_record(lab, alice, name):
    record, _ = add(lab, name)
    assert record["users"][alice.email]["is_owner"] is True


@pytest.mark.parametrize("name", WRITTEN)
def test_the_public_portal_takes_no_writes(lab, alice, name):
    if "public" not in spec(name).resource.portals:
        assert alice.post(path_of(name), {}, portal="public").status == 404
        return
    answer = alice.post(path_of(name), {}, portal="public")
    assert (answer.status, list(answer.body)) == (405, ["detail"])


@pytest.mark.parametrize("name", [*PROJECT_TREE, *UNDER_ATTRIBUTES])
def test_ids_of_what_the_writer_may_not_see_are_refused(lab, charlie, name):
    """Charlie sends Alice's ids: every relation of hers is named, none is taken."""
    payload = lab.payload(name)
    answer = charlie.post(path_of(name), payload)
    assert answer.status == 400
    assert set(answer.body) <= set(payload)


# -- fields -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WRITTEN)
def test_what_was_sent_comes_back(lab, alice, name):
    path = path_of(name)
    payload = lab.payload(name)
    sender = lab.admin.through("super") if MODELS[name][2] else alice
    made = sender.post(path, payload)
    assert made.status == 201, made.body
    read = alice.get(f"{path}/{made.id}")
    assert read.body == made.body | {} if not MODELS[name][2] else read.status == 200
    for key, value in payload.items():
        if key in ("coordinates_details", "details"):
            continue
        assert read.record[key] == value, key
    assert set(read.record) == set(spec(name).keys)
    assert read.record["created_by"] == sender.user.pk
    assert read.record["created_at"].endswith("Z")


@pytest.mark.parametrize("name", WRITTEN)
def test_a_record_sent_back_as_it_is_changes_nothing(lab, alice, name):
    record, address = add(lab, name)
    sender = lab.admin.through("super") if MODELS[name][2] else alice
    before = sender.get(address).record
    for method in ("patch", "put"):
        answer = sender.request(method, address, before)
        assert answer.status == 200, answer.body
        assert answer.record | {"updated_at": 0} == before | {"updated_at": 0}


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_required_is_asked_for_all_at_once(lab, alice, name):
    sender = lab.admin.through("super") if MODELS[name][2] else alice
    answer = sender.post(path_of(name), {})
    described = alice.options(path_of(name)).body["fields"]
    required = {key for key, field in described.items() if field["required"]}
    assert answer.status == 400
    assert set(answer.body) == required
    assert all(messages == ["This field is required."] for messages in answer.body.values())


def _limited(name):
    return [column for column in spec(name).columns.values()
            if column.field.max_length and spec(name).writable(column.name)
            and column.wire_type in ("string", "text", "richtext", "url") and not column.field.choices]  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_every_limit_of_a_text_holds(lab, alice, name):
    record, address = add(lab, name)
    sender = lab.admin.through("super") if MODELS[name][2] else alice
    for column in _limited(name):
        if column.name in spec(name).resource.create_only or column.name in (
            "rrid",
            "orcid_id",
            "type",
            "doi",
            "color",
        ):
            continue
        limit = column.field.max_length
        head = "http://e.org/" if column.wire_type == "url" else ""
        sign = "y" if column.name.startswith("parent_") else "x"  # no region is its own parent
        longest = head + sign * (limit - len(head))
        if column.name.endswith("_system"):
            continue
        assert sender.patch(address, {column.name: longest}).status == 200, column.name
        answer = sender.patch(address, {column.name: longest + sign})
        assert (answer.status, list(answer.body)) == (400, [column.name])


@pytest.mark.parametrize("name", WRITTEN)
def test_every_choice_is_closed(lab, alice, name):
    record, address = add(lab, name)
    sender = lab.admin.through("super") if MODELS[name][2] else alice
    for column in spec(name).columns.values():
        if column.field.choices and spec(name).writable(column.name):
            answer = sender.patch(address, {column.name: "no such value"})
            assert (answer.status, list(answer.body)) == (400, [column.name])
            assert str(column.field.choices[0][0]) in answer.body[column.name][0]


@pytest.mark.parametrize("name", WRITTEN)
def test_a_value_of_the_wrong_type_is_refused_by_name(lab, alice, name):
    record, address = add(lab, name)
    sender = lab.admin.through("super") if MODELS[name][2] else alice
    wrong = {"boolean": "perhaps", "date": "yesterday", "datetime": "noon", "duration": "long", "integer": "many",
             "positive_integer": -1, "number": "much", "string": {}, "text": [], "richtext": {}, "url": {}}  # fmt: skip
    for column in spec(name).columns.values():
        if not spec(name).writable(column.name) or column.wire_type not in wrong:
            continue
        if column.name in spec(name).resource.create_only:
            continue
        answer = sender.patch(address, {column.name: wrong[column.wire_type]})
        assert (answer.status, list(answer.body)) == (400, [column.name]), column.name


@pytest.mark.parametrize("name", WRITTEN)
def test_a_nul_character_is_refused(lab, alice, name):
    record, address = add(lab, name)
    sender = lab.admin.through("super") if MODELS[name][2] else alice
    for column in spec(name).columns.values():
        if column.wire_type in ("string", "text", "richtext") and spec(name).writable(column.name):
            if column.field.choices or column.name in spec(name).resource.create_only:
                continue
            answer = sender.patch(address, {column.name: "a\x00b"})
            assert (answer.status, list(answer.body)) == (400, [column.name]), column.name


@pytest.mark.parametrize("name", WRITTEN)
def test_a_unique_name_is_taken_once(lab, alice, name):
    record, address = add(lab, name)
    sender = lab.admin.through("super") if MODELS[name][2] else alice
    for column in spec(name).columns.values():
        if column.field.unique and not column.field.primary_key:
            answer = sender.post(path_of(name), lab.payload(name) | {column.name: record[column.name]})
            assert (answer.status, list(answer.body)) == (400, [column.name])


@pytest.mark.parametrize("name", WRITTEN)
def test_every_relation_can_be_filtered_sorted_and_included(lab, alice, name):
    record, _ = add(lab, name)
    declared = spec(name)
    for key, relation in declared.relations.items():
        assert alice.get(path_of(name), f"filter{{{key}.isnull}}=false").status == 200
        assert alice.get(path_of(name), f"sort[]={key}").status == 200
        if key in declared.keys:
            assert alice.get(path_of(name), f"include[]={key}.*").status == 200
            assert alice.get(f"{path_of(name)}/{record['id']}", f"include[]={key}.*").status == 200
        if key in declared.keys and relation.many:
            below = alice.get(f"{path_of(name)}/{record['id']}/{key}/")
            assert (below.status, below.ids) == (200, sorted(record[key]) if not relation.order else record[key])


@pytest.mark.parametrize("name", WRITTEN)
def test_every_column_can_be_filtered_by_its_own_value_and_sorted(lab, alice, name):
    record, address = add(lab, name)
    read = alice.get(address).record
    for key, column in spec(name).columns.items():
        if column.wire_type == "json" or key not in read:
            continue
        assert alice.get(path_of(name), f"sort[]=-{key}").status == 200
        if read[key] in (None, "") or column.wire_type in ("image", "file"):
            continue
        value = str(read[key]).lower() if isinstance(read[key], bool) else str(read[key]).replace("+", "%2B")
        answer = alice.get(path_of(name), f"filter{{{key}}}={value}&limit=100")
        assert answer.status == 200, answer.body
        assert record["id"] in answer.ids, key


def test_the_machine_knows_every_model_that_can_be_written():
    covered = {spec(name).label for name in MODELS}
    writable = {s.label for s in specs().values() if "add" in s.resource.verbs}
    assert writable <= covered
    assert spec_of(specs()["stem.Session"].model).label == "stem.Session"
