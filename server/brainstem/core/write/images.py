"""Pictures from outside, opened with their size known before anything is unpacked. Knows no field and no request.

A picture of a few kilobytes can unpack to gigabytes. What Pillow reads of a file when it opens it is little, but for
three things: WebP, whose decoder takes memory for the whole canvas, compressed texts in a PNG, and formats that are not
taken here anyway.
"""

from __future__ import annotations

import warnings
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF")
MAX_PIXELS = 100_000_000
# Names of Pillow for what is one format to us: phones keep a second frame, such as a map of depths, in a JPEG (MPO).
_SAME = {"MPO": "JPEG"}
WANTED = "Upload a picture: PNG, JPEG, GIF, WebP or TIFF."
_HEAD = 30  # bytes of a WebP file that tell its size

# Compressed remarks in a PNG: by default 64 MB of them are unpacked.
_MAX_TEXT_MEMORY = 4 * 1024 * 1024


class BadImage(ValueError):
    """A file that is no picture, or too large a one; the text says what would be right."""


def opened(file: IO[bytes], *, verify: bool = False) -> Image.Image:
    """The picture in a file, not unpacked yet.

    Parameters
    ----------
    verify : bool
        Look for damage, after which the picture cannot be unpacked any more.

    Raises
    ------
    BadImage
        Says which pictures are taken.
    """
    from PIL import Image, PngImagePlugin, UnidentifiedImageError  # noqa: PLC0415 - who uploads none does without

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
    """How many pixels a picture has."""
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
