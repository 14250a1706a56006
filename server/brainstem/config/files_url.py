"""Where uploads are stored: ``BRAINSTEM_FILES_URL``. Imports nothing that only buckets need."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.files import storage as files
from django.core.files.storage.filesystem import FileSystemStorage

if TYPE_CHECKING:
    from .bucket import Bucket

EXAMPLE = "Set it to s3://bucket or s3://bucket/prefix, or unset it to keep uploads in the data folder."
# Of what S3 allows for buckets and recommends for keys.
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9!_.*'()/-]{0,500}")


def storages(url: str) -> dict[str, dict[str, object]]:
    """Django's ``STORAGES`` for a URL: of a bucket, or of the data folder if it is empty.

    Raises
    ------
    ImproperlyConfigured
        If it is not the URL of a bucket, or what a bucket needs is not installed.
    """
    static: dict[str, object] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    folder: dict[str, object] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    return {"default": _bucket(url) if url else folder, "staticfiles": static}


def _bucket(url: str) -> dict[str, object]:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ImproperlyConfigured(f"BRAINSTEM_FILES_URL is not a URL. {EXAMPLE}") from error
    if "@" in parts.netloc:
        # Not repeated: it holds a secret.
        raise ImproperlyConfigured(
            "BRAINSTEM_FILES_URL holds a key; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead."
        )
    prefix = parts.path.strip("/")
    is_path = not prefix or {"", ".", ".."}.isdisjoint(prefix.split("/"))
    is_named = parts.scheme == "s3" and _BUCKET.fullmatch(parts.netloc) and _PREFIX.fullmatch(prefix)
    if not is_named or not is_path or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"BRAINSTEM_FILES_URL is {url!r}, which names no bucket. {EXAMPLE}")
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured(
            "BRAINSTEM_FILES_URL names a bucket, for which packages are missing: pip install 'brainstem-server[s3]'."
        )
    return {"BACKEND": "brainstem.config.bucket.Bucket", "OPTIONS": {"bucket_name": parts.netloc, "location": prefix}}


def bucket() -> Bucket | None:
    """The bucket in which uploads are stored; None if they are in the data folder."""
    if isinstance(default := files.storages["default"], FileSystemStorage):
        return None
    from .bucket import Bucket  # noqa: PLC0415 - imports boto3, which a server with a folder need not have

    if not isinstance(default, Bucket):
        raise ImproperlyConfigured(f"Uploads are stored by {type(default).__name__}, which is not supported.")
    return default


__all__ = ["bucket", "storages"]
