"""An encrypted backup shows nothing, stays incremental, and comes back with the private key."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from django.core.management.base import CommandError

from brainstem.config.backup.making import back_up
from brainstem.config.backup.restoring import restore, verify
from brainstem.config.backup.sealing import seal_for

from ..places import small_lab, somewhere

TOOLS = [name for name in ("age", "gpg") if shutil.which(name) and (name == "gpg" or shutil.which("age-keygen"))]
needs_one = pytest.mark.skipif(not TOOLS, reason="neither age nor gpg is installed")
NAMES = (b"alice", b"permit", b"users_user", b"a portrait")


@pytest.fixture
def lab(tmp_path):
    """A migrated place with an account and a portrait."""
    with small_lab(tmp_path / "lab") as found:
        yield found


@pytest.fixture(params=TOOLS)
def key(request, tmp_path, monkeypatch):
    """Recipient and file of a new key; with gpg, in a keyring of its own."""
    if request.param == "age":
        file = tmp_path / "key.txt"
        subprocess.run(["age-keygen", "-o", str(file)], check=True, capture_output=True)
        [line] = [line for line in file.read_text().splitlines() if "public key" in line]
        yield line.rpartition(" ")[2], str(file)
        return
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    made = ("gpg", "--batch", "--passphrase", "", "--quick-generate-key", "backup@lab.example", "future-default")
    subprocess.run(made, check=True, capture_output=True)
    yield "backup@lab.example", ""
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=True)


@needs_one
def test_an_encrypted_backup_shows_nothing_and_comes_back(lab, key, tmp_path):
    recipient, identity = key
    out = tmp_path / "backups"
    (lab.place.data / ".backup-killed").mkdir()  # with what an earlier run had not encrypted yet
    made = back_up(lab.place, out, recipient=recipient).folder
    for path in made.rglob("*"):
        assert not any(name.decode() in path.name for name in NAMES)
        assert not path.is_file() or not any(name in path.read_bytes() for name in NAMES)
    assert [path for path in lab.place.data.iterdir() if path.name.startswith(".")] == []
    assert verify(lab.place, out, identity=identity).manifest.tables["users_user"].rows == 1
    with somewhere(tmp_path / "empty", migrated=False) as empty:
        restore(empty.place, out, identity=identity)
        assert empty.counts() == lab.counts()
        assert empty.files() == lab.files()


@needs_one
def test_a_second_encrypted_backup_encrypts_only_what_is_new(lab, key, tmp_path):
    recipient, identity = key
    out = tmp_path / "backups"
    first = back_up(lab.place, out, recipient=recipient)
    lab.store("pictures/bob.jpg", b"another")
    second = back_up(lab.place, out, recipient=recipient)
    assert (first.copied, second.copied) == (2, 1)
    assert len(verify(lab.place, out, identity=identity).manifest.files) == 3
    assert back_up(lab.place, out).copied == 3  # what is encrypted is no file of a backup that is not


@needs_one
def test_a_changed_encrypted_file_is_refused(lab, key, tmp_path):
    recipient, identity = key
    out = tmp_path / "backups"
    made = back_up(lab.place, out, recipient=recipient).folder
    sealed = next(path for path in made.rglob("*") if path.parent.parent.name == "sealed")
    sealed.write_bytes(sealed.read_bytes()[:-1])
    with pytest.raises(CommandError, match=r"sealed/.+ has changed; nothing was changed"):
        verify(lab.place, out, identity=identity)


@needs_one
def test_without_the_private_key_nothing_is_restored(lab, key, tmp_path, monkeypatch):
    out = tmp_path / "backups"
    back_up(lab.place, out, recipient=key[0])
    (tmp_path / "stranger").mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(tmp_path / "stranger"))
    with somewhere(tmp_path / "empty", migrated=False) as empty:
        with pytest.raises(CommandError, match=r"gpg failed|--identity FILE"):
            restore(empty.place, out)
        assert empty.place.database.occupied() == ""


@pytest.mark.parametrize(("recipient", "program"), [("age1abc", "age"), ("somebody@lab.example", "gpg")])
def test_a_program_that_is_not_installed_is_named(recipient, program, monkeypatch):
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(CommandError, match=f"^{program} is not installed"):
        seal_for(recipient)


@pytest.mark.skipif("gpg" not in TOOLS, reason="gpg is not installed")
def test_a_key_that_gpg_does_not_know_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("GNUPGHOME", str(tmp_path))
    tmp_path.chmod(0o700)
    with pytest.raises(CommandError, match=r"GnuPG knows no key for 'nobody@lab\.example'"):
        seal_for("nobody@lab.example")
