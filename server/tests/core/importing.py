"""Helpers of the tests of imports."""

from __future__ import annotations

import pytest

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.imports import committing, staging
from brainstem.core.tables.sheets import Line, Sheet


def viewer(person):
    return Viewer(Actor(user_id=person.user.pk, email=person.email, via="token"), "private")


def sheet(name, *rows):
    heads, *lines = rows
    return Sheet(name, tuple(heads), [Line(number, tuple(one)) for number, one in enumerate(lines, start=2)])


def troubles(plan):
    return [(step.line.number, one.column, one.message) for step in plan.steps for one in step.troubles]


def meanwhile(monkeypatch, do):
    """Somebody writes after rows were first staged, and before they are saved; returns what was staged."""
    calls, stage = [], committing.stage

    def staged(*arguments, **named):
        calls.append(stage(*arguments, **named))
        if len(calls) == 1:
            do()
        return calls[-1]

    monkeypatch.setattr(committing, "stage", staged)
    return calls


needs_staging = pytest.mark.skipif(not staging.has_one_writer(), reason="rows are staged on SQLite only")
