"""The file of settings: read as systemd and Docker read it, refused when others could read it, written once."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from brainstem.config import env_file, first_run

from .test_cli import run

DOCS = Path(__file__).resolve().parents[3] / "docs" / "settings.md"
KEY = "q7Zr0mXc4V9tJ2nB5wKs8yLd1fGh3pTe6uRa_iOxQvNzMkWjEb-CYHgF"
NOT_FOR_THE_FILE = {
    "DEBUG",  # for development
    "BRAINSTEM_ENV_FILE",  # names the file
    "BRAINSTEM_ADMIN_PASSWORD",  # is needed once
}


@pytest.fixture
def file(tmp_path):
    """Writes a file of settings that only its owner can read."""

    def write(text, mode=0o600):
        path = tmp_path / "lab.env"
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    return write


# -- reading -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("NAME=value", "value"),
        ("  NAME=value  \r", "value"),
        ("NAME=", ""),
        ("NAME=a=b", "a=b"),
        ("NAME=BrainSTEM <lab@example.org>", "BrainSTEM <lab@example.org>"),
        ("NAME='in quotes # with all \\ of it'", "in quotes # with all \\ of it"),
        ('NAME="in quotes # too"', "in quotes # too"),
        ("NAME=smtp://user:a%40b#c@host", "smtp://user:a%40b#c@host"),
        ("\ufeff# with a byte order mark\nNAME=value", "value"),
        ("# NAME=no\n; NAME=no\n\nNAME=value\n", "value"),
        ("NAME=first\nNAME=last", "last"),
    ],
)
def test_a_line_is_a_name_and_a_value(file, line, value):
    assert env_file.read(file(line)) == {"NAME": value}


@pytest.mark.parametrize(
    "line", ["NAME", "export NAME=s3cret", "NAME =s3cret", "1NAME=s3cret", "=s3cret", "NAMÉ=s3cret", "N=s3cret\0"]
)
def test_a_line_that_is_none_is_named_without_what_may_be_a_secret(file, line):
    with pytest.raises(ImproperlyConfigured, match=r"lab\.env, line 2: expected NAME=value") as caught:
        env_file.read(file(f"# settings\n{line}\n"))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("value", ["'s3cret", "\"s3cret'", "'s3'cret'", "'", "s3cret # why", "s3\\cret", '"s3\\cret"'])
def test_a_value_that_is_read_differently_elsewhere_is_refused_without_repeating_it(file, value):
    with pytest.raises(ImproperlyConfigured, match=r"lab\.env, line 1: the value of NAME ") as caught:
        env_file.read(file(f"NAME={value}"))
    assert "s3" not in str(caught.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644])
def test_a_file_that_others_may_read_or_change_is_refused(file, mode):
    path = file("NAME=value", mode)
    with pytest.raises(ImproperlyConfigured, match="chmod 600") as caught:
        env_file.read(path)
    assert str(path) in str(caught.value)
    path.chmod(0o400)
    assert env_file.read(path) == {"NAME": "value"}


def test_a_file_that_is_not_there_or_none_is_one_sentence(tmp_path):
    with pytest.raises(ImproperlyConfigured, match=r"does not exist.*brainstem-server init"):
        env_file.read(tmp_path / "lab.env")
    with pytest.raises(ImproperlyConfigured, match="cannot be read: Is a directory"):
        env_file.read(tmp_path)
    (tmp_path / "lab.env").write_bytes(b"NAME=\xff")
    (tmp_path / "lab.env").chmod(0o600)
    with pytest.raises(ImproperlyConfigured, match="not text in UTF-8"):
        env_file.read(tmp_path / "lab.env")


def test_what_is_in_the_environment_wins(file):
    environ = {"BRAINSTEM_ENV_FILE": str(file("ONE=file\nTWO=file")), "ONE": "environment"}
    env_file.add_to(environ)
    assert (environ["ONE"], environ["TWO"]) == ("environment", "file")


def test_without_a_file_nothing_is_added():
    environ = {"ONE": "environment"}
    env_file.add_to(environ)
    assert environ == {"ONE": "environment"}


@pytest.mark.parametrize(
    "value", ["plain", "", "two words", "$HOME", "a#b", "a #b", " spaces ", "back\\slash", "ünï", '"']
)
def test_what_is_written_is_read_as_it_was(file, value):
    assert env_file.read(file(f"NAME={env_file.written(value)}")) == {"NAME": value}


@pytest.mark.parametrize("value", ["two\nlines", "it's $5", "tab\t", "NUL\0"])
def test_what_no_line_can_hold_is_not_written(value):
    with pytest.raises(ValueError, match="cannot hold"):
        env_file.written(value)


@pytest.mark.slow
def test_the_server_takes_its_settings_from_the_file(file, tmp_path):
    path = file(f"SECRET_KEY={KEY}\nALLOWED_HOSTS=lab.example.org\nBRAINSTEM_URL=https://lab.example.org\n")
    done = run(tmp_path, "check", BRAINSTEM_ENV_FILE=str(path))
    assert done.returncode == 0, done.stderr
    done = run(tmp_path, "check", BRAINSTEM_ENV_FILE=str(path), BRAINSTEM_URL="http://lab.example.org")
    assert "BRAINSTEM_URL uses http" in done.stderr
    path.chmod(0o644)
    done = run(tmp_path, "check", BRAINSTEM_ENV_FILE=str(path))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "chmod 600" in done.stderr
    assert KEY not in done.stderr
    assert run(tmp_path, "help", "serve", BRAINSTEM_ENV_FILE=str(path)).returncode == 0


# -- writing -----------------------------------------------------------------------------------------------------------


def prepared(environ, *words):
    """Run what comes before ``init``; the file that it names."""
    first_run.prepare(["init", *words], environ)
    return Path(environ["BRAINSTEM_ENV_FILE"])


def test_a_new_file_is_complete_and_closed_to_others(tmp_path, capsys):
    path = prepared({}, str(tmp_path / "new" / "lab"))
    assert path == tmp_path / "new" / "lab" / "brainstem.env"
    assert path.stat().st_mode & 0o777 == 0o600
    values = env_file.read(path)
    assert len(values.pop("SECRET_KEY")) > 60
    assert values == {
        "BRAINSTEM_URL": "http://localhost:8000",
        "ALLOWED_HOSTS": "localhost,.localhost,127.0.0.1,[::1]",
        "BRAINSTEM_DATA_DIR": str(path.parent / "data"),
    }
    assert "Wrote" in capsys.readouterr().out


def test_every_setting_of_the_documentation_is_explained_in_the_file_and_the_other_way_round():
    others, text = "\n## The files in deploy/\n", DOCS.read_text(encoding="utf-8")
    assert others in text  # their variables are none of the server's
    documented = {
        name
        for row in re.findall(r"^\| (`[^|]+) \|", text.partition(others)[0], re.MULTILINE)
        for name in re.findall(r"[A-Z][A-Z_]+", row)
    }
    explained = set(re.findall(r"^#([A-Z_]+)=", first_run.TEMPLATE.read_text(encoding="utf-8"), re.MULTILINE))
    assert "BRAINSTEM_MAX_UNREAD_MB" in explained
    assert documented - NOT_FOR_THE_FILE == explained


def test_two_files_have_different_keys(tmp_path):
    one, two = (env_file.read(prepared({}, str(tmp_path / name)))["SECRET_KEY"] for name in "ab")
    assert one != two


def test_a_public_server_stands_behind_a_proxy(tmp_path):
    values = env_file.read(prepared({}, str(tmp_path), "--url", "https://lab.example.org/"))
    assert values["BRAINSTEM_URL"] == "https://lab.example.org"
    assert values["ALLOWED_HOSTS"] == "lab.example.org"
    assert (values["BRAINSTEM_BEHIND_PROXY"], values["BRAINSTEM_TRUSTED_PROXIES"]) == ("on", "1")


def test_what_is_set_already_is_written_down_and_a_password_is_not(tmp_path):
    environ = {
        "DATABASE_URL": "postgres://lab:pa$$@host/lab", "SECRET_KEY": KEY, "BRAINSTEM_DATA_DIR": "/srv/data",
        "BRAINSTEM_ADMIN_PASSWORD": "not for the file", "DEBUG": "on", "EMAIL_URL": "smtp://localhost",
    }  # fmt: skip
    path = prepared(environ, str(tmp_path))
    assert (
        env_file.read(path).items()
        >= {name: environ[name] for name in ("DATABASE_URL", "EMAIL_URL", "SECRET_KEY")}.items()
    )
    assert "not for the file" not in path.read_text()
    assert "DEBUG" not in env_file.read(path)


def test_keys_of_a_storage_are_written_down_only_if_uploads_are_in_a_bucket(tmp_path):
    keys = {"AWS_ACCESS_KEY_ID": "a-key", "AWS_SECRET_ACCESS_KEY": "its-secret"}
    path = prepared(dict(keys), str(tmp_path / "folder"))
    assert "its-secret" not in path.read_text()
    path = prepared(keys | {"BRAINSTEM_FILES_URL": "s3://lab-files"}, str(tmp_path / "bucket"))
    assert env_file.read(path).items() >= {**keys, "BRAINSTEM_FILES_URL": "s3://lab-files"}.items()


@pytest.mark.parametrize(
    ("environ", "url", "words"),
    [
        ({}, "http://lab.example.org", "BRAINSTEM_URL uses http"),
        ({}, "lab.example.org", "BRAINSTEM_URL is not a web address"),
        ({"SECRET_KEY": "short"}, "https://lab.example.org", "SECRET_KEY has 5 characters"),
        ({"EMAIL_URL": "smtp://two\nlines"}, "https://lab.example.org", "EMAIL_URL has characters"),
    ],
)
def test_an_unsafe_or_impossible_value_is_refused_and_nothing_is_written(tmp_path, environ, url, words):
    with pytest.raises(ImproperlyConfigured, match=words) as caught:
        prepared(environ, str(tmp_path), "--url", url)
    assert "Nothing was written" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_never_overwritten(tmp_path, capsys):
    path = tmp_path / "brainstem.env"
    path.write_text("NAME=mine")
    assert prepared({}, str(tmp_path), "--url", "https://other.example.org") == path
    assert path.read_text() == "NAME=mine"
    assert "is there already; nothing in it was changed" in capsys.readouterr().out


def test_what_a_link_points_to_is_not_overwritten_either(tmp_path):
    (tmp_path / "brainstem.env").symlink_to(tmp_path / "elsewhere")
    prepared({}, str(tmp_path))
    assert not (tmp_path / "elsewhere").exists()
    with pytest.raises(ImproperlyConfigured, match="File exists"):
        first_run.write(tmp_path / "brainstem.env", {})
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match=r"cannot be written: .* brainstem-server init ~/brainstem"):
        prepared({}, str(tmp_path / "file" / "lab"))


def test_without_a_folder_it_is_the_file_in_use_or_that_of_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert first_run.place(None, {}) == tmp_path / "brainstem.env"
    assert first_run.place(None, {"BRAINSTEM_ENV_FILE": "/etc/brainstem.env"}) == Path("/etc/brainstem.env")
    assert first_run.place("lab", {"BRAINSTEM_ENV_FILE": "/etc/brainstem.env"}) == tmp_path / "lab" / "brainstem.env"


def test_other_commands_prepare_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    environ = {}
    for words in (["migrate"], ["demo"], ["serve", "--port", "9000"], []):
        first_run.prepare(words, environ)
    assert (environ, list(tmp_path.iterdir())) == ({}, [])


@pytest.mark.parametrize(
    ("url", "command"),
    [
        ("http://localhost:8000", "brainstem-server serve"),
        ("http://localhost:9000", "brainstem-server serve --port 9000"),
        ("https://lab.example.org", "brainstem-server serve"),
    ],
)
def test_the_next_steps_can_be_copied(url, command):
    assert first_run.next_steps(Path("/my lab/brainstem.env"), url) == [
        "export BRAINSTEM_ENV_FILE='/my lab/brainstem.env'", "brainstem-server doctor", command,
    ]  # fmt: skip


# -- a demo of its own -------------------------------------------------------------------------------------------------


def test_a_demo_has_a_key_of_its_own_that_stays_and_is_closed_to_others(tmp_path):
    folder = tmp_path / "demo"
    environ = {"BRAINSTEM_DATA_DIR": str(folder), "BRAINSTEM_ENV_FILE": "/etc/brainstem.env"}
    first_run.prepare(["demo", "--serve", "--port", "9000"], environ)
    key = environ["SECRET_KEY"]
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert "BRAINSTEM_ENV_FILE" not in environ
    assert environ["BRAINSTEM_URL"] == "http://localhost:9000"
    assert "DEBUG" not in environ
    again = {"BRAINSTEM_DATA_DIR": str(folder)}
    first_run.prepare(["demo", "--serve"], again)
    assert again["SECRET_KEY"] == key


def test_a_demo_keeps_to_what_is_set(tmp_path):
    environ = {
        "BRAINSTEM_DATA_DIR": str(tmp_path), "SECRET_KEY": KEY, "BRAINSTEM_URL": "http://localhost:1", "ALLOWED_HOSTS": "x",
    }  # fmt: skip
    before = dict(environ)
    first_run.prepare(["demo", "--serve"], environ)
    assert environ == before
    assert list(tmp_path.iterdir()) == []


def test_a_demo_without_a_folder_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match="BRAINSTEM_DATA_DIR="):
        first_run.prepare(["demo", "--serve"], {"BRAINSTEM_DATA_DIR": str(tmp_path / "file" / "demo")})
