"""Tokens that turned up in a file are found by their form, ended, and their owners told."""

import io
import sys

import pytest
from django.core import mail
from django.core.management import CommandError, call_command, get_commands

from brainstem.apps.users import accounts, events, leaks, tokens
from brainstem.apps.users.token_text import checksum, new_text
from brainstem.config.cli import spelled

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path, capsys):
    """What the command prints about a file with this content."""

    def run(content):
        file = tmp_path / "leak.txt"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        call_command("revoke_leaked", str(file))
        return capsys.readouterr().out

    return run


def found(content):
    return list(leaks.texts_in(io.BytesIO(content if isinstance(content, bytes) else content.encode())))


# --- the whole of it -----------------------------------------------------------------------------------------------


def test_a_token_in_a_file_is_revoked_and_its_owner_told(user, run, django_capture_on_commit_callbacks):
    leaked, kept = tokens.create_personal(user, name="Cluster"), tokens.create_personal(user, name="Rig")
    with django_capture_on_commit_callbacks(execute=True):
        out = run(f'client = BrainstemClient("{leaked.raw}")  # do not commit\n')
    assert out == f"{leaked.token.prefix}  revoked\n1 token of 1 person found, 1 revoked.\n"
    assert tokens.authenticate(leaked.raw) is None
    assert tokens.authenticate(kept.raw)
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == ([user.email], "One of your tokens was found in a public place")
    assert f"Cluster ({leaked.token.prefix})" in sent.body
    assert leaked.raw.split("_")[2] not in sent.body + out
    event = events.of(user).first()
    assert (event.kind, event.about, event.agent) == (
        "token_revoked",
        f"Cluster ({leaked.token.prefix})",
        "brainstem-server revoke-leaked",
    )


def test_several_of_several_people_are_one_mail_each(user, bob, run, django_capture_on_commit_callbacks):
    mine = [tokens.create_personal(user, name=str(number)) for number in range(3)]
    his = tokens.create_personal(bob.user, name="his")
    text = "\n".join(issued.raw for issued in [*mine, his, mine[0]])
    with django_capture_on_commit_callbacks(execute=True):
        out = run(text)
    assert out.splitlines()[-1] == "4 tokens of 2 people found, 4 revoked."
    assert len(out.splitlines()) == 5
    assert sorted(sent.to for sent in mail.outbox) == sorted([[user.email], [bob.email]])
    assert {sent.subject.split(" were")[0].split(" was")[0] for sent in mail.outbox} == {
        "3 of your tokens",
        "One of your tokens",
    }
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert run(text).splitlines()[-1] == "4 tokens of 2 people found, 0 revoked."
    assert not mail.outbox


@pytest.mark.parametrize("which", ["access", "refresh"])
def test_all_that_came_from_the_same_sign_in_ends(user, run, which):
    pair, other = tokens.create_pair(user), tokens.create_pair(user)
    second = tokens.rotate(tokens.find_refresh(pair.refresh.raw), address="")
    out = run(getattr(pair, which).raw)
    assert out.splitlines()[-1] == "1 token of 1 person found, 1 revoked."
    assert tokens.authenticate(second.access.raw) is None
    with pytest.raises(tokens.NotSignedIn):
        tokens.find_refresh(second.refresh.raw)
    assert tokens.authenticate(other.access.raw)


def test_what_only_looks_like_a_token_asks_the_database_nothing(run, django_assert_num_queries):
    key_id, raw = new_text()
    wrong = raw[:-1] + ("0" if raw[-1] != "0" else "1")
    with django_assert_num_queries(0):
        assert run(f"bst_{key_id} {wrong} bst_ bst_{'x' * 60}") == "No tokens of this server were found.\n"


def test_a_token_of_another_server_is_left_alone(user, run):
    issued = tokens.create_personal(user, name="Cluster")
    forged = f"bst_{issued.token.key_id}_{'0' * 32}"
    text = f"{new_text()[1]} {forged + checksum(forged)}"
    assert run(text) == "No tokens of this server were found.\n"
    assert tokens.authenticate(issued.raw)


def test_who_has_left_is_not_written_to(user, run, django_capture_on_commit_callbacks):
    issued = tokens.create_personal(user, name="Cluster")
    accounts.switch_by_email(user.email, active=False)
    with django_capture_on_commit_callbacks(execute=True):
        assert "was no longer valid" in run(issued.raw)
    assert not mail.outbox


def test_the_command_is_called_with_a_hyphen():
    assert spelled(["brainstem-server", "revoke-leaked", "a-file"])[1:] == ["revoke_leaked", "a-file"]
    assert get_commands()["revoke_leaked"] == "brainstem.config"


# --- reading -------------------------------------------------------------------------------------------------------


def test_the_standard_input_is_read_too(user, monkeypatch, capsys):
    issued = tokens.create_personal(user, name="Cluster")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"TOKEN={issued.raw}".encode())))
    call_command("revoke_leaked", "-")
    assert "1 revoked" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file or directory"):
        call_command("revoke_leaked", str(tmp_path / "none"))


@pytest.mark.parametrize("around", ["{}", "'{}'", "Bearer {}\n", "x{}y", "é{}\x00", "https://x/?token={}&a=b", "_{}_"])
def test_a_token_is_found_wherever_it_stands(around):
    raw = new_text()[1]
    assert found(around.format(raw)) == [raw]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_token_is_found_in_whatever_encoding_editors_write(encoding):
    raw = new_text()[1]
    assert found(f"TOKEN = '{raw}'".encode(encoding)) == [raw]


def test_a_token_that_lies_across_two_pieces_of_a_file_is_found_once(monkeypatch):
    raws = [new_text()[1] for _ in range(3)]
    text = "-".join(raws).encode()
    for size in range(1, 60):
        monkeypatch.setattr(leaks, "CHUNK", size)
        assert found(text) == raws


def test_many_tokens_are_looked_up_in_batches(user, monkeypatch, run):
    monkeypatch.setattr(leaks, "BATCH", 2)
    issued = [tokens.create_personal(user, name=str(number)) for number in range(5)]
    assert "5 revoked" in run("\n".join(one.raw for one in issued))
