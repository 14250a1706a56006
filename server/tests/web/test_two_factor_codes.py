"""Codes of every kind are good once, for a while, and for one person; what is kept does not tell them."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection, transaction
from django.utils import timezone

from brainstem.apps.users import app_codes, backup_codes, email_codes, second_factor, throttle, two_factor
from brainstem.apps.users.event_models import SecurityEvent
from brainstem.apps.users.two_factor_models import BackupCode, EmailCodes
from brainstem.core.errors import Invalid, Throttled

from . import two_factor as made
from .two_factor import SECRET, app_code, fresh, give_app, give_backup_codes, give_email_codes, wrong_code

FOR_SIGN_IN = email_codes.TO_SIGN_IN
HERE, THERE = {"address": "192.0.2.1", "agent": "Firefox"}, {"address": "198.51.100.7", "agent": "curl"}


def at_once(number, work):
    """What many threads get that do the same at the same moment."""
    gate = threading.Barrier(number)

    def run(_):
        try:
            gate.wait()
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


@pytest.fixture
def clock(monkeypatch):
    """Seconds by which the authenticator app, the server and the limits are moved on together."""
    moved = [0]
    start = 1_800_000_000  # the beginning of a period and of a window
    monkeypatch.setattr("time.time", lambda: start + moved[0])
    for module in (throttle, made):
        monkeypatch.setattr(module, "time", lambda: start + moved[0])
    return moved


# --- authenticator app ---------------------------------------------------------------------------------------------


def test_a_code_of_the_app_is_good_once(alice, clock):
    give_app(alice.user)
    assert app_codes.take(alice.user.pk, app_code())
    assert not app_codes.take(alice.user.pk, app_code())


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)], ids=str)
def test_a_clock_may_be_one_period_off(alice, clock, steps, good):
    give_app(alice.user)
    assert app_codes.take(alice.user.pk, app_code(steps=steps)) is good


@pytest.mark.parametrize("later", [29, 31, 59])
def test_a_used_code_is_not_good_as_the_code_of_a_slow_clock(alice, clock, later):
    give_app(alice.user)
    code = app_code(steps=1)
    assert app_codes.take(alice.user.pk, code)
    clock[0] += later
    assert not app_codes.take(alice.user.pk, code)


def test_an_earlier_code_is_not_good_after_a_later_one(alice, clock):
    give_app(alice.user)
    assert app_codes.take(alice.user.pk, app_code())
    assert not app_codes.take(alice.user.pk, app_code(steps=-1))
    clock[0] += 30
    assert app_codes.take(alice.user.pk, app_code())


def test_the_code_that_proved_a_new_app_is_used_up(alice, clock):
    app_codes.add(alice.user.pk, SECRET, period=app_codes.period_of(SECRET, app_code()))
    assert not app_codes.take(alice.user.pk, app_code())


def test_the_code_of_somebody_else_is_wrong(alice, bob, clock):
    give_app(alice.user)
    give_app(bob.user, "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK")
    assert not app_codes.take(bob.user.pk, app_code())
    assert not app_codes.take(alice.user.pk, "")
    assert not app_codes.take(alice.user.pk, "²²²²²²")


def test_the_secret_of_an_app_is_sealed(alice, settings):
    kept = give_app(alice.user).data["secret"]
    assert SECRET not in kept
    assert made.sealed(SECRET) != kept
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    assert app_codes.take(alice.user.pk, app_code())


def test_an_app_sealed_with_a_lost_key_takes_no_code(alice, settings):
    give_app(alice.user)
    settings.SECRET_KEY = "another" * 10
    assert not app_codes.take(alice.user.pk, app_code())


@pytest.mark.django_db(transaction=True)
def test_of_many_who_send_a_code_of_the_app_at_once_one_gets_in(alice):
    give_app(alice.user)
    code = app_code()
    assert sum(at_once(6, lambda: app_codes.take(alice.user.pk, code))) == 1


# --- email --------------------------------------------------------------------------------------------------------


def move_sent(minutes: float) -> None:
    """As if the last code had been sent so many minutes ago."""
    EmailCodes.objects.update(sent_at=timezone.now() - dt.timedelta(minutes=minutes))


def test_a_code_by_e_mail_is_six_digits_and_good_once(alice):
    code = email_codes.new_code(alice.user, purpose=FOR_SIGN_IN)
    assert len(code) == 6
    assert code.isdecimal()
    assert email_codes.is_waiting(alice.user.pk, purpose=FOR_SIGN_IN)
    assert email_codes.take(alice.user, f" {code[:3]} {code[3:]}", purpose=FOR_SIGN_IN)
    assert not email_codes.take(alice.user, code, purpose=FOR_SIGN_IN)
    assert not email_codes.is_waiting(alice.user.pk, purpose=FOR_SIGN_IN)


@pytest.mark.parametrize(("minutes", "good"), [(4.9, True), (5, False)])
def test_a_code_by_e_mail_is_good_for_five_minutes(alice, minutes, good):
    code = email_codes.new_code(alice.user, purpose=FOR_SIGN_IN)
    move_sent(minutes)
    assert email_codes.take(alice.user, code, purpose=FOR_SIGN_IN) is good


def test_the_next_code_is_sent_after_a_minute_and_ends_the_one_before(alice):
    first = email_codes.new_code(alice.user, purpose=FOR_SIGN_IN)
    with pytest.raises(Throttled) as refused:
        email_codes.new_code(alice.user, purpose=FOR_SIGN_IN)
    assert 55 < refused.value.seconds <= 60
    move_sent(1)
    assert email_codes.seconds_to_wait(alice.user.pk) == 0
    second = email_codes.new_code(alice.user, purpose=FOR_SIGN_IN)
    if first != second:
        assert not email_codes.take(alice.user, first, purpose=FOR_SIGN_IN)
    assert email_codes.take(alice.user, second, purpose=FOR_SIGN_IN)


@pytest.mark.parametrize(("wrong", "good"), [(4, True), (5, False)])
def test_a_code_by_e_mail_ends_after_five_wrong_ones(alice, wrong, good):
    code = email_codes.new_code(alice.user, purpose=FOR_SIGN_IN)
    for _ in range(wrong):
        assert not email_codes.take(alice.user, "x", purpose=FOR_SIGN_IN)
    assert email_codes.take(alice.user, code, purpose=FOR_SIGN_IN) is good


def test_a_code_by_e_mail_is_good_for_what_it_was_sent_for(alice):
    code = email_codes.new_code(alice.user, purpose=email_codes.TO_CONFIRM)
    assert not email_codes.take(alice.user, code, purpose=FOR_SIGN_IN)
    assert email_codes.take(alice.user, code, purpose=email_codes.TO_CONFIRM)


def test_a_code_that_went_to_an_address_of_before_is_good_for_nothing(alice):
    code = email_codes.new_code(alice.user, purpose=FOR_SIGN_IN)
    alice.user.email = "new@lab.example"
    assert not email_codes.take(alice.user, code, purpose=FOR_SIGN_IN)


def test_no_table_knows_a_code(alice):
    code = email_codes.new_code(alice.user, purpose=FOR_SIGN_IN)
    backups = give_backup_codes(alice.user)
    assert code not in EmailCodes.objects.get().digest
    kept = set(BackupCode.objects.values_list("digest", flat=True))
    assert len(kept) == 10
    assert not any(backup.replace("-", "") in digest for backup in backups for digest in kept)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_send_a_code_by_e_mail_at_once_one_gets_in(alice):
    code = email_codes.new_code(alice.user, purpose=FOR_SIGN_IN)
    taken = at_once(4, lambda: email_codes.take(fresh(alice.user), code, purpose=FOR_SIGN_IN))
    assert sum(taken) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_for_a_code_at_once_one_is_sent_one(alice):
    def ask():
        try:
            return bool(email_codes.new_code(alice.user, purpose=FOR_SIGN_IN))
        except Throttled:
            return False

    assert sum(at_once(4, ask)) == 1


# --- backup codes --------------------------------------------------------------------------------------------------


def test_a_backup_code_is_good_once_however_it_is_typed(alice, bob):
    codes = give_backup_codes(alice.user)
    assert not backup_codes.take(bob.user.pk, codes[0])
    assert backup_codes.take(alice.user.pk, codes[0].upper().replace("-", " "))
    assert not backup_codes.take(alice.user.pk, codes[0])
    assert backup_codes.unused(alice.user.pk).count() == 9


def test_new_backup_codes_end_the_old_ones(alice):
    old = give_backup_codes(alice.user)
    new = give_backup_codes(alice.user)
    assert not backup_codes.take(alice.user.pk, old[0])
    assert backup_codes.take(alice.user.pk, new[0])


def test_backup_codes_outlive_a_change_of_the_key(alice, settings):
    codes = give_backup_codes(alice.user)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    assert backup_codes.take(alice.user.pk, codes[0])
    assert not backup_codes.take(alice.user.pk, codes[0])


@pytest.mark.django_db(transaction=True)
def test_of_many_who_send_a_backup_code_at_once_one_gets_in(alice):
    code = give_backup_codes(alice.user)[0]
    assert sum(at_once(6, lambda: backup_codes.take(alice.user.pk, code))) == 1


# --- limits ----------------------------------------------------------------------------------------------------------


def attempt(user, right, caller=HERE):
    return second_factor.attempt(user, lambda: right, caller=caller, about="Authenticator app")


def test_wrong_codes_from_one_network_do_not_lock_out_the_owner_elsewhere(alice, settings, clock):
    settings.BRAINSTEM_THROTTLE = True
    for _ in range(second_factor.FROM_NETWORK.tries):
        assert not attempt(alice.user, False)
    with pytest.raises(Throttled):
        attempt(alice.user, True)
    assert attempt(alice.user, True, THERE)
    clock[0] += second_factor.FROM_NETWORK.seconds
    assert attempt(alice.user, True)


def test_right_codes_are_not_counted(alice, settings, clock):
    settings.BRAINSTEM_THROTTLE = True
    for _ in range(second_factor.FROM_NETWORK.tries + 5):
        assert attempt(alice.user, True)


def test_wrong_codes_from_everywhere_are_limited_but_not_where_the_owner_came_from(alice, settings, clock):
    settings.BRAINSTEM_THROTTLE = True
    SecurityEvent.objects.create(user=alice.user, kind="signed_in", address=HERE["address"])
    for number in range(second_factor.AT_ALL.tries):
        assert not attempt(alice.user, False, {"address": f"203.0.113.{number}", "agent": ""})
    with pytest.raises(Throttled):
        attempt(alice.user, True, THERE)
    assert attempt(alice.user, True, HERE)


def test_a_refused_network_does_not_use_up_the_limit_of_all(alice, settings, clock):
    settings.BRAINSTEM_THROTTLE = True
    for _ in range(second_factor.AT_ALL.tries + 5):
        try:
            attempt(alice.user, False)
        except Throttled:
            continue
    assert attempt(alice.user, True, THERE)


def test_the_owner_is_told_after_three_wrong_codes_from_anywhere_and_again_after_an_hour(alice, clock):
    told = []
    for minute in range(0, 180, 5):
        clock[0] = minute * 60
        attempt(alice.user, False, {"address": f"203.0.113.{minute}", "agent": ""})
        if second_factor.is_to_be_told(alice.user):
            told.append(minute)
    assert told == [10, 70, 130]


def test_right_codes_and_few_wrong_ones_are_not_told(alice, bob, clock):
    for _ in range(5):
        attempt(alice.user, True)
        attempt(bob.user, False)
    for _ in range(second_factor.TOLD_AFTER - 1):
        attempt(alice.user, False)
    assert not second_factor.is_to_be_told(alice.user)
    assert second_factor.is_to_be_told(bob.user)


@pytest.mark.django_db(transaction=True)
def test_of_many_wrong_codes_at_once_one_is_told(alice):
    for _ in range(second_factor.TOLD_AFTER):
        attempt(alice.user, False)
    assert sum(at_once(6, lambda: second_factor.is_to_be_told(alice.user))) == 1


def test_whether_codes_are_blocked_can_be_asked_without_being_counted(alice, settings, clock):
    settings.BRAINSTEM_THROTTLE = True
    for _ in range(second_factor.FROM_NETWORK.tries - 1):
        attempt(alice.user, False)
    for _ in range(5):
        second_factor.refuse_blocked(alice.user, HERE["address"])
    attempt(alice.user, False)
    with pytest.raises(Throttled):
        second_factor.refuse_blocked(alice.user, HERE["address"])
    second_factor.refuse_blocked(alice.user, THERE["address"])


def test_codes_that_are_blocked_everywhere_are_not_where_the_owner_came_from(alice, settings, clock):
    settings.BRAINSTEM_THROTTLE = True
    SecurityEvent.objects.create(user=alice.user, kind="signed_in", address=HERE["address"])
    for number in range(second_factor.AT_ALL.tries):
        attempt(alice.user, False, {"address": f"203.0.113.{number}", "agent": ""})
    with pytest.raises(Throttled):
        second_factor.refuse_blocked(alice.user, THERE["address"])
    second_factor.refuse_blocked(alice.user, HERE["address"])


def test_a_wrong_code_stands_in_the_log_of_the_account(alice):
    assert not attempt(alice.user, False)
    event = SecurityEvent.objects.latest("id")
    assert (event.user, event.kind, event.about) == (alice.user, "second_factor_failed", "Authenticator app")
    assert (event.address, event.agent) == (HERE["address"], HERE["agent"])


# --- whether there is a second factor ------------------------------------------------------------------------------------


def give_passkey(user):
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": "Key", "credential": {}})


GIVE = {"app": give_app, "email": give_email_codes, "passkey": give_passkey}


@pytest.mark.parametrize("method", GIVE)
def test_the_account_says_whether_it_has_a_second_factor(alice, method):
    GIVE[method](alice.user)
    give_backup_codes(alice.user)
    has = fresh(alice.user)
    assert (has.two_factor_enabled, has.two_factor_default) == (True, method)
    key = Authenticator.objects.filter(type="webauthn").values_list("pk", flat=True).first()
    assert two_factor.remove(has, two_factor.Method(method), passkey=key)
    has = fresh(alice.user)
    assert (has.two_factor_enabled, has.two_factor_default) == (False, "")
    assert not BackupCode.objects.exists()


def test_codes_by_e_mail_that_were_never_proved_are_no_second_factor(alice):
    email_codes.new_code(alice.user, purpose=email_codes.TO_ADD)
    assert not fresh(alice.user).two_factor_enabled
    assert two_factor.methods_of(alice.user.pk) == []


def test_what_allauth_deletes_by_itself_is_noticed(alice):
    give_app(alice.user)
    Authenticator.objects.all().delete()
    assert not fresh(alice.user).two_factor_enabled


def test_the_default_is_the_first_method_until_another_is_chosen(alice):
    for give in GIVE.values():
        give(alice.user)
    assert fresh(alice.user).two_factor_default == "app"
    assert two_factor.choose_default(alice.user.pk, "passkey")
    two_factor.remove(alice.user, two_factor.Method.APP)
    assert fresh(alice.user).two_factor_default == "passkey"
    assert not two_factor.choose_default(alice.user.pk, "app")
    assert fresh(alice.user).two_factor_default == "passkey"


def test_an_account_goes_with_its_methods(alice):
    for give in GIVE.values():
        give(alice.user)
    give_backup_codes(alice.user)
    alice.user.delete()
    assert not Authenticator.objects.exists()
    assert not EmailCodes.objects.exists()
    assert not BackupCode.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_flag_is_right_when_one_method_is_removed_while_another_is_added(alice):
    give_app(alice.user)
    works = [lambda: two_factor.remove(alice.user, two_factor.Method.APP), lambda: give_passkey(alice.user)]

    def do_one():
        work = works.pop()
        return work()

    at_once(2, do_one)
    assert two_factor.methods_of(alice.user.pk) == ["passkey"]
    assert fresh(alice.user).two_factor_enabled


@pytest.mark.django_db(transaction=True)
def test_of_two_who_remove_the_last_two_methods_at_once_one_is_refused_where_one_is_required(alice, settings):
    settings.BRAINSTEM_TWO_FACTOR_DOMAINS = ["lab.example"]
    give_app(alice.user)
    give_email_codes(alice.user)
    methods = [two_factor.Method.APP, two_factor.Method.EMAIL]

    def remove():
        try:
            return two_factor.remove(alice.user, methods.pop())
        except Invalid:
            return False

    assert sorted(at_once(2, remove)) == [False, True]
    assert len(two_factor.methods_of(alice.user.pk)) == 1
    assert fresh(alice.user).two_factor_enabled


@pytest.mark.parametrize(
    ("domains", "email", "required"),
    [
        ([], "a@lab.example", False),
        (["lab.example"], "a@lab.example", True),
        (["lab.example"], "a@LAB.example", True),
        (["lab.example"], "a@sub.lab.example", False),
        (["lab.example"], "a@notlab.example", False),
        (["*"], "a@elsewhere.example", True),
    ],
)
def test_domains_that_require_it_are_compared_whole(settings, domains, email, required):
    settings.BRAINSTEM_TWO_FACTOR_DOMAINS = domains
    assert two_factor.is_required(email) is required


def test_enabling_twice_is_done_once(alice):
    email_codes.new_code(alice.user, purpose=email_codes.TO_ADD)
    with transaction.atomic():
        assert email_codes.enable(alice.user.pk)
        assert not email_codes.enable(alice.user.pk)


def test_no_six_digits_are_taken_for_a_wrong_code_by_chance():
    assert wrong_code() not in {app_code(steps=steps) for steps in (-1, 0, 1)}
