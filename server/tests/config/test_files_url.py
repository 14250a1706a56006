"""``BRAINSTEM_FILES_URL``: which URLs name a bucket, and that nothing of it is imported without one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from brainstem.config import files_url
from brainstem.config.files_url import storages

from ..buckets import keys, made

SECRET = "AKIA:s3cret"
STORE = """
import sys
import django
django.setup()
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from brainstem.config.readiness import _storage
from brainstem.config.diagnosis_of_files import about_the_bucket
default_storage.save("a.txt", ContentFile(b"a"))
assert _storage() and not [*about_the_bucket()]
print([name for name in ("boto3", "botocore", "storages") if name in sys.modules])
"""


@pytest.mark.parametrize(
    ("url", "name", "prefix"),
    [
        ("s3://lab-files", "lab-files", ""),
        ("s3://lab-files/", "lab-files", ""),
        ("s3://lab.files.2026/brainstem/uploads/", "lab.files.2026", "brainstem/uploads"),
    ],
)
def test_a_url_names_a_bucket_and_a_prefix(url, name, prefix):
    assert storages(url)["default"]["OPTIONS"] == {"bucket_name": name, "location": prefix}


@pytest.mark.parametrize(
    "url",
    [
        "s3://", "s3:///prefix", "s3://A", "s3://lab_files", "s3://lab-files:9000", "lab-files", "https://lab-files/a", "s3://lab-files/a b",
        "s3://lab-files/a/../b", "s3://lab-files/a//b", "s3://lab-files/?region=x", "s3://lab-files/a#b", "s3://[lab",
    ],
)  # fmt: skip
def test_a_url_that_names_none_is_refused_with_one_that_would(url):
    with pytest.raises(ImproperlyConfigured, match=r"^BRAINSTEM_FILES_URL .+ Set it to s3://bucket or"):
        storages(url)


def test_a_key_in_the_url_is_refused_and_not_repeated():
    with pytest.raises(ImproperlyConfigured, match="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") as caught:
        storages(f"s3://{SECRET}@lab-files")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("missing", ["boto3", "storages"])
def test_packages_that_are_missing_are_told_with_how_to_install_them(missing, monkeypatch):
    monkeypatch.setattr(files_url, "find_spec", lambda name: None if name == missing else object())
    with pytest.raises(ImproperlyConfigured, match=r"pip install 'brainstem-server\[s3\]'"):
        storages("s3://lab-files")
    assert storages("")["default"]["BACKEND"].endswith("FileSystemStorage")


def said_by(script: str, folder: Path, **environment: str) -> str:
    """What a process prints that has the server's settings."""
    kept = {name: value for name, value in os.environ.items() if name != "BRAINSTEM_FILES_URL"}
    needed = {"DJANGO_SETTINGS_MODULE": "brainstem.config.settings", "DEBUG": "on", "BRAINSTEM_DATA_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=kept | needed | {"PYTHONPATH": os.pathsep.join(sys.path)} | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_without_a_bucket_nothing_of_it_is_imported(tmp_path):
    assert said_by(STORE, tmp_path) == "[]\n"
    assert (tmp_path / "uploads" / "a.txt").read_bytes() == b"a"


def test_the_settings_lead_to_the_bucket(s3, tmp_path):
    with made() as name:
        said = said_by(STORE, tmp_path, BRAINSTEM_FILES_URL=f"s3://{name}/lab")
        assert keys(name) == {"lab/a.txt"}
    assert said == "['boto3', 'botocore', 'storages']\n"
    assert not (tmp_path / "uploads").exists()
