"""Tokens: their text, what is kept of them, how long they live, and how they end."""

import datetime as dt
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.db.models.signals import post_save
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from brainstem.api.actor import actor_of
from brainstem.api.auth_views import ON_ITS_PAGE
from brainstem.apps.users import token_text, tokens
from brainstem.apps.users.token_models import Token
from brainstem.core.access.actor import ANONYMOUS
from brainstem.core.access.caller import _say_once_that_a_proxy_is_not_trusted, address_of, network_of
from brainstem.core.errors import Forbidden, NotSignedIn
from brainstem.core.model.trees import Role
from brainstem.core.models import ObjectRole

PASSWORD = "correct horse battery"
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return get_user_model().objects.create_user(email="alice@lab.org", password=PASSWORD)


@pytest.fixture
def bob():
    return get_user_model().objects.create_user(email="bob@lab.org", password=PASSWORD)


@pytest.fixture
def issued(alice):
    return tokens.create_personal(alice, name="analysis")


def bearer(raw):
    return {"HTTP_AUTHORIZATION": f"Bearer {raw}"}


def change(token, **values):
    Token.objects.filter(pk=token.pk).update(**values)


def near(moment, expected):
    return abs(moment - expected) < MINUTE


# --- text ----------------------------------------------------------------------------------------------------------


def test_a_token_reads_as_documented(issued):
    mark, key_id, rest = issued.raw.split("_")
    assert (mark, key_id, len(rest)) == ("bst", issued.token.key_id, 38)
    assert set(key_id + rest) <= set(token_text.ALPHABET)


def test_the_checksum_is_crc32_in_base62():
    # The check value that the definition of CRC-32 gives for "123456789" is 0xCBF43926.
    number = 0
    for character in token_text.checksum("123456789"):
        number = number * 62 + "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".index(character)
    assert number == 0xCBF43926


def test_every_token_is_another():
    assert len({token_text.new_text()[1] for _ in range(1000)}) == 1000


def test_the_database_keeps_no_part_of_the_secret(issued):
    secret = issued.raw.split("_")[2]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {Token._meta.db_table}")
        kept = " ".join(str(value) for value in cursor.fetchone())
    assert issued.token.key_id in kept
    assert secret not in kept
    assert secret[:8] not in kept


def test_the_hash_depends_on_the_secret_key(issued, settings):
    assert tokens.authenticate(issued.raw)
    settings.SECRET_KEY, old = "x" * 60, settings.SECRET_KEY
    assert tokens.authenticate(issued.raw) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert tokens.authenticate(issued.raw)


def _other_last_character(raw):
    return raw[:-1] + ("0" if raw[-1] != "0" else "1")


MALFORMED = {
    "empty": lambda raw: "",
    "typing error": _other_last_character,
    "cut off": lambda raw: raw[:-1],
    "longer": lambda raw: raw + "0",
    "other mark": lambda raw: "abc" + raw[3:],
    "new line": lambda raw: raw + "\n",
    "other script": lambda raw: raw[:-1] + "٣",
    "not a token": lambda raw: "eyJhbGciOiJIUzI1NiJ9.e30.x",
}


@pytest.mark.parametrize("spoil", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_token_is_refused_before_the_database_is_asked(issued, spoil, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert tokens.authenticate(spoil(issued.raw)) is None


def test_a_right_checksum_over_a_wrong_secret_is_refused(issued):
    body = issued.raw[:-7] + ("0" if issued.raw[-7] != "0" else "1")
    assert token_text.parse_key_id(body + token_text.checksum(body)) == issued.token.key_id
    assert tokens.authenticate(body + token_text.checksum(body)) is None


# --- whom a token stands for ---------------------------------------------------------------------------------------


def test_a_token_stands_for_its_person(issued, alice):
    actor = tokens.authenticate(issued.raw, request_id="r1")
    assert (actor.user_id, actor.email, actor.is_admin) == (alice.pk, "alice@lab.org", False)
    assert (actor.via, actor.token_id, actor.request_id) == ("token", issued.token.pk, "r1")
    assert (actor.read_only, actor.project_id) == (False, None)


def test_the_limits_of_a_token_reach_the_actor(alice):
    project = uuid.uuid4()
    limited = tokens.create_personal(alice, name="reader", read_only=True, project_id=project)
    actor = tokens.authenticate(limited.raw)
    assert (actor.read_only, actor.project_id) == (True, project)


def test_the_token_of_an_administrator_says_so():
    admin = get_user_model().objects.create_superuser(email="root@lab.org", password=PASSWORD)
    assert tokens.authenticate(tokens.create_personal(admin, name="ops").raw).is_admin is True


def test_an_access_token_works_and_its_refresh_token_does_not(alice):
    pair = tokens.create_pair(alice)
    assert tokens.authenticate(pair.access.raw).user_id == alice.pk
    assert tokens.authenticate(pair.refresh.raw) is None


def test_recognising_a_token_takes_one_statement_and_one_more_for_the_first_use(issued, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert tokens.authenticate(issued.raw)
    with django_assert_num_queries(1):
        assert tokens.authenticate(issued.raw)


# --- how long it lives ---------------------------------------------------------------------------------------------


def test_an_expired_token_is_refused(issued):
    now = timezone.now()
    change(issued.token, expires_at=now + MINUTE)
    assert tokens.authenticate(issued.raw)
    change(issued.token, expires_at=now - MINUTE)
    assert tokens.authenticate(issued.raw) is None


def test_use_moves_the_end_of_a_personal_token_to_a_year_from_now(issued):
    change(issued.token, expires_at=timezone.now() + DAY)
    tokens.authenticate(issued.raw)
    issued.token.refresh_from_db()
    assert near(issued.token.expires_at, timezone.now() + 365 * DAY)


def test_a_token_for_fewer_days_moves_by_those(alice):
    short = tokens.create_personal(alice, name="visit", days=7)
    change(short.token, expires_at=timezone.now() + DAY)
    tokens.authenticate(short.raw)
    short.token.refresh_from_db()
    assert near(short.token.expires_at, timezone.now() + 7 * DAY)


def test_use_does_not_move_the_end_of_an_access_token(alice):
    access = tokens.create_pair(alice).access
    end = access.token.expires_at
    tokens.authenticate(access.raw)
    access.token.refresh_from_db()
    assert access.token.expires_at == end
    assert near(end, timezone.now() + dt.timedelta(hours=1))


def test_the_last_use_is_noted_at_most_once_a_minute(issued):
    tokens.authenticate(issued.raw, address="10.0.0.1")
    tokens.authenticate(issued.raw, address="10.0.0.2")
    issued.token.refresh_from_db()
    assert issued.token.last_used_address == "10.0.0.1"
    change(issued.token, last_used_at=timezone.now() - 61 * dt.timedelta(seconds=1))
    tokens.authenticate(issued.raw, address="10.0.0.3")
    issued.token.refresh_from_db()
    assert issued.token.last_used_address == "10.0.0.3"
    assert near(issued.token.last_used_at, timezone.now())


@pytest.mark.django_db(transaction=True)
def test_a_reader_is_not_refused_because_the_note_of_use_cannot_be_written(issued, monkeypatch):
    def busy(*_, **__):
        raise OperationalError("database is locked")

    monkeypatch.setattr(QuerySet, "update", busy)
    assert tokens.authenticate(issued.raw)


# --- how it ends ---------------------------------------------------------------------------------------------------


def test_a_revoked_token_is_refused(issued):
    assert tokens.authenticate(issued.raw)
    assert tokens.revoke(Token.objects.filter(pk=issued.token.pk)) == 1
    assert tokens.authenticate(issued.raw) is None


def test_the_token_of_a_person_whose_account_is_closed_is_refused(issued, alice):
    assert tokens.authenticate(issued.raw)
    alice.is_active = False
    alice.save()
    assert tokens.authenticate(issued.raw) is None


def _by_set_password(user):
    user.set_password("another good phrase")
    user.save()


def _by_set_password_and_one_column(user):
    user.set_password("another good phrase")
    user.save(update_fields=["password"])


def _by_the_column(user):
    user.password = make_password("another good phrase")
    user.save(update_fields=["password"])


def _by_none(user):
    user.set_unusable_password()
    user.save()


@pytest.mark.parametrize(
    "renew", [_by_set_password, _by_set_password_and_one_column, _by_the_column, _by_none], ids=lambda f: f.__name__
)
def test_a_new_password_ends_all_tokens_of_its_owner_only(alice, bob, issued, renew):
    pair, other = tokens.create_pair(alice), tokens.create_personal(bob, name="his")
    renew(get_user_model().objects.get(pk=alice.pk))
    assert tokens.authenticate(issued.raw) is None
    assert tokens.authenticate(pair.access.raw) is None
    with pytest.raises(NotSignedIn):
        tokens.find_refresh(pair.refresh.raw)
    assert tokens.authenticate(other.raw)


def test_a_new_password_that_is_not_kept_ends_no_token(alice, issued):
    def fail(**_):
        raise RuntimeError

    post_save.connect(fail, sender=type(alice))
    try:
        alice.set_password("another good phrase")
        with pytest.raises(RuntimeError):
            alice.save()
    finally:
        post_save.disconnect(fail, sender=type(alice))
    assert get_user_model().objects.get(pk=alice.pk).check_password(PASSWORD)
    assert tokens.authenticate(issued.raw)


def test_another_change_of_a_person_ends_no_token(alice, issued):
    user = get_user_model().objects.get(pk=alice.pk)
    user.first_name = "Alicia"
    user.save()
    assert tokens.authenticate(issued.raw)


def test_a_stronger_hash_of_the_same_password_ends_no_token(alice, issued, settings):
    old = alice.password
    settings.PASSWORD_HASHERS = list(reversed(settings.PASSWORD_HASHERS))
    assert get_user_model().objects.get(pk=alice.pk).check_password(PASSWORD)
    assert get_user_model().objects.get(pk=alice.pk).password != old
    assert tokens.authenticate(issued.raw)


# --- who is behind a request ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer  "])
def test_the_word_bearer_may_be_written_in_any_case(issued, alice, scheme):
    request = RequestFactory().get("/", HTTP_AUTHORIZATION=f"{scheme} {issued.raw}")
    assert actor_of(request).user_id == alice.pk


@pytest.mark.parametrize("raw", ["", "nonsense", "bst_000000000000_" + "0" * 38])
def test_a_bad_token_is_not_taken_for_nobody(raw):
    with pytest.raises(NotSignedIn):
        actor_of(RequestFactory().get("/", **bearer(raw)))


def test_without_a_header_and_a_cookie_nobody_asks_and_no_query_is_made(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert actor_of(RequestFactory().get("/")) is ANONYMOUS


def test_a_browser_session_reads_and_writes_only_from_our_pages(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.get("/api/auth/tokens/").status_code == 200
    refused = client.post("/api/auth/tokens/", {"name": "x"}, content_type="application/json")
    assert (refused.status_code, list(refused.json())) == (403, ["detail"])
    client.cookies["csrftoken"] = "a" * 32
    proof = {"content_type": "application/json", "headers": {"X-CSRFToken": "a" * 32}}
    assert client.post("/api/auth/tokens/", {"name": "x", "read_only": True}, **proof).status_code == 201
    # The page of tokens asks for the password when the sign-in is old.
    refused = client.post("/api/auth/tokens/", {"name": "x"}, **proof)
    assert (refused.status_code, refused.json()) == (403, {"detail": ON_ITS_PAGE})


def test_a_browser_session_stands_for_its_person(alice, client):
    client.force_login(alice)
    request = RequestFactory().get("/")
    request.COOKIES, request.session = {k: v.value for k, v in client.cookies.items()}, client.session
    actor = actor_of(request)
    assert (actor.user_id, actor.via, actor.token_id) == (alice.pk, "browser", None)
    request.method = "POST"
    with pytest.raises(Forbidden):
        actor_of(request)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6, 10.0.0.9", "10.0.0.9"),
        (2, "6.6.6.6, 10.0.0.9, 10.0.0.8", "10.0.0.9"),
        (2, "10.0.0.9", "127.0.0.1"),
        (1, "nonsense", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "9" * 100_000, "127.0.0.1"),
        (1, f"{'6.6.6.6, ' * 12_000}10.0.0.9", "10.0.0.9"),
        (3, f"{',' * 100_000}10.0.0.9", "127.0.0.1"),
        (1, "6.6.6.6, 10.0.0.9:4711", "10.0.0.9"),
        (1, "6.6.6.6, 2001:db8::1", "2001:db8::1"),
        (1, "6.6.6.6, [2001:db8::1]:443", "2001:db8::1"),
        (1, "6.6.6.6, [2001:db8::1]", "2001:db8::1"),
        (1, "6.6.6.6, fe80::1%eth0", "fe80::1"),
        (1, "6.6.6.6, ::ffff:10.0.0.9", "10.0.0.9"),
        (1, "6.6.6.6, unknown", "127.0.0.1"),
        (1, "6.6.6.6, _hidden", "127.0.0.1"),
        (1, "6.6.6.6, 10.0.0.9,", "127.0.0.1"),
        (1, "6.6.6.6, 10.0.0.9:99999999", "127.0.0.1"),
        (1, "6.6.6.6; 10.0.0.9", "127.0.0.1"),
        (1, "\x00", "127.0.0.1"),
        (1, "١٠.0.0.9", "127.0.0.1"),
        (-1, "6.6.6.6, 10.0.0.9", "127.0.0.1"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_address_is_what_trusted_proxies_say(settings, proxies, forwarded, address):
    settings.BRAINSTEM_TRUSTED_PROXIES = proxies
    assert address_of(RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded).META) == address


def test_a_peer_that_speaks_ipv4_to_a_socket_of_ipv6_counts_by_its_own_address():
    assert address_of({"REMOTE_ADDR": "::ffff:192.0.2.7"}) == "192.0.2.7"
    assert network_of(address_of({"REMOTE_ADDR": "::ffff:192.0.2.7"})) != network_of(
        address_of({"REMOTE_ADDR": "::ffff:192.0.2.8"})
    )


def test_a_forwarded_address_that_no_proxy_is_trusted_for_is_told_once(settings, caplog):
    settings.BRAINSTEM_TRUSTED_PROXIES = 0
    _say_once_that_a_proxy_is_not_trusted.cache_clear()
    for _ in range(3):
        address_of({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6"})
    (told,) = caplog.messages
    assert "BRAINSTEM_TRUSTED_PROXIES is 0" in told
    assert "6.6.6.6" not in told


# --- the caller's own tokens ---------------------------------------------------------------------------------------


@pytest.fixture
def project(alice):
    object_id = uuid.uuid4()
    ObjectRole.objects.create(object_id=object_id, user=alice, level=Role.MEMBER)
    return object_id


def post(client, raw, body):
    return client.post("/api/auth/tokens/", body, content_type="application/json", **bearer(raw))


def test_a_person_lists_their_own_tokens_without_secrets(client, issued, alice, bob):
    tokens.create_personal(bob, name="his")
    tokens.create_pair(alice)
    answer = client.get("/api/auth/tokens/", **bearer(issued.raw))
    assert [row["name"] for row in answer.json()["tokens"]] == ["analysis"]
    assert answer.json()["tokens"][0]["prefix"] == "bst_" + issued.token.key_id
    assert issued.raw.split("_")[2] not in answer.content.decode()
    assert issued.token.digest not in answer.content.decode()


def test_a_new_token_is_shown_once_and_works(client, issued, alice, project):
    body = {"name": "reader", "read_only": True, "project": str(project), "days": 30}
    answer = post(client, issued.raw, body)
    assert answer.status_code == 201
    actor = tokens.authenticate(answer.json()["token"])
    assert (actor.user_id, actor.read_only, actor.project_id) == (alice.pk, True, project)
    assert near(Token.objects.get(pk=answer.json()["id"]).expires_at, timezone.now() + 30 * DAY)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": 3}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "x", "days": 0}, "days"),
        ({"name": "x", "days": 366}, "days"),
        ({"name": "x", "days": True}, "days"),
        ({"name": "x", "read_only": "perhaps"}, "read_only"),
        ({"name": "x", "read_only": []}, "read_only"),
        ({"name": "x", "project": "one"}, "project"),
        ({"name": "x", "project": 1}, "project"),
        ({"name": "x", "project": "00000000-0000-4000-8000-000000000000"}, "project"),
    ],
)
def test_a_wrong_value_of_a_new_token_is_told_at_its_field(client, issued, body, field):
    answer = post(client, issued.raw, body)
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_a_token_is_bound_only_to_a_project_of_its_owner(client, bob, project):
    raw = tokens.create_personal(bob, name="his").raw
    assert post(client, raw, {"name": "x", "project": str(project)}).status_code == 400


@pytest.mark.parametrize("limit", ["read_only", "project_id"])
def test_a_limited_token_makes_and_ends_no_tokens(client, alice, issued, project, limit):
    values = {"read_only": True} if limit == "read_only" else {"project_id": project}
    limited = tokens.create_personal(alice, name="limited", **values)
    url = f"/api/auth/tokens/{issued.token.pk}/"
    assert post(client, limited.raw, {"name": "x"}).status_code == 403
    assert client.delete(url, **bearer(limited.raw)).status_code == 403
    assert post(client, issued.raw, {"name": "x"}).status_code == 201
    assert client.delete(url, **bearer(issued.raw)).status_code == 204


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_revoked_token_leaves_the_list_and_stops_working(client, alice, issued, slash):
    other = tokens.create_personal(alice, name="lost laptop")
    url = f"/api/auth/tokens/{other.token.pk}{slash}"
    assert client.delete(url, **bearer(issued.raw)).status_code == 204
    assert client.get("/api/auth/tokens", **bearer(other.raw)).status_code == 401
    rows = client.get("/api/auth/tokens", **bearer(issued.raw)).json()["tokens"]
    assert [row["name"] for row in rows] == ["analysis"]
    assert client.delete(url, **bearer(issued.raw)).status_code == 404


def test_nobody_revokes_the_token_of_another(client, issued, bob):
    his = tokens.create_personal(bob, name="his")
    answer = client.delete(f"/api/auth/tokens/{his.token.pk}/", **bearer(issued.raw))
    assert (answer.status_code, list(answer.json())) == (404, ["detail"])
    assert tokens.authenticate(his.raw)


def test_an_id_that_no_database_holds_is_just_missing(client, issued):
    assert client.delete(f"/api/auth/tokens/{'9' * 18}/", **bearer(issued.raw)).status_code == 404


def test_a_stranger_without_a_token_gets_401(client):
    for answer in (
        client.get("/api/auth/tokens/"),
        client.post("/api/auth/tokens/"),
        client.delete("/api/auth/tokens/1/"),
    ):
        assert (answer.status_code, list(answer.json())) == (401, ["detail"])
        assert answer["WWW-Authenticate"] == "Bearer"


def test_listing_tokens_takes_as_many_statements_for_many_as_for_one(client, alice, issued):
    client.get("/api/auth/tokens/", **bearer(issued.raw))

    def statements():
        with CaptureQueriesContext(
            connection,
        ) as recorded:
            client.get("/api/auth/tokens/", **bearer(issued.raw))
        return len(recorded)

    one = statements()
    for number in range(5):
        tokens.create_personal(alice, name=str(number))
    assert statements() == one == 2
