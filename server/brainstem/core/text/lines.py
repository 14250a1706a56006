"""Names and tags: one spelling of what looks the same, and no character that nobody sees. Pure.

"Zoë" can be typed with one character for ë or with two. Names are kept, compared and asked for in Unicode's composed
form (NFC), so that these are one name. Folders in data storages stay as they were typed: a file system may tell the
two spellings apart.
"""

from __future__ import annotations

import unicodedata

from .shown import shown

# Columns that hold a name or a designation, in every model that has one of them.
NAMES = frozenset(
    {
        "abbreviation", "acronym", "expected_genotype", "first_name", "genetic_line", "genotype", "last_name",
        "license_number", "name", "parent_acronym", "popular_name", "subject_identifier", "title",
    }
)  # fmt: skip
# What is longer is no name, and sorting thousands of combining marks takes its time.
LONGEST = 1000
# Format characters that are seen: signs around numbers in Arabic, Syriac and Kaithi.
_SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
# The unseen characters of the basic plane as a class of a regular expression, as JSON Schema writes one.
UNSEEN_CLASS = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f"
    r"\ufeff\ufff9-\ufffb"
)
_CONTROLS = {"\t": "TAB", "\n": "LINE FEED", "\r": "CARRIAGE RETURN", "\x00": "NUL", "\x7f": "DELETE", "\x1b": "ESCAPE"}


def composed(text: str) -> str:
    """A name in Unicode's composed form; a text that is too long to be one as it is."""
    return text if text.isascii() or len(text) > LONGEST else unicodedata.normalize("NFC", text)


def unseen(text: str) -> str:
    """The first character that nobody sees: a control, zero-width or bidirectional one; empty where there is none."""
    if text.isascii() and text.isprintable():
        return ""
    return next((sign for sign in text if _is_unseen(sign)), "")


def objection(text: str) -> str:
    """What is wrong with a name, as a sentence that names the character; empty where nothing is."""
    sign = unseen(text)
    if not sign:
        return ""
    name = _CONTROLS.get(sign) or unicodedata.name(sign, "a control character")
    return f"{shown(text)} holds the invisible character U+{ord(sign):04X} ({name}). Leave it out."


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") and sign not in _SEEN
