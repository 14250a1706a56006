"""What the pages take from others is what the lock names, byte by byte."""

import hashlib
import importlib.util
import json
import re
from pathlib import Path

import brainstem.web

VENDOR = Path(brainstem.web.__file__).parent / "static" / "vendor"
TOOLS = Path(__file__).resolve().parents[3] / "tools" / "vendor"
TEMPLATES = Path(brainstem.web.__file__).parent / "templates"


def test_vendored_files_are_those_of_the_lock():
    locked = {one["file"]: one for one in json.loads((VENDOR / "vendor.lock").read_text())}
    there = {path.name for path in VENDOR.iterdir() if path.suffix not in (".lock", ".LICENSE")}
    assert there == set(locked)
    for name, one in locked.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == one["sha256"]
        assert one["version"]
        assert one["licence"]


def test_letters_that_few_pages_have_are_in_a_font_of_their_own():
    spec = importlib.util.spec_from_file_location("vendor", TOOLS / "vendor.py")
    vendor = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(vendor)
    styles = (VENDOR.parent / "brainstem/ui/tokens.css").read_text()
    (ranges,) = re.findall(r"unicode-range: ([^;]+);", styles)

    def bounds(text: str) -> list[list[int]]:
        return [[int(end, 16) for end in one.strip().removeprefix("U+").split("-")] for one in text.split(",")]

    assert bounds(ranges) == bounds(vendor.OTHERS)
    assert [name for name in vendor.FONTS if f"vendor/{name}" in styles] == list(vendor.FONTS)


def test_versions_are_pinned_and_no_registry_is_named():
    wanted = json.loads((TOOLS / "package.json").read_text())["dependencies"]
    text = (TOOLS / "package-lock.json").read_text()
    locked = json.loads(text)["packages"]
    assert "resolved" not in text
    assert "http" not in text
    for name, version in wanted.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
        assert locked[f"node_modules/{name}"]["version"] == version
        assert locked[f"node_modules/{name}"]["integrity"].startswith("sha512-")


def test_the_sprite_holds_every_icon_that_pages_use():
    from brainstem.core.model.registry import specs
    from brainstem.web.portal.faces import face_of

    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (VENDOR / "icons.svg").read_text()))
    used = {name for path in TEMPLATES.rglob("*.html") for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())}
    for spec in specs().values():
        used |= {face_of(spec).icon, *(icon for icon, _ in face_of(spec).tones.values())}
    source = "\n".join(path.read_text() for path in (Path(brainstem.web.__file__).parent / "portal").glob("*.py"))
    used |= set(re.findall(r'icon="([\w-]+)"', source))
    assert used <= sprite, used - sprite
