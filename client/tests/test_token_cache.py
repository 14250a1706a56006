"""Tokens that are kept between runs."""

from __future__ import annotations

import stat
import sys

import pytest

from brainstem_api_tools.token_cache import TokenCache

LAB = "https://lab.example.org/"
PUBLIC = "https://www.brainstem.org/"


@pytest.fixture
def cache(home) -> TokenCache:
    return TokenCache()


def test_each_server_has_a_token_of_its_own(cache):
    cache.save(LAB, "bst_lab")
    cache.save(PUBLIC, "public")

    assert (cache.load(LAB), cache.load(PUBLIC)) == ("bst_lab", "public")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions.")
def test_nobody_else_may_read_it(cache):
    file = cache.save(LAB, "bst_lab")
    cache.save(LAB, "bst_new")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_nothing_is_left_beside_it(cache):
    file = cache.save(LAB, "bst_lab")

    assert list(file.parent.iterdir()) == [file]


def test_removing_says_whether_there_was_one(cache):
    cache.save(LAB, "bst_lab")

    assert cache.remove(LAB) is True
    assert cache.load(LAB) == ""
    assert cache.remove(LAB) is False


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"url": 1}', "\xff"], ids=["empty", "cut", "list", "no token", "no text"]
)
def test_file_that_is_damaged_is_no_token(cache, text):
    cache.save(LAB, "bst_lab").write_bytes(text.encode("latin-1"))

    assert cache.load(LAB) == ""


@pytest.mark.parametrize(
    ("token", "mine", "other"),
    [("bst_a_b", LAB, PUBLIC), ("0123abc", PUBLIC, LAB)],
    ids=["own server", "public server"],
)
def test_token_of_2_0_0_goes_to_no_server_that_it_cannot_be_of(cache, token, mine, other):
    cache.folder.mkdir(parents=True)
    cache.older_file.write_text(f"{token}\n")

    assert cache.load(other) == ""
    assert cache.older_file.exists()
    assert cache.load(mine) == token
    assert not cache.older_file.exists()
    assert cache.load(mine) == token


def test_folder_that_cannot_be_written_costs_nothing_but_a_sign_in(cache, home):
    (home / ".config").write_text("a file where a folder should be")

    assert cache.save(LAB, "bst_lab") is None
    assert cache.load(LAB) == ""
