"""Portraits: any uploaded picture becomes a small JPEG without the camera's metadata."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from PIL import ExifTags, Image, ImageOps

from brainstem.core.model.ids import uuid7
from brainstem.core.model.stored_files import removed, removed_after
from brainstem.core.model.values import Bad
from brainstem.core.tasks.queue import TryAgain, background, later
from brainstem.core.turns import Turn
from brainstem.core.write.images import BadImage, format_of, opened, pixels_of
from brainstem.core.write.uploads import check_upload

SIDE = 320
# A portrait is decoded into memory: some 50 MB at most. Most JPEGs are decoded at the size needed; WebP takes several
# copies of the whole picture, and palettes and 16 bits per color are expanded before anything can be shrunk.
MOST_PIXELS = 6_000_000
MOST_OF_SCALABLE = 50_000_000
MOST_EXPANDED = 4_000_000
# One picture is decoded at a time; a few may wait briefly.
WAIT_SECONDS, WAITING = 5.0, 2
BUSY = "Other pictures are being processed. Try again in a moment."
_turn = Turn(waiting=WAITING)
_REDUCIBLE = {"CMYK", "L", "LA", "RGB", "RGBA", "YCbCr"}
# How to rotate a picture, by its orientation tag (EXIF 2.3, section 4.6.4).
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip


def portrait(upload: Any) -> ContentFile[bytes]:
    """The picture as stored: a square around its center, upright, on white.

    Raises
    ------
    Bad
        It is not a picture, it is too large, or too many pictures are being processed.
    """
    check_upload("image", upload)
    with _one_at_a_time():
        try:
            square = _square(opened(upload))
        except BadImage as error:
            raise Bad(str(error)) from error
        except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
            raise Bad("The picture cannot be read. Save it again as PNG or JPEG.") from error
    on_white = Image.new("RGBA", square.size, "white")
    on_white.alpha_composite(square)
    kept = io.BytesIO()
    on_white.convert("RGB").save(kept, "JPEG", quality=88)
    # A name that reveals nothing and is never used twice.
    return ContentFile(kept.getvalue(), name=f"{uuid7()}.jpg")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not _turn.take(WAIT_SECONDS):
        raise Bad(BUSY)
    try:
        yield
    finally:
        _turn.release()


def _square(image: Image.Image) -> Image.Image:
    """The center of a picture, upright; never decodes more at once than a picture of moderate size takes."""
    turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    scalable = format_of(image) == "JPEG" and not image.info.get("progressive")
    expanded = image.format == "WEBP" or image.mode not in _REDUCIBLE
    _refuse_larger(image, MOST_OF_SCALABLE if scalable else MOST_EXPANDED if expanded else MOST_PIXELS)
    image.draft("RGB", (2 * SIDE, 2 * SIDE))  # Works for JPEG only, and only if no side is short.
    _refuse_larger(image, MOST_PIXELS)
    factor = min(image.size) // (2 * SIDE)
    # Shrink before anything copies it; the shorter side stays twice the final size.
    small = image.reduce(factor) if factor > 1 and image.mode in _REDUCIBLE else image
    return ImageOps.fit((small.transpose(turn) if turn is not None else small).convert("RGBA"), (SIDE, SIDE))


def _refuse_larger(image: Image.Image, most: int) -> None:
    if pixels_of(image) > most:
        raise BadImage(f"The picture has more than {most // 1_000_000} megapixels. Save a smaller one.")


def replace(user: Any, picture: ContentFile[bytes] | None) -> None:
    """Replace someone's portrait, or remove it, outside of transactions; the old file is deleted, sooner or later."""
    old = user.picture.name
    user.picture = picture or ""
    user.save(update_fields=["picture"])  # not updated_at: the record as served is unchanged
    if old and (wait := removed_after(user.picture.storage) or _tried(user.picture.storage, old)):
        later(remove, wait=wait, name=old)


def _tried(storage: Storage, name: str) -> dt.timedelta:
    """Delete a file now; how long to wait before the next attempt if a backup is being written."""
    return dt.timedelta(0) if removed(storage, name) else dt.timedelta(minutes=1)


@background()
def remove(*, name: str) -> None:
    """Delete a portrait that was replaced in a bucket, or while a backup was being written.

    Raises
    ------
    TryAgain
        If one still is.
    """
    if not removed(default_storage, name):
        raise TryAgain
