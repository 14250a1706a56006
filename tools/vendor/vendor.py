"""What the pages take from others, copied or bundled into the server and pinned by hash: ``make vendor``.

Reads ``node_modules`` (laid by npm from the lock file), writes ``static/vendor/`` and ``vendor.lock``. Users of the
server never need node: the results are in the repository, and a test compares them with the lock.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGES = HERE / "node_modules"
TARGET = HERE.parents[1] / "server/brainstem/web/static/vendor"
FONT = PACKAGES / "inter-ui/variable/InterVariable.woff2"
# Most pages need no more than English, the accents of Western Europe and the signs of science; browsers fetch the
# letters of other languages, and Greek for units and genes, when a page has one.
USUAL = (
    "U+0020-007E,U+00A0-00FF,U+2010-2026,U+2030,U+2032-2033,U+2074-2079,U+2080-2089,U+20AC,U+2122,U+2190-2193,"
    "U+2212,U+221E,U+2260-2265"
)
OTHERS = "U+0100-017F,U+0394,U+03A3,U+03A9,U+03B1-03C9"
FONTS = {"inter.woff2": USUAL, "inter-more.woff2": OTHERS}
AXES = {"opsz": 14, "wght": (400, 600)}
BUNDLES = ("prosemirror.js", "tabulator.js")
FEATURES = ["kern", "tnum", "ccmp"]
_DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def icons() -> Iterator[tuple[str, str]]:
    """Names in the pages and in Lucide."""
    for line in (HERE / "icons.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, *other = line.split()
            yield name, other[0] if other else name


def sprite() -> str:
    """All icons in one file; pages refer to them by ``<use href>``."""
    found = []
    for name, drawing in icons():
        source = (PACKAGES / f"lucide-static/icons/{drawing}.svg").read_text(encoding="utf-8")
        match = _DRAWING.search(source)
        if match is None:
            raise SystemExit(f"{drawing}.svg holds no drawing.")
        lines = " ".join(match[1].split())
        found.append(f'<symbol id="{name}" viewBox="0 0 24 24">{lines}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(found) + "\n</svg>\n"


def font(target: Path, letters: str) -> None:
    """Inter, cut to these letters and the weights that the pages use."""
    from fontTools import subset  # noqa: PLC0415 - of this command alone
    from fontTools.ttLib import TTFont  # noqa: PLC0415
    from fontTools.varLib import instancer  # noqa: PLC0415

    whole = TTFont(FONT)
    options = subset.Options(flavor="woff2", layout_features=FEATURES)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(letters))
    subsetter.subset(whole)
    cut = instancer.instantiateVariableFont(whole, AXES)
    cut["head"].modified = cut["head"].created  # the same file whenever it is made
    cut.recalcTimestamp = False
    cut.flavor = "woff2"
    cut.save(target)


def bundle(target: Path) -> None:
    """One module of the file here of the same name, without what is not used of the packages that it imports."""
    subprocess.run(  # noqa: S603 - what npm laid by its lock
        [
            PACKAGES / ".bin/esbuild",
            HERE / target.name,
            *("--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=none"),
            f"--outfile={target}",
        ],
        check=True,
        cwd=HERE,
    )


def styles(target: Path) -> None:
    """How Tabulator lays out its tables, in a layer: what the pages say of their look goes before it."""
    source = (PACKAGES / "tabulator-tables/dist/css/tabulator.min.css").read_text(encoding="utf-8")
    lines = source.partition("/*# sourceMappingURL")[0].strip()
    target.write_text(f"@layer elements.tabulator {{{lines}}}\n", encoding="utf-8")


def parts() -> dict[str, str]:
    """The packages of the editor of rich text, with their versions; all are of the licence of the first."""
    return {
        path.name: version_of(path.name)
        for path in sorted(PACKAGES.iterdir())
        if path.name.startswith("prosemirror-") or path.name in ("orderedmap", "rope-sequence", "w3c-keyname")
    }


def version_of(package: str) -> str:
    """The version that npm laid."""
    found: dict[str, str] = json.loads((PACKAGES / package / "package.json").read_text(encoding="utf-8"))
    return found["version"]


def main() -> None:
    """Copy, cut, and write the lock."""
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / "icons.svg").write_text(sprite(), encoding="utf-8")
    for name, letters in FONTS.items():
        font(TARGET / name, letters)
    for name in BUNDLES:
        bundle(TARGET / name)
    styles(TARGET / "tabulator.css")
    licences = {
        "lucide.LICENSE": "lucide-static/LICENSE",
        "inter.LICENSE": "inter-ui/LICENSE.txt",
        "prosemirror.LICENSE": "prosemirror-view/LICENSE",
        "tabulator.LICENSE": "tabulator-tables/LICENSE",
    }
    for name, source in licences.items():
        text = (PACKAGES / source).read_text(encoding="utf-8")
        (TARGET / name).write_text("\n".join(line.rstrip() for line in text.splitlines()) + "\n", encoding="utf-8")
    about: list[dict[str, Any]] = [
        {"file": "icons.svg", "name": "lucide-static", "licence": "ISC"},
        *({"file": name, "name": "inter-ui", "licence": "OFL-1.1"} for name in FONTS),
        {"file": "prosemirror.js", "name": "prosemirror-view", "licence": "MIT", "with": parts()},
        *({"file": name, "name": "tabulator-tables", "licence": "MIT"} for name in ("tabulator.js", "tabulator.css")),
    ]
    lock = [
        one
        | {
            "version": version_of(one["name"]),
            "sha256": hashlib.sha256((TARGET / one["file"]).read_bytes()).hexdigest(),
        }
        for one in about
    ]
    (TARGET / "vendor.lock").write_text(json.dumps(lock, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    sys.stdout.writelines(f"{one['file']}: {(TARGET / one['file']).stat().st_size:,} bytes\n" for one in lock)


if __name__ == "__main__":
    main()
