"""``init`` makes what is missing, and changes nothing that is there; test_env_file is about the file that it writes."""

import io
import os
import pty
import subprocess
import sys

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from django.db import connection

from brainstem.apps.stem.models.session import Session
from brainstem.apps.taxonomies.models.species import Species
from brainstem.config import administrator
from brainstem.core.access import counters
from brainstem.core.models import Change

from ..templates import copy_sqlite
from .test_cli import command_of, environment_of, run

EMAIL, PASSWORD = "ada@lab.example", "seventeen grey herons"


@pytest.fixture
def bob(db):
    """Somebody has an account already, so the database counts as made."""
    return get_user_model().objects.create_user(email="bob@lab.example", password="a password of his own")


@pytest.fixture
def init(bob, monkeypatch, tmp_path):
    """Runs the command without a terminal; what it printed."""
    monkeypatch.setenv("BRAINSTEM_ENV_FILE", str(tmp_path / "brainstem.env"))
    monkeypatch.delenv("BRAINSTEM_ADMIN_PASSWORD", raising=False)

    def call(*, stdin="", **options):
        out = io.StringIO()
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        call_command("init", stdout=out, **{"no_catalogue": True} | options)
        return out.getvalue()

    return call


def test_the_first_administrator_signs_in(init):
    out = init(email=" Ada@Lab.example ", stdin=f"{PASSWORD}\nnot this line\n", password_stdin=True)
    assert "ada@lab.example is the administrator." in out
    assert PASSWORD not in out
    user = authenticate(username=EMAIL, password=PASSWORD)
    assert user is not None
    assert user.is_superuser


def test_known_passwords_do_not_get_into_a_database_of_others(bob, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match=r"none of the demo lab.*BRAINSTEM_DATA_DIR="):
        call_command("demo", serve=True)
    assert get_user_model().objects.count() == 1


def test_the_password_may_come_from_a_variable(init, monkeypatch):
    monkeypatch.setenv("BRAINSTEM_ADMIN_PASSWORD", PASSWORD)
    init(email=EMAIL)
    assert authenticate(username=EMAIL, password=PASSWORD) is not None


def test_the_next_commands_are_printed(init, tmp_path):
    out = init(email=EMAIL, stdin=PASSWORD, password_stdin=True)
    assert out.endswith(
        f"\nNext:\n  export BRAINSTEM_ENV_FILE={tmp_path}/brainstem.env\n"
        "  brainstem-server doctor\n  brainstem-server serve\n"
    )


@pytest.mark.parametrize("options", [{}, {"email": EMAIL}, {"password_stdin": True, "stdin": PASSWORD}])
def test_without_a_terminal_and_without_both_it_ends_with_what_to_do(init, options):
    with pytest.raises(CommandError, match=r"init 'my lab' --email you@lab\.example\.org --password-stdin < FILE"):
        init(folder="my lab", **options)
    assert not administrator.exists()


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [
        ("nonsense", PASSWORD, "valid email address"),
        (EMAIL, "x7Kq", "at least 10 characters"),
        (EMAIL, "ada@lab.example", "too similar"),
        (EMAIL, "x7Kq" * 257, "longer than 1024"),
    ],
)
def test_what_the_pages_would_refuse_is_refused_here(init, email, password, words):
    with pytest.raises(CommandError, match=words) as caught:
        init(email=email, stdin=password, password_stdin=True)
    assert password == email or password not in str(caught.value)
    assert not administrator.exists()


def test_the_account_of_somebody_else_does_not_become_an_administrator(init, bob):
    with pytest.raises(CommandError, match="has an account"):
        init(email="BOB@lab.example", stdin=PASSWORD, password_stdin=True)
    bob.refresh_from_db()
    assert not bob.is_superuser
    assert bob.check_password("a password of his own")


def test_a_second_run_adds_no_administrator_and_says_so(init):
    init(email=EMAIL, stdin=PASSWORD, password_stdin=True)
    out = init(email="eve@lab.example", stdin=PASSWORD, password_stdin=True)
    assert "The database is there already." in out
    assert "There is an administrator already." in out
    assert set(get_user_model().objects.values_list("email", flat=True)) == {"bob@lab.example", EMAIL}


def test_the_catalogue_is_loaded_into_an_empty_one_only(init):
    Species.objects.create(name="Suncus etruscus")
    before = Change.objects.count()
    out = init(email=EMAIL, stdin=PASSWORD, password_stdin=True, no_catalogue=False)
    assert "The catalogue has entries already" in out
    assert (Species.objects.count(), Change.objects.count()) == (1, before)


@pytest.mark.slow
def test_what_an_interruption_left_out_is_made_up_for(init, bob):
    bob.delete()
    table = Session._meta.db_table
    on_table = "" if connection.vendor == "sqlite" else f" ON {table}"
    name = f"core_count_insert_{table}" if connection.vendor == "sqlite" else "core_count_insert"
    connection.cursor().execute(f"DROP TRIGGER {name}{on_table}")
    assert counters.not_in_place() != []
    init(email=EMAIL, stdin=PASSWORD, password_stdin=True)
    assert counters.not_in_place() == []


@pytest.mark.slow
def test_a_new_server_gets_the_catalogue(init):
    out = init(email=EMAIL, stdin=PASSWORD, password_stdin=True, no_catalogue=False)
    assert "species, strains, brain regions" in out
    assert Species.objects.filter(name="Mus musculus").exists()


def test_the_database_of_another_version_is_left_alone(init, monkeypatch):
    monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *_: [("stem", False)])
    with pytest.raises(CommandError, match=r"Back it up, then run: brainstem-server migrate"):
        init(email=EMAIL, stdin=PASSWORD, password_stdin=True)


# -- as people run it --------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("words", [["--password", "hunter2"], ["--password=hunter2"], ["--url"], ["one", "two"]])
def test_a_password_is_no_argument_and_wrong_options_make_nothing(tmp_path, words):
    done = run(tmp_path, "init", *words)
    assert done.returncode == 2
    assert "usage: brainstem-server init" in done.stderr
    assert list(tmp_path.iterdir()) == []


class Terminal:
    """The command at a terminal, which is typed into."""

    def __init__(self, folder):
        self.side, other = pty.openpty()
        self.process = subprocess.Popen(
            command_of("init", "--no-catalogue"), cwd=folder, env=environment_of(), stdin=other, stdout=other,
            stderr=other, start_new_session=True,
        )  # fmt: skip
        os.close(other)
        self.shown = b""

    def answer(self, prompt, text):
        """Wait until the last thing on the screen is this prompt, then type."""
        self.read_until(lambda: self.shown.endswith(prompt.encode()))
        os.write(self.side, text.encode() + b"\n")
        self.shown += b"|"

    def read_until(self, true):
        """Read what is written to the terminal."""
        while not true():
            try:
                found = os.read(self.side, 1000)
            except OSError:  # the command has ended
                break
            self.shown += found

    def end(self):
        """All that was on the screen, and the exit code."""
        self.read_until(lambda: False)
        os.close(self.side)
        return self.shown.decode().replace("\r\n", "\n"), self.process.wait(60)


@pytest.fixture
def terminal(tmp_path):
    (tmp_path / "data").mkdir()
    copy_sqlite(tmp_path / "data" / "brainstem.sqlite3")
    opened = Terminal(tmp_path)
    yield opened
    if opened.process.poll() is None:
        opened.process.kill()
        opened.process.wait()


@pytest.mark.slow
def test_a_terminal_is_asked_until_the_answers_are_good_and_shows_no_password(terminal):
    terminal.answer("Email address: ", "nonsense")
    terminal.answer("Email address: ", EMAIL)
    terminal.answer("Password: ", "short")
    terminal.answer("Password: ", PASSWORD)
    terminal.answer("The same again: ", "something else")
    terminal.answer("Password: ", PASSWORD)
    terminal.answer("The same again: ", PASSWORD)
    shown, code = terminal.end()
    assert code == 0, shown
    assert "valid email address" in shown
    assert "at least 10 characters" in shown
    assert "The two differ." in shown
    assert f"{EMAIL} is the administrator." in shown
    assert PASSWORD not in shown


@pytest.mark.slow
def test_whoever_changes_their_mind_leaves_no_traceback(terminal):
    terminal.answer("Email address: ", "\x04")
    shown, code = terminal.end()
    assert code == 1
    assert "Run this again to go on." in shown
    assert "Traceback" not in shown
