"""Hashing passwords: little memory each, and few at the same time."""

import threading
import time

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from brainstem.apps.users import hashers


@pytest.fixture
def at_once(monkeypatch):
    """The most passwords that were hashed at the same time."""
    inside, most = [], []

    def slowly(*_arguments):
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.05)
        inside.pop()
        return "hashed"

    monkeypatch.setattr(Argon2PasswordHasher, "encode", slowly)
    monkeypatch.setattr(Argon2PasswordHasher, "verify", slowly)
    return most


@pytest.mark.parametrize("call", ["encode", "verify"])
def test_many_passwords_are_hashed_a_few_at_a_time(at_once, call):
    crowd = [threading.Thread(target=getattr(hashers.Argon2(), call), args=("password", "salt")) for _ in range(8)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert len(at_once) == 8
    assert max(at_once) <= hashers.AT_ONCE


def test_a_hash_takes_twenty_megabytes_at_most_and_is_checked():
    hasher = hashers.Argon2()
    encoded = hasher.encode("correct horse battery staple", "salt" * 6)
    assert "m=19456,t=2,p=1" in encoded
    assert hasher.verify("correct horse battery staple", encoded)
    assert not hasher.verify("incorrect horse battery staple", encoded)


def test_a_hash_made_with_the_parameters_of_before_is_checked_and_renewed():
    before = Argon2PasswordHasher()
    before.time_cost, before.memory_cost, before.parallelism = 2, 1024, 8
    encoded = before.encode("correct horse battery staple", "salt" * 6)
    assert hashers.Argon2().verify("correct horse battery staple", encoded)
    assert hashers.Argon2().must_update(encoded)
