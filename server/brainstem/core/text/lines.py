"""Short texts: one encoding for names that look the same, no invisible characters, no line breaks. Pure.

"Zoë" can be typed with one character for ë or with two. Names are stored, compared and looked up in Unicode's composed
form (NFC), so that both are the same name. Folders in data storages stay as typed, because a file system may
distinguish the two.
"""

from __future__ import annotations

import unicodedata

from .shown import shown

# Columns that hold a name or designation, in every model that has them.
NAMES = frozenset(
    {
        "abbreviation", "acronym", "expected_genotype", "first_name", "genetic_line", "genotype", "last_name",
        "license_number", "name", "parent_acronym", "popular_name", "subject_identifier", "title",
    }
)  # fmt: skip
# Longer text is not a name, and sorting thousands of combining marks takes time.
LONGEST = 1000
# Format characters that are visible: number signs in Arabic, Syriac and Kaithi.
_SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
# The invisible characters of the basic plane as a character class for JSON Schema.
UNSEEN_CLASS = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f"
    r"\ufeff\ufff9-\ufffb"
)
_CONTROLS = {"\t": "TAB", "\n": "LINE FEED", "\r": "CARRIAGE RETURN", "\x00": "NUL", "\x7f": "DELETE", "\x1b": "ESCAPE"}


def composed(text: str) -> str:
    """A name in Unicode's composed form; text too long to be a name is returned unchanged."""
    return text if text.isascii() or len(text) > LONGEST else unicodedata.normalize("NFC", text)


def unseen(text: str) -> str:
    """The first invisible (control, zero-width or bidirectional) character; empty if there is none."""
    if text.isascii() and text.isprintable():
        return ""
    return next((sign for sign in text if _is_unseen(sign)), "")


def objection(text: str) -> str:
    """What is wrong with a name, as a sentence naming the character; empty if nothing is."""
    sign = unseen(text)
    if not sign:
        return ""
    name = _CONTROLS.get(sign) or unicodedata.name(sign, "a control character")
    return f"{shown(text)} contains the invisible character U+{ord(sign):04X} ({name}). Remove it."


def one_line(text: str, longest: int | None = None) -> str:
    """Untrusted text, such as a user agent, on one line without control characters; cut if it is longer."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:longest].rstrip()


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") and sign not in _SEEN
