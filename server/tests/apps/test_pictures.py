"""Pictures that unpack to far more than they are: refused by the size that their head tells, before any of it is unpacked."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from brainstem.apps.users import pictures
from brainstem.apps.users.pictures import MOST_EXPANDED, MOST_OF_SCALABLE, MOST_PIXELS, SIDE, portrait
from brainstem.core.model.values import Bad
from brainstem.core.write.images import BadImage, opened, webp_size
from brainstem.core.write.uploads import check_upload

SERVER = Path(__file__).resolve().parents[2]
# What is measured in a process of its own, whose memory nothing else has used.
MEASURE = """
import json, os, resource, sys
sys.path.insert(0, sys.argv[1])
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django; django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from brainstem.apps.users.pictures import portrait
from brainstem.core.model.values import Bad
content = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    portrait(SimpleUploadedFile("me.png", content)); said = ""
except Bad as error:
    said = str(error)
print(json.dumps([said, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024]))
"""


def saved(kind: str, width: int, height: int, mode: str = "RGB", **more) -> bytes:
    kept = io.BytesIO()
    Image.new(mode, (width, height)).save(kept, kind, **more)
    return kept.getvalue()


def png_head(width: int, height: int) -> bytes:
    """A PNG that says how large it is, and has next to nothing inside."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def png_with(*texts: tuple[str, bytes]) -> bytes:
    kept, info = io.BytesIO(), PngImagePlugin.PngInfo()
    for name, body in texts:
        info.add(b"zTXt", name.encode() + b"\0\0" + zlib.compress(body, 9))
    Image.new("RGB", (8, 8)).save(kept, "PNG", pnginfo=info)
    return kept.getvalue()


def webp_head(width: int, height: int) -> bytes:
    body = (
        b"VP8X"
        + struct.pack("<I", 10)
        + bytes(4)
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little")
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def measured(content: bytes) -> tuple[str, int]:
    """What was said of a portrait, and how many megabytes it took."""
    asked = subprocess.run([sys.executable, "-c", MEASURE, str(SERVER)], input=content, capture_output=True, check=True)
    said, megabytes = json.loads(asked.stdout)
    return said, megabytes


def upload(content: bytes, name: str = "me.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


LARGE = {
    "png": lambda: png_head(20_000, 20_000), "png-wide": lambda: png_head(2**31 - 1, 2**31 - 1), "webp": lambda: webp_head(16_383, 16_383),
    "gif": lambda: b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0, 0, 0) + b",\0\0\0\0" + struct.pack("<HHB", 65_535, 65_535, 0) + b"\2\0;",
}  # fmt: skip


@pytest.mark.parametrize("make", LARGE.values(), ids=LARGE)
def test_a_picture_that_says_that_it_is_huge_is_refused_for_every_field(make):
    for take in (lambda file: check_upload("image", file), portrait):
        with pytest.raises(Bad, match=r"megapixels|Upload a picture"):
            take(upload(make()))
    assert check_upload("image", upload(saved("PNG", 8, 8)))


@pytest.mark.parametrize(
    ("kind", "size", "most"),
    [
        ("PNG", 8000, MOST_PIXELS),
        ("WEBP", 4000, MOST_EXPANDED),
        ("JPEG", 8000, MOST_OF_SCALABLE),
        ("GIF", 8000, MOST_EXPANDED),
        ("TIFF", 3000, MOST_EXPANDED),
    ],
)
def test_a_portrait_may_have_fewer_pixels_than_a_picture_that_is_only_kept(kind, size, most):
    content = saved(kind, size, size, {"WEBP": "RGB", "TIFF": "1"}.get(kind, "L"))
    with pytest.raises(Bad, match=f"more than {most // 1_000_000} megapixels"):
        portrait(upload(content))
    assert check_upload("image", upload(content))


@pytest.mark.slow
def test_a_small_file_of_many_pixels_takes_little_memory():
    for content, right in (
        (saved("PNG", 2400, 2500, "RGBA"), True),
        (saved("PNG", 2000, 2000, "P"), True),
        (saved("JPEG", 7000, 7000, "L"), True),
        (saved("WEBP", 2000, 2000), True),
        (saved("TIFF", 2400, 2500, "L", compression="tiff_lzw"), True),
        (png_with(*((f"t{n}", bytes(1_000_000)) for n in range(60))), False),
    ):
        assert len(content) < 1_000_000
        said, megabytes = measured(content)
        assert (said == "", megabytes < 70) == (right, True), (said, megabytes)


def test_pictures_are_decoded_one_at_a_time_and_more_than_a_few_are_refused_for_now(monkeypatch):
    monkeypatch.setattr(pictures, "WAIT_SECONDS", 0.01)
    content = saved("PNG", 400, 400)
    with pictures._one_at_a_time(), pytest.raises(Bad, match="Try again in a moment"):
        portrait(upload(content))
    for _ in range(pictures.WAITING):
        assert pictures._turn.waiting.acquire(blocking=False)
    with pytest.raises(Bad, match="Try again in a moment"):
        portrait(upload(content))
    for _ in range(pictures.WAITING):
        pictures._turn.waiting.release()
    assert portrait(upload(content))


def test_only_the_first_picture_of_many_is_looked_at():
    kept = io.BytesIO()
    frames = [Image.new("P", (1000, 1000), color) for color in range(60)]
    frames[0].save(kept, "GIF", save_all=True, append_images=frames[1:])
    said, megabytes = measured(kept.getvalue())
    assert (said, megabytes < 70) == ("", True)


def test_a_profile_of_colors_that_unpacks_to_much_is_not_unpacked():
    bomb = saved("PNG", 8, 8, icc_profile=bytes(20_000_000))
    said, megabytes = measured(bomb)
    assert megabytes < 60, said


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_portrait_is_upright_however_the_camera_was_held(turn):
    wide = Image.new("RGB", (1600, 1600), "white")
    wide.paste("red", (0, 0, 800, 800))  # the upper left, as it lies in the file
    exif, kept = Image.Exif(), io.BytesIO()
    exif[0x0112] = turn
    wide.save(kept, "JPEG", exif=exif)
    small = Image.open(portrait(upload(kept.getvalue(), "me.jpg")))
    corners = {"upper left": (20, 20), "upper right": (300, 20), "lower right": (300, 300), "lower left": (20, 300)}
    red = next(name for name, place in corners.items() if small.getpixel(place)[1] < 100)
    expected = [
        "upper left",
        "upper right",
        "lower right",
        "lower left",
        "upper left",
        "upper right",
        "lower right",
        "lower left",
    ]
    assert (small.size, red) == ((SIDE, SIDE), expected[turn - 1])


def test_other_formats_than_ours_are_not_even_read():
    for kind in ("BMP", "ICO", "PPM", "EPS"):
        with pytest.raises(BadImage, match="PNG, JPEG, GIF, WebP or TIFF"):
            opened(io.BytesIO(saved(kind, 8, 8)))


@pytest.mark.parametrize("more", [{"lossless": True}, {"lossless": False}])
def test_the_head_of_a_webp_file_tells_its_size(more):
    assert webp_size(saved("WEBP", 123, 45, **more)[:30]) == (123, 45)
    assert webp_size(webp_head(16_384, 3)[:30]) == (16_384, 3)
    assert webp_size(saved("PNG", 123, 45)[:30]) is None


def test_a_portrait_from_a_phone_is_upright_and_says_nothing_of_the_camera():
    stream = io.BytesIO()
    top = Image.new("RGB", (400, 800), "red")
    top.paste("blue", (0, 400, 400, 800))
    turned = top.transpose(Image.Transpose.ROTATE_90)  # as a sensor sees it that was held upright
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera of Alice"
    frames = {"save_all": True, "append_images": [turned.copy()]}
    turned.save(stream, "MPO", exif=exif, **frames)
    kept = Image.open(portrait(SimpleUploadedFile("IMG_0001.JPG", stream.getvalue())))
    assert (kept.format, kept.size, len(kept.getexif())) == ("JPEG", (SIDE, SIDE), 0)
    upper, lower = kept.getpixel((SIDE // 2, 20)), kept.getpixel((SIDE // 2, SIDE - 20))
    assert min(upper[0], lower[2]) > 200
    assert max(upper[2], lower[0]) < 50
