"""Buckets on a server of the test process that speaks S3, and storages that a test runs on one after the other.

What speaks S3 is imported by the first test that needs it: it is large.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from threading import Thread

import pytest
from django.core.files.storage import storages

from brainstem.config.files_url import storages as storages_of

from .people import unique

KEYS = {"AWS_ACCESS_KEY_ID": "a-key", "AWS_SECRET_ACCESS_KEY": "its-secret", "AWS_DEFAULT_REGION": "eu-central-1"}
PREFIX = "lab/files"


@cache
def endpoint() -> str:
    """URL of the server, which lives as long as the process."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_request(self, *_: object) -> None:
            """Nothing: tests look at what the code under test logs."""

    answer = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, partial(_closed_to_strangers, answer), threaded=True, request_handler=Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def _closed_to_strangers(answer, environ, start):
    """Refuse to list private buckets without a signature, as S3 does and moto does not."""
    name = environ["PATH_INFO"].strip("/")
    if "/" not in name and "HTTP_AUTHORIZATION" not in environ and not _is_public(name):
        start("403 Forbidden", [("Content-Length", "0")])
        return [b""]
    return answer(environ, start)


def _is_public(name: str) -> bool:
    grants = asked().get_bucket_acl(Bucket=name)["Grants"]
    return any(one["Grantee"].get("URI", "").endswith("AllUsers") for one in grants)


@cache
def asked():
    """What asks the server, apart from the code under test."""
    import boto3

    return boto3.Session(KEYS["AWS_ACCESS_KEY_ID"], KEYS["AWS_SECRET_ACCESS_KEY"]).client(
        "s3", region_name=KEYS["AWS_DEFAULT_REGION"], endpoint_url=endpoint()
    )


@pytest.fixture
def s3(monkeypatch) -> str:
    """URL of the server, which boto3 asks with a key in this test."""
    for name, value in (KEYS | {"AWS_ENDPOINT_URL": endpoint()}).items():
        monkeypatch.setenv(name, value)
    return endpoint()


@contextmanager
def made() -> Iterator[str]:
    """Name of a new private bucket, which is gone afterwards."""
    name = unique("bucket").replace(" ", "-")
    client = asked()
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    yield name
    for one in client.list_objects_v2(Bucket=name).get("Contents", ()):
        client.delete_object(Bucket=name, Key=one["Key"])
    client.delete_bucket(Bucket=name)


@pytest.fixture
def bucket(s3, settings):
    """A bucket in which uploads are stored in this test."""
    with made() as name:
        settings.STORAGES = storages_of(f"s3://{name}/{PREFIX}")
        yield storages["default"]


@pytest.fixture(params=["folder", "bucket"])
def stored_in(request, settings, tmp_path):
    """Runs a test twice: with uploads in a folder, and in a bucket."""
    if request.param == "folder":
        settings.MEDIA_ROOT = tmp_path / "uploads"
    else:
        request.getfixturevalue("bucket")
    return request.param


def keys(name: str) -> set[str]:
    """The keys of all objects of a bucket; asked without the code under test."""
    return {one["Key"] for one in asked().list_objects_v2(Bucket=name).get("Contents", ())}


__all__ = ["PREFIX", "asked", "bucket", "keys", "made", "s3", "stored_in"]
