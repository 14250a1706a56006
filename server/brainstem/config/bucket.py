"""Uploads in a bucket of an S3-compatible storage; imported only if ``BRAINSTEM_FILES_URL`` names one.

Credentials, region and address are those of boto3: ``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL`` and so on, or the role
of the machine. Why files pass through the server: docs/decisions/0058-files-in-a-bucket.md.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

from brainstem.core.model.ids import uuid7
from brainstem.core.model.stored_files import StorageAway

IN_MEMORY = 256 * 1024
PATIENT = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=50,  # one client for all threads
)
# A probe must be answered soon, and is repeated anyway.
IMPATIENT = Config(connect_timeout=2, read_timeout=2, retries={"total_max_attempts": 1})
# Opened at the bucket itself, a file is saved and never shown, whatever the uploader called it.
HARMLESS = {"ContentType": "application/octet-stream", "ContentDisposition": "attachment"}
ABSENT = {"404", "NoSuchKey"}


class Fetched(File[bytes]):
    """A file of a bucket, which is here until it is closed; ``occupies`` are its bytes.

    They count among what a worker keeps for slow readers.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        super().__init__(file, name)
        self.occupies = file.tell()
        file.seek(0)


class Bucket(S3Storage):
    """A bucket, or what is below a prefix of it. Objects have no ACL: they are as private as the bucket."""

    removed_after = dt.timedelta(days=1)

    def __init__(self, *, bucket_name: str, location: str = "") -> None:
        try:
            # One for all threads: each of its own would cost them megabytes and a moment.
            session = boto3.Session()
            self._resource = session.resource("s3", config=PATIENT)
            self._prober = session.client("s3", config=PATIENT.merge(IMPATIENT))
        except (BotoCoreError, ValueError) as error:
            raise StorageAway(f"AWS_ENDPOINT_URL or AWS_DEFAULT_REGION cannot be used: {error}") from error
        self._client = self._resource.meta.client
        super().__init__(
            bucket_name=bucket_name,
            location=location,
            file_overwrite=False,
            object_parameters=HARMLESS,
            client_config=PATIENT,
            transfer_config=TransferConfig(use_threads=False),
        )

    def __str__(self) -> str:
        """Its URL."""
        return f"s3://{self.bucket_name}/{self.location}".rstrip("/")

    @property
    def connection(self) -> object:
        """What the methods of the library use."""
        return self._resource

    # -- files, as Django asks for them --------------------------------------------------------------------------

    def _open(self, name: str, mode: str = "rb") -> Fetched:
        """The whole file, fetched at once: a slow reader of it occupies no connection to the bucket."""
        if mode != "rb":
            raise ValueError("Files of a bucket are saved, not written to.")
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by who reads it
        try:
            self.read_into(name, file)
        except BaseException:
            file.close()
            raise
        return Fetched(file, name)

    def _save(self, name: str, content: File[bytes]) -> str:
        with self._told():
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        """Remove a file, if it is there."""
        with self._told():
            super().delete(name)

    def exists(self, name: str) -> bool:
        """Whether there is a file of this name."""
        with self._told():
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        """Its size in bytes."""
        with self._told():
            return int(super().size(name))

    # -- files, as backups know them: by path, which may be any ------------------------------------------------------

    def sizes(self) -> dict[str, int]:
        """Path below the prefix -> size in bytes, of all files."""
        before = f"{self.location}/" if self.location else ""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name, Prefix=before)
        with self._told():
            found = {one["Key"]: int(one["Size"]) for page in pages for one in page.get("Contents", ())}
        # Consoles make empty objects of this form so that a folder can be seen.
        return {key.removeprefix(before): size for key, size in found.items() if not key.endswith("/")}

    def read_into(self, path: str, file: IO[bytes]) -> None:
        """Write what an object contains to a file.

        Raises
        ------
        FileNotFoundError
            If there is no such object.
        """
        with self._told():
            try:
                found = self._client.get_object(Bucket=self.bucket_name, Key=self._key(path))
            except ClientError as error:
                if error.response["Error"]["Code"] in ABSENT:
                    raise FileNotFoundError(f"{self} has no {path}") from error
                raise
            shutil.copyfileobj(found["Body"], file)

    def put(self, path: str, source: Path) -> None:
        """Store a file, in place of the one with this path if there is one."""
        with self._told():
            self._client.upload_file(
                str(source), self.bucket_name, self._key(path), ExtraArgs=HARMLESS, Config=self.transfer_config
            )

    def remove(self, path: str) -> None:
        """Remove the object with this path."""
        with self._told():
            self._client.delete_object(Bucket=self.bucket_name, Key=self._key(path))

    # -- whether it works --------------------------------------------------------------------------------------------

    def reach(self) -> None:
        """Ask for the bucket.

        Raises
        ------
        StorageAway
            If there is none, or it does not know us.
        """
        with self._told():
            self._prober.head_bucket(Bucket=self.bucket_name)

    def is_open_to_all(self) -> bool:
        """Store, read and remove a file; whether others could have read or listed it without a key.

        Raises
        ------
        StorageAway
            If one of these is not allowed.
        """
        name = self.save(f".doctor/{uuid7().hex}", ContentFile(b"brainstem"))
        try:
            with self.open(name) as file:
                if file.read() != b"brainstem":
                    raise StorageAway(f"{self} gives back another file than was stored")
            self.sizes()
            return self._is_open(name)
        finally:
            self.delete(name)

    def _is_open(self, name: str) -> bool:
        stranger = boto3.client("s3", config=self.client_config.merge(Config(signature_version=UNSIGNED)))
        for attempt, more in ((stranger.get_object, {"Key": self._key(name)}), (stranger.list_objects_v2, {})):
            with self._told():
                try:
                    attempt(Bucket=self.bucket_name, **more)
                except ClientError:
                    continue
                return True
        return False

    def _key(self, path: str) -> str:
        return f"{self.location}/{path}" if self.location else path

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of boto3 as those of a storage, which callers of any storage expect."""
        try:
            yield
        except (BotoCoreError, Boto3Error, ClientError) as error:
            raise StorageAway(f"{self} cannot be used: {error}") from error


__all__ = ["Bucket"]
