"""No script of ours makes markup or code of a text: what people write stays text, wherever it comes from."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

import brainstem.web
from brainstem.config.static_files import packed
from brainstem.web.templatetags.assets import digest

STATIC = Path(brainstem.web.__file__).parent / "static"
# What others wrote is pinned by hash; it gets documents, not markup, and is tested with hostile texts.
SCRIPTS = sorted(path for path in STATIC.rglob("*.js") if "vendor" not in path.relative_to(STATIC).parts)
BUNDLED = Path(__file__).resolve().parents[3] / "tools/vendor/prosemirror.js"
SINKS = re.compile(
    r"\b(?:inner|outer)HTML\b|\binsertAdjacentHTML\b|\bdocument\.write|\beval\s*\(|\bnew\s+Function\b|\bsrcdoc\b"
    r"|\bcreateContextualFragment\b|\bDOMParser\b|\bsetHTML\w*|\bset(?:Timeout|Interval)\s*\(\s*[\"'`]"
    r"|\blocation(?:\.href)?\s*=[^=]|\blocation\.replace\b|\bwindow\.open\b|\bpostMessage\b"
)
ASSIGNED = re.compile(r"\blocation\.assign\b")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_has_no_place_where_text_becomes_markup_or_code(script):
    assert SINKS.findall(script.read_text()) == []


def test_what_is_bundled_reads_and_writes_markup_in_one_place_each():
    text = BUNDLED.read_text()
    # The name of ProseMirror's own class, which is imported, is the same.
    assert sorted(SINKS.findall(text)) == ["DOMParser", "DOMParser", "innerHTML"]
    assert "innerHTML =" not in text


def test_there_are_scripts_and_each_kind_of_place_is_found():
    assert len(SCRIPTS) > 15
    for sink in ("a.innerHTML = b", "eval(x)", "new Function(x)", "setTimeout('x')", "location = x", "location.href=x",
                 "document.write(x)", "x.insertAdjacentHTML(y)", "new DOMParser()", "window.open(x)"):  # fmt: skip
        assert SINKS.search(sink), sink
    for fine in ("location.href === x", "setTimeout(show, 1)", "a.textContent = b"):
        assert not SINKS.search(fine), fine


def test_a_script_leads_to_another_page_only_after_it_looked_at_its_address():
    leading = [line for script in SCRIPTS for line in script.read_text().splitlines() if ASSIGNED.search(line)]
    assert leading
    assert all("url.origin === location.origin" in line for line in leading)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_sent_without_its_lines_of_comments_and_nothing_else_is_missing(script):
    name = str(script.relative_to(STATIC))
    lines = script.read_text().splitlines()
    assert not any(re.search(r"^\s*//", text, re.MULTILINE) for text in re.findall(r"`[^`]*`", script.read_text()))
    sent = gzip.decompress(packed(name, digest(name))).decode().splitlines()
    assert sent == ["" if line.lstrip(" \t").startswith("//") else line for line in lines]
