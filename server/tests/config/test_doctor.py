"""``doctor`` finds what is misconfigured and says how to fix it."""

import io
import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from brainstem.apps.taxonomies.models.species import Species
from brainstem.apps.users.two_factor_models import EmailCodes
from brainstem.config import diagnosis
from brainstem.config.diagnosis import LATE
from brainstem.config.safety import Deployment, Finding, unsafe
from brainstem.core.models import TaskWorker

pytestmark = pytest.mark.django_db


@pytest.fixture
def well(settings, tmp_path, monkeypatch):
    """A server that nothing is wrong with."""
    settings.BRAINSTEM_FINDINGS = []
    settings.BRAINSTEM_THROTTLE = True
    settings.BRAINSTEM_BEHIND_PROXY, settings.BRAINSTEM_TRUSTED_PROXIES = False, 0
    settings.BRAINSTEM_DATA_DIR = tmp_path
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    monkeypatch.setattr(diagnosis, "about_access", lambda: ())
    Species.objects.create(name="Mus musculus")
    get_user_model().objects.create_superuser(email="boss@lab.example")
    TaskWorker.objects.create(name="worker", seen_at=timezone.now())
    return settings


def doctor(*options):
    """Exit code and output."""
    out = io.StringIO()
    try:
        call_command("doctor", *options, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue()
    return 0, out.getvalue()


def test_a_server_with_nothing_wrong_is_well(well):
    assert doctor() == (0, "Ready.\n")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DEBUG", True, "DEBUG is on"),
        ("BRAINSTEM_THROTTLE", False, "BRAINSTEM_THROTTLE is off"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "EMAIL_URL is not set"),
        ("BRAINSTEM_FINDINGS", [Finding("SECRET_KEY", "is not set.", "Set it.")], "SECRET_KEY is not set. Set it."),
    ],
)
def test_a_wrong_setting_is_found(well, name, value, words):
    setattr(well, name, value)
    code, out = doctor()
    assert code == 1
    assert words in out


@pytest.mark.parametrize(
    ("behind", "trusted", "words"), [(True, 0, "is 0 although BRAINSTEM_BEHIND_PROXY is on"), (False, -1, "is -1.")]
)
def test_a_proxy_that_is_not_counted_is_found(well, behind, trusted, words):
    well.BRAINSTEM_BEHIND_PROXY, well.BRAINSTEM_TRUSTED_PROXIES = behind, trusted
    code, out = doctor()
    assert code == 1
    assert f"BRAINSTEM_TRUSTED_PROXIES {words}" in out


@pytest.mark.parametrize(("behind", "trusted"), [(True, 1), (True, 2), (False, 0), (False, 1)])
def test_proxies_that_are_counted_are_well(well, behind, trusted):
    well.BRAINSTEM_BEHIND_PROXY, well.BRAINSTEM_TRUSTED_PROXIES = behind, trusted
    assert doctor()[0] == 0


def test_a_data_folder_that_is_not_there_is_found(well, tmp_path):
    well.BRAINSTEM_DATA_DIR = tmp_path / "nowhere"
    assert "mkdir -p" in doctor()[1]


def test_a_server_without_an_administrator_is_found(well):
    get_user_model().objects.filter(is_superuser=True).update(is_active=False)
    code, out = doctor()
    assert code == 1
    assert "administrator: there is none" in out
    assert "brainstem-server createsuperuser" in out


def test_the_known_passwords_of_the_demo_lab_are_found_and_others_are_not(well):
    users = get_user_model().objects
    bob = users.create_user(email="bob@example.org", password="demo-bob-hippocampus")
    users.create_user(email="dana@example.org", password="a password of her own")
    code, out = doctor()
    assert code == 1
    assert (
        "demo lab: its known passwords sign in: bob@example.org. Change them, or run: brainstem-server deactivate"
        in out
    )
    assert "demo-bob" not in out
    users.filter(pk=bob.pk).update(is_active=False)
    assert doctor() == (0, "Ready.\n")


@pytest.mark.parametrize("url", ["http://lab.example.org", "https://other.example.org", "lab.example.org", ""])
def test_every_finding_about_a_setting_is_a_sentence_with_a_value_that_mends_it(url):
    values = {"secret_key": "short", "former_keys": ["short"], "allowed_hosts": ["lab.example.org"], "url": url}
    found = unsafe(Deployment(**values, cors_origins=["http://app.example.org"]))
    assert len(found) == 4
    for finding in found:
        assert re.match(rf"{finding.name} (is|has|names|uses|lists)\b", str(finding))
        assert (
            f"{finding.name}=" in finding.fix
            or "token_urlsafe" in finding.fix
            or "Remove it" in finding.fix
            or ("ALLOWED_HOSTS=lab.example.org,other.example.org" in finding.fix)
        )


def test_what_to_do_is_the_last_word(well):
    well.BRAINSTEM_THROTTLE = False
    with pytest.raises(CommandError, match=r"^1 to fix\. Then run this again: brainstem-server doctor$"):
        call_command("doctor", stdout=io.StringIO())


def test_a_key_that_others_can_read_is_found(well, tmp_path):
    (tmp_path / "secret_key").touch(mode=0o644)
    assert "chmod 600" in doctor()[1]


def test_a_database_that_does_not_answer_is_found_and_ends_no_examination(well, monkeypatch):
    def refuse():
        raise OperationalError("no such host")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    well.BRAINSTEM_THROTTLE = False
    code, out = doctor()
    assert code == 1
    assert "DATABASE_URL names a database that cannot be reached (no such host)" in out
    assert "BRAINSTEM_THROTTLE" in out


def test_migrations_that_are_not_applied_are_found(well, monkeypatch):
    plan = [("stem.0002_session_epochs", False)]
    monkeypatch.setattr(diagnosis.MigrationExecutor, "migration_plan", lambda *_: plan)
    assert "1 have not been applied, starting with stem.0002_session_epochs" in doctor()[1]


def test_accounts_that_say_wrongly_whether_they_have_a_second_factor_are_counted_and_fixed(well, alice, bob, charlie):
    for person, says in ((alice, True), (bob, False), (charlie, True)):
        EmailCodes.objects.create(user=person.user)  # a code that was sent and never typed in is no method
        if person is not alice:
            EmailCodes.objects.filter(user=person.user).update(enabled_at=timezone.now())
        get_user_model().objects.filter(pk=person.user.pk).update(two_factor_enabled=says)
    code, out = doctor()
    assert code == 1
    assert "two-factor: 2 accounts have a wrong two-factor flag." in out
    assert alice.email not in out
    code, out = doctor("--fix")
    assert (code, out) == (
        0, "Fixed: 2 accounts have a wrong two-factor flag.\nReady.\n"
    )  # fmt: skip
    assert doctor() == (0, "Ready.\n")
    flags = get_user_model().objects.filter(two_factor_enabled=True).values_list("pk", flat=True)
    assert set(flags) == {bob.user.pk, charlie.user.pk}


def test_what_cannot_be_fixed_is_still_told(well):
    well.BRAINSTEM_THROTTLE = False
    code, out = doctor("--fix")
    assert (code, "BRAINSTEM_THROTTLE is off" in out, "Mended" in out) == (1, True, False)


def test_an_app_and_a_passkey_are_second_factors_and_the_backup_codes_of_the_library_are_none(well, alice, bob):
    Authenticator.objects.create(user=alice.user, type="recovery_codes", data={})
    Authenticator.objects.create(user=bob.user, type="webauthn", data={})
    assert doctor()[0] == 0
    get_user_model().objects.filter(is_superuser=False).update(two_factor_enabled=True)
    assert "two-factor: 1 account has" in doctor()[1]


def test_roles_and_audiences_of_a_fresh_database_agree():
    assert list(diagnosis.about_access()) == []


# -- tasks -------------------------------------------------------------------------------------------------------------


def queue_task(**values):
    row = {"args_kwargs": {"args": [], "kwargs": {}}, "task_path": "x.y", "backend_name": "default", "run_after": None}
    made = DBTaskResult.objects.create(**row)
    DBTaskResult.objects.filter(pk=made.pk).update(**values)


def test_a_server_that_was_never_started_is_well(well):
    TaskWorker.objects.all().delete()
    assert doctor() == (0, "Ready.\n")


def test_a_queue_without_a_worker_is_found(well):
    TaskWorker.objects.all().delete()
    queue_task()
    assert "tasks: no worker has ever been seen" in doctor()[1]
    TaskWorker.objects.create(name="worker", seen_at=timezone.now() - LATE * 2)
    assert "tasks: no worker has been seen since" in doctor()[1]
    TaskWorker.objects.update(seen_at=timezone.now())
    assert doctor()[0] == 0


def test_tasks_that_pile_up_or_were_given_up_are_found(well):
    now = timezone.now()
    queue_task(enqueued_at=now - LATE * 2, run_after=now + LATE)  # is tried again later
    assert doctor()[0] == 0
    for _ in range(2):
        queue_task(enqueued_at=now - LATE * 2)
    queue_task(status="FAILED", finished_at=now)
    code, out = doctor()
    assert code == 1
    assert "tasks: 2 were due ten minutes ago and were not done." in out
    assert "tasks: 1 was given up in the last two weeks." in out
