"""A production server refuses unsafe values, all of them at once, and says how to fix each."""

import dataclasses
import os
import subprocess
import sys

import pytest

from brainstem.config import environment
from brainstem.config.safety import Deployment, is_local, unsafe

GOOD = Deployment(
    secret_key="q7Zr0mXc4V9tJ2nB5wKs8yLd1fGh3pTe6uRa_iOxQvNzMkWjEb-CYHgF",
    allowed_hosts=["lab.example.org"],
    url="https://lab.example.org",
    cors_origins=["https://app.example.org"],
)


def test_safe_values_raise_no_objection():
    assert unsafe(GOOD) == []


@pytest.mark.parametrize(
    ("change", "name", "words"),
    [
        pytest.param({"secret_key": ""}, "SECRET_KEY", "not set", id="no key"),
        pytest.param({"secret_key": "a1B2c3D4e5"}, "SECRET_KEY", "10 characters", id="short key"),
        pytest.param({"secret_key": "ab" * 40}, "SECRET_KEY", "repeats", id="monotonous key"),
        pytest.param(
            {"secret_key": "django-insecure-" + GOOD.secret_key}, "SECRET_KEY", "placeholder", id="example key"
        ),
        pytest.param(
            {"former_keys": [GOOD.secret_key[::-1], "short"]},
            "SECRET_KEY_FALLBACKS",
            "number 2, a key that has 5",
            id="former key",
        ),
        pytest.param({"allowed_hosts": []}, "ALLOWED_HOSTS", "empty", id="no host"),
        pytest.param({"allowed_hosts": ["*"]}, "ALLOWED_HOSTS", "every host", id="any host"),
        pytest.param({"url": ""}, "BRAINSTEM_URL", "not set", id="no url"),
        pytest.param({"url": "lab.example.org"}, "BRAINSTEM_URL", "not a web address", id="url without scheme"),
        pytest.param({"url": "http://lab.example.org"}, "BRAINSTEM_URL", "unencrypted", id="http"),
        pytest.param({"url": "https://other.org"}, "BRAINSTEM_URL", "does not list", id="url of another host"),
        pytest.param({"cors_origins": ["http://app.example.org"]}, "CORS_ALLOWED_ORIGINS", "https", id="http origin"),
    ],
)
def test_an_unsafe_value_is_named_with_its_problem_and_its_remedy(change, name, words):
    [finding] = unsafe(dataclasses.replace(GOOD, **change))
    assert finding.name == name
    assert words in finding.problem
    assert finding.fix


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"])
def test_http_is_fine_on_the_machine_itself(url):
    hosts = ["localhost", "127.0.0.1", "::1"]
    assert unsafe(dataclasses.replace(GOOD, url=url, allowed_hosts=hosts)) == []


@pytest.mark.parametrize("url", ["https://example.org", "https://a.example.org", "https://A.Example.org"])
def test_a_host_pattern_with_a_leading_dot_covers_the_domain_and_those_below(url):
    assert unsafe(dataclasses.replace(GOOD, url=url, allowed_hosts=[".example.org"])) == []


@pytest.mark.parametrize("host", ["localhost.evil.org", "127.0.0.1.evil.org", "128.0.0.1", None])
def test_what_only_looks_local_is_not(host):
    assert not is_local(host)


def load_settings(tmp_path, **values):
    """Import the settings in a process of their own, with nothing else in the environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "brainstem.config", "check"],
        env=kept | {"PYTHONPATH": os.pathsep.join(sys.path)} | values,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_server_with_nothing_set_does_not_start_and_names_every_setting(tmp_path):
    answer = load_settings(tmp_path)
    assert answer.returncode != 0
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "BRAINSTEM_URL"):
        assert f"- {name} " in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_server_with_safe_values_starts(tmp_path):
    answer = load_settings(
        tmp_path, SECRET_KEY=GOOD.secret_key, ALLOWED_HOSTS="lab.example.org", BRAINSTEM_URL=GOOD.url
    )
    assert answer.returncode == 0, answer.stderr


def test_development_needs_no_setting_but_debug(tmp_path):
    answer = load_settings(tmp_path, DEBUG="on")
    assert answer.returncode == 0, answer.stderr


def test_the_development_key_is_made_once_and_closed_to_others(tmp_path):
    key = environment.development_key(tmp_path / "var")
    assert len(key) >= 64
    assert environment.development_key(tmp_path / "var") == key
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("text", "expected"), [("off", False), ("OFF", False), ("0", False), ("no", False), ("on", True), ("typo", True)]
)
def test_rate_limits_hold_unless_turned_off_in_so_many_words(text, expected):
    assert environment.throttle(text) is expected
