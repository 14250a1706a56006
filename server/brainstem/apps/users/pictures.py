"""Portraits: whatever picture somebody uploads becomes a small JPEG of ours, without what a camera wrote into it."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image, ImageOps

from brainstem.core.ids import uuid7
from brainstem.core.payload import Bad
from brainstem.core.uploads import check_upload

SIDE = 320
# A portrait is unpacked into memory: 4 bytes a pixel.
MOST_PIXELS = 30_000_000


def portrait(upload: Any) -> ContentFile[bytes]:
    """The picture as it is kept: a square around its middle, upright, on white.

    Raises
    ------
    Bad
        It is no picture, or too large a one.
    """
    check_upload("image", upload)
    image = Image.open(upload)
    if image.width * image.height > MOST_PIXELS:
        raise Bad(f"The picture has more than {MOST_PIXELS // 1_000_000} megapixels.")
    try:
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, ValueError, SyntaxError) as error:
        raise Bad("The picture cannot be read; save it anew as PNG or JPEG.") from error
    square = ImageOps.fit(upright, (SIDE, SIDE))
    on_white = Image.new("RGBA", square.size, "white")
    on_white.alpha_composite(square)
    kept = io.BytesIO()
    on_white.convert("RGB").save(kept, "JPEG", quality=88)
    # A name that tells nothing and is never used twice.
    return ContentFile(kept.getvalue(), name=f"{uuid7()}.jpg")


def replace(user: Any, picture: ContentFile[bytes] | None) -> None:
    """Keep another portrait of somebody, or none; the old file goes."""
    old = user.picture.name
    user.picture = picture or ""
    user.save(update_fields=["picture"])  # not the date: the record as it is shown stays
    if old:
        user.picture.storage.delete(old)
