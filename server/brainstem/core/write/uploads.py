"""Uploaded files: what is accepted, judged by content rather than name."""

from __future__ import annotations

import io

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from ..model.values import Bad
from .images import BadImage, format_of, opened

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DOCUMENT_ENDINGS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "doc": "application/msword",
    "txt": "text/plain",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}


def check_upload(kind: str, upload: UploadedFile[bytes]) -> UploadedFile[bytes]:
    """The upload, if its size and content fit the kind of field ("image" or "document").

    Raises
    ------
    Bad
        Says which types and sizes are accepted.
    """
    limit = settings.BRAINSTEM_MAX_IMAGE_BYTES if kind == "image" else settings.BRAINSTEM_MAX_DOCUMENT_BYTES
    if upload.size > limit:
        raise Bad(f"The file is larger than {limit // (1024 * 1024)} MB.")
    if upload.size == 0:
        raise Bad("The file is empty.")
    if "\x00" in (upload.name or ""):
        raise Bad("The file's name has a NUL character.")
    if kind == "image":
        _check_image(upload)
    else:
        _check_document(upload)
    upload.seek(0)
    return upload


def content_type(name: str) -> str:
    """Media type to serve a stored file with, by its extension; unknown ones are plain bytes."""
    ending = name.rpartition(".")[2].lower()
    known = DOCUMENT_ENDINGS | {"gif": "image/gif", "webp": "image/webp", "tif": "image/tiff", "tiff": "image/tiff"}
    return known.get(ending, "application/octet-stream")


def _check_image(upload: UploadedFile[bytes]) -> None:
    try:
        kind = format_of(opened(io.BytesIO(upload.read()), verify=True))
    except BadImage as error:
        raise Bad(str(error)) from error
    endings = {"JPEG": ("jpg", "jpeg"), "TIFF": ("tif", "tiff")}.get(kind, (kind.lower(),))
    if (upload.name or "").rpartition(".")[2].lower() not in endings:
        upload.name = f"{(upload.name or 'image').rpartition('.')[0] or 'image'}.{endings[0]}"


def _check_document(upload: UploadedFile[bytes]) -> None:
    ending = (upload.name or "").rpartition(".")[2].lower()
    head = upload.read(4096)
    fits = {
        "pdf": head.lstrip()[:5] == b"%PDF-",
        "docx": head.startswith(_ZIP),
        "xlsx": head.startswith(_ZIP),
        "odt": head.startswith(_ZIP),
        "doc": head.startswith(_OLE),
        "png": head.startswith(b"\x89PNG"),
        "jpg": head.startswith(b"\xff\xd8"),
        "jpeg": head.startswith(b"\xff\xd8"),
        "txt": b"\x00" not in head,
    }
    if ending not in fits:
        raise Bad(f"Upload a document: {', '.join(DOCUMENT_ENDINGS)}.")
    if not fits[ending]:
        raise Bad(f"The content of the file is not that of a .{ending}.")
