"""Opens untrusted pictures, checking their size before anything is decompressed. Knows no field and no request.

A picture of a few kilobytes can expand to gigabytes. Opening a file with Pillow reads little of it, with three
exceptions: WebP, whose decoder allocates memory for the whole canvas; compressed texts in a PNG; and formats that are
not accepted here anyway.
"""

from __future__ import annotations

import warnings
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF")
MAX_PIXELS = 100_000_000
# Pillow's name for what we treat as JPEG: phones store a second frame, such as a depth map, in it (MPO).
_SAME = {"MPO": "JPEG"}
WANTED = "Upload a picture: PNG, JPEG, GIF, WebP or TIFF."
_HEAD = 30  # bytes of a WebP file that hold its size

# Compressed texts in a PNG: by default up to 64 MB are decompressed.
_MAX_TEXT_MEMORY = 4 * 1024 * 1024


class BadImage(ValueError):
    """The file is not a picture, or is too large; the message says what is accepted."""


def opened(file: IO[bytes], *, verify: bool = False) -> Image.Image:
    """The picture in a file, not decompressed yet.

    Parameters
    ----------
    verify : bool
        Check for damage, after which the picture can no longer be decompressed.

    Raises
    ------
    BadImage
        Says which pictures are accepted.
    """
    from PIL import Image, PngImagePlugin, UnidentifiedImageError  # noqa: PLC0415 - only needed for uploads

    PngImagePlugin.MAX_TEXT_MEMORY = _MAX_TEXT_MEMORY
    file.seek(0)
    if (size := webp_size(file.read(_HEAD))) is not None:
        _refuse_large(*size)
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(file, formats=FORMATS)
            _refuse_large(*image.size)
            if verify:
                image.verify()
    except BadImage:
        raise
    except Image.DecompressionBombError as error:
        raise BadImage(_too_large()) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, TypeError, EOFError) as error:
        raise BadImage(WANTED) from error
    return image


def format_of(image: Image.Image) -> str:
    """The format of a picture, one of :data:`FORMATS`."""
    kind = image.format or ""
    return _SAME.get(kind, kind)


def pixels_of(image: Image.Image) -> int:
    """The number of pixels of a picture."""
    return image.width * image.height


def webp_size(head: bytes) -> tuple[int, int] | None:
    """Width and height of a WebP file, from its first 30 bytes; None for other files."""
    if len(head) < _HEAD or head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return None
    kind = head[12:16]
    if kind == b"VP8X":
        return 1 + _little(head[24:27]), 1 + _little(head[27:30])
    if kind == b"VP8L":
        bits = _little(head[21:25])
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF


def _refuse_large(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise BadImage(_too_large())


def _too_large() -> str:
    return f"The picture has more than {MAX_PIXELS // 1_000_000} megapixels."


def _little(some: bytes) -> int:
    return int.from_bytes(some, "little")
