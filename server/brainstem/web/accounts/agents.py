"""Readable names for the User-Agent of browsers and programs. Pure; names are guesses, not facts."""

from __future__ import annotations

import re

LONGEST = 400
# The first match counts: nearly all contain "Mozilla", and many contain "Safari" and "Chrome" too.
_PROGRAMS = (
    (re.compile(r"Edg(?:e|A|iOS)?/"), "Edge"),
    (re.compile(r"OPR/"), "Opera"),
    (re.compile(r"Firefox/|FxiOS/"), "Firefox"),
    (re.compile(r"Chrome/|Chromium/|CriOS/"), "Chrome"),
    (re.compile(r"Version/.{0,80}Safari/"), "Safari"),
    (re.compile(r"brainstem", re.IGNORECASE), "BrainSTEM client"),
    (re.compile(r"MATLAB", re.IGNORECASE), "MATLAB"),
    (re.compile(r"curl/"), "curl"),
    (re.compile(r"python|httpx|aiohttp", re.IGNORECASE), "Python"),
)
_SYSTEMS = (
    (re.compile(r"iPhone|iPad"), "iOS"),
    (re.compile(r"Android"), "Android"),
    (re.compile(r"Windows"), "Windows"),
    (re.compile(r"Mac OS X|Macintosh"), "macOS"),
    (re.compile(r"CrOS"), "ChromeOS"),
    (re.compile(r"Linux"), "Linux"),
)


def in_words(agent: str) -> str:
    """Program and system, as in "Firefox on Windows", or the beginning of the text if unknown."""
    agent = agent[:LONGEST]
    program = next((name for pattern, name in _PROGRAMS if pattern.search(agent)), "")
    system = next((name for pattern, name in _SYSTEMS if pattern.search(agent)), "")
    if not program:
        return agent[:40] or "Unknown"
    return f"{program} on {system}" if system else program
