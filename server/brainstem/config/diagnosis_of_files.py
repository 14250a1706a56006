"""What ``doctor`` finds about the bucket in which uploads are stored, by storing one."""

from __future__ import annotations

from collections.abc import Iterator

from brainstem.core.model.stored_files import StorageAway

from .files_url import bucket
from .safety import Finding, first_line


def about_the_bucket() -> Iterator[Finding]:
    """Whether files can be stored, read, listed and removed, and not by everyone."""
    try:
        found = bucket()
        if found is None:
            return
        is_open = found.is_open_to_all()
    except StorageAway as error:
        yield Finding(
            "BRAINSTEM_FILES_URL",
            f"names a bucket that does not work: {first_line(error)}.",
            "Correct it, AWS_ENDPOINT_URL, AWS_DEFAULT_REGION or the key, which needs s3:ListBucket of the bucket and"
            " s3:GetObject, s3:PutObject and s3:DeleteObject of what is in it.",
        )
        return
    if is_open:
        yield Finding(
            "BRAINSTEM_FILES_URL",
            f"names a bucket that anyone can read: {found}.",
            "Make it private: block public access, and remove policies that allow everyone to read or list it.",
        )


__all__ = ["about_the_bucket"]
