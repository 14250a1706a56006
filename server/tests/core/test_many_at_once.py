"""Long lists in one request: a fixed number of statements, and a limit that is said before anything is written."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.core.models import Change, Tag
from brainstem.core.write.tags import MAX_NEW_TAGS, MAX_TAGS

from ..lab import path_of
from ..people import Person, join_group, person, unique


def words(number: int) -> list[str]:
    return [unique("word") for _ in range(number)]


def statements(do, *arguments, **named) -> tuple[int, object]:
    """How many statements a request takes beside those that note its token."""
    with CaptureQueriesContext(connection) as captured:
        answer = do(*arguments, **named)
    assert answer.status in (200, 201), answer.body
    return len(captured), answer


def bulk(who: Person, **rows):
    return who.post("stem/subject/bulk/", rows)


def tagged(lab, *tags: list[str]) -> list[dict[str, object]]:
    return [lab.payload("subject") | {"tags": one} for one in tags]


# -- tags -----------------------------------------------------------------------------------------------------------


def test_a_thousand_rows_with_five_thousand_new_tags_take_as_many_statements_as_two_rows_with_two(lab, alice):
    bulk(alice, create=tagged(lab, words(1)))
    few, _ = statements(bulk, alice, create=tagged(lab, *([one] for one in words(2))))
    new = words(MAX_NEW_TAGS)
    rows = [[new[(50 * at + step) % MAX_NEW_TAGS] for step in range(MAX_TAGS)] for at in range(1000)]
    many, answer = statements(bulk, alice, create=tagged(lab, *rows))
    # Rows themselves and their history go in parts of some hundred into SQLite.
    assert many - few < 60, (few, many)
    last = alice.get(f"stem/subject/{answer.body['created'][-1]}").record
    assert sorted(last["tags"]) == sorted(rows[-1])
    assert Tag.objects.filter(name__in=new[:500]).count() == 500


def test_more_than_five_thousand_new_tags_are_refused_before_anything_is_written(lab, alice):
    new = words(MAX_NEW_TAGS + 1)
    rows = tagged(lab, *(new[at : at + MAX_TAGS] for at in range(0, len(new), MAX_TAGS)))
    changes = Change.objects.count()
    with CaptureQueriesContext(connection) as captured:
        answer = bulk(alice, create=rows)
    assert answer.status == 400
    assert answer.body == {
        "tags": ["One request may add 5000 new tags, these rows have 5001: send fewer rows."],
    }
    assert not [one for one in captured if "INSERT" in one["sql"]]
    assert (Tag.objects.count(), Change.objects.count()) == (0, changes)
    assert bulk(alice, create=rows[:-1]).status == 200
    assert bulk(alice, create=tagged(lab, *(row["tags"] for row in rows))).status == 200  # one of them is new


def test_changed_rows_count_with_new_ones(lab, alice):
    new = words(MAX_NEW_TAGS + 1)
    update = [{"id": lab.add("subject")["id"], "tags": new[-1:]}]
    create = tagged(lab, *(new[at : at + MAX_TAGS] for at in range(0, MAX_NEW_TAGS, MAX_TAGS)))
    assert list(bulk(alice, create=create, update=update).body) == ["tags"]


@pytest.mark.parametrize("given", [list, ",".join], ids=["list", "text"])
def test_a_record_has_at_most_fifty_tags(lab, alice, given):
    path = f"stem/subject/{lab['subject']}"
    assert len(alice.patch(path, {"tags": given(words(MAX_TAGS))}).record["tags"]) == MAX_TAGS
    refused = alice.patch(path, {"tags": given(words(MAX_TAGS + 1))})
    assert (refused.status, refused.body) == (400, {"tags": ["A record has at most 50 tags, got 51."]})
    row = lab.payload("subject") | {"tags": given(words(MAX_TAGS + 1))}
    assert list(alice.post("stem/subject", row).body) == ["tags"]
    assert bulk(alice, create=[row]).body["errors"][0]["errors"] == refused.body


def test_tags_of_one_record_take_as_many_statements_however_many_they_are(lab, alice):
    assert lab["subject"]  # afterwards the set of its projects is known
    one, _ = statements(alice.post, "stem/subject", *tagged(lab, words(1)))
    fifty, made = statements(alice.post, "stem/subject", *tagged(lab, words(50)))
    assert fifty == one
    path = f"stem/subject/{made.id}"
    few, _ = statements(alice.patch, path, {"tags": words(1)})
    assert statements(alice.patch, path, {"tags": words(50)})[0] <= few + 1


def test_tags_that_stay_are_left_alone_and_others_come_and_go(lab, alice):
    path, (a, b, c) = f"stem/subject/{lab['subject']}", words(3)
    assert set(alice.patch(path, {"tags": [a, b]}).record["tags"]) == {a, b}
    assert set(alice.patch(path, {"tags": [b, c]}).record["tags"]) == {b, c}
    assert alice.patch(path, {"tags": []}).record["tags"] == []


# -- links ----------------------------------------------------------------------------------------------------------


def subjects(lab, alice, number: int) -> list[str]:
    return alice.post("stem/subject/bulk/", {"create": [lab.payload("subject") for _ in range(number)]}).body["created"]


def test_an_ordered_list_takes_as_many_statements_however_long_it_is(lab, alice):
    found = subjects(lab, alice, 60)
    path = f"{path_of('cohort')}/{lab['cohort']}"
    few, _ = statements(alice.patch, path, {"subjects": found[:2]})
    many, _ = statements(alice.patch, path, {"subjects": found[2:]})
    assert many <= few + 1  # two are taken out
    turned, answer = statements(alice.patch, path, {"subjects": [*reversed(found)]})
    assert turned <= many + 1
    assert answer.record["subjects"] == [*reversed(found)]


def test_an_unordered_list_takes_as_many_statements_however_long_it_is(lab, alice):
    found = subjects(lab, alice, 60)
    path = f"{path_of('behavior')}/{lab['behavior']}"
    few, _ = statements(alice.patch, path, {"subjects": found[:1]})
    many, answer = statements(alice.patch, path, {"subjects": found[1:]})
    assert many <= few
    assert sorted(answer.record["subjects"]) == sorted(found[1:])


def test_rows_of_an_ordered_list_that_stay_keep_their_identifiers(lab, alice):
    session = lab["session"]
    places = [lab.add("datastorage")["id"] for _ in range(3)]
    made = [lab.add("sessiondatastorage", datastorage=one)["id"] for one in places]
    assert alice.patch(f"stem/session/{session}", {"datastorage": [*reversed(places)]}).status == 200
    for at, one in enumerate(reversed(made)):
        assert alice.get(f"stem/sessiondatastorage/{one}").record["order"] == at


# -- roles ----------------------------------------------------------------------------------------------------------


def test_a_map_of_roles_takes_as_many_statements_however_many_people_it_names(lab, alice):
    people = [person("p").email for _ in range(21)]
    path = f"stem/project/{lab['project']}"
    one, _ = statements(alice.patch, path, {"users": {people[0]: {}}})
    twenty, answer = statements(alice.patch, path, {"users": {email: {"can_change": True} for email in people[1:]}})
    assert twenty <= one
    assert all(answer.record["users"][email]["can_change"] for email in people[1:])
    gone, answer = statements(alice.patch, path, {"users": {email: {"remove": True} for email in people}})
    assert gone <= one + 1
    assert not set(people) & set(answer.record["users"])


def test_members_of_a_group_take_as_many_statements_however_many_they_are(alice):
    people = [person("p") for _ in range(21)]
    group = join_group(unique("Group"), alice.user, *(one.user for one in people))
    path = f"users/group/{group.pk}"
    one, _ = statements(alice.patch, path, {"users": {people[0].email: {"is_manager": True}}})
    twenty, answer = statements(alice.patch, path, {"users": {who.email: {"is_manager": True} for who in people[1:]}})
    assert twenty <= one + 1
    assert all(answer.record["users"][who.email]["is_manager"] for who in people)
