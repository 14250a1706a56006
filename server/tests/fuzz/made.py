"""Inputs made of a corpus: its files, changed here and there, with signs that readers treat differently put in."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from .size import IS_LONG, SIZE

CORPORA = Path(__file__).resolve().parents[1] / "corpora"
# The database of the long form keeps what failed, and tries that first the next time.
KEPT: dict[str, Any] = {} if IS_LONG else {"database": None, "derandomize": True}
made_up = settings(max_examples=SIZE.examples, deadline=None, suppress_health_check=list(HealthCheck), **KEPT)
MOST_CHANGES, LONGEST_PART = 6, 40


@cache
def corpus(kind: str) -> dict[str, str]:
    """The texts of a corpus, by name."""
    return {file.name: file.read_bytes().decode() for file in sorted((CORPORA / kind).iterdir())}


def files(kind: str) -> list[Any]:
    """The texts of a corpus, as parameters of a test."""
    return [pytest.param(text, id=name) for name, text in corpus(kind).items()]


@st.composite
def changed(draw: Any, kind: str, signs: tuple[str, ...]) -> str:
    """A text of a corpus after some changes: parts removed, repeated or replaced, signs and parts of others put in."""
    texts = list(corpus(kind).values())
    text = draw(st.sampled_from(texts))
    any_text = st.text(st.characters(exclude_categories=("Cs",)), max_size=6)
    for _ in range(draw(st.integers(0, MOST_CHANGES))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, LONGEST_PART)))
        other = draw(st.sampled_from(texts))
        at = draw(st.integers(0, len(other)))
        new = draw(st.sampled_from((*signs, "", other[at : at + LONGEST_PART], text[start:end] * 2)) | any_text)
        text = text[:start] + new + text[end:]
    return text


def read(reader: Callable[[Any], Any], text: object, *, refusal: type[Exception]) -> Any:
    """What a reader makes of a text; None if it refuses it, for which it must give a reason."""
    try:
        return reader(text)
    except refusal as error:
        if not str(error):
            raise AssertionError(f"{text!r} was refused without a reason") from error
        return None
