"""Tables -> a plan: every row with what it would do, every error of every row at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..access.viewer import Viewer
from ..model.registry import Spec
from ..tables.sheets import Sheet
from .columns import match
from .progress import Tell
from .rows import Reader
from .steps import CHANGED, CREATED, Asked, Plan, Table, in_order
from .trying import rehearse


def make_plan(
    sheets: Sequence[Sheet],
    models: Mapping[int, Spec],
    asked: Asked,
    *,
    viewer: Viewer,
    base: str = "",
    tell: Tell = lambda rows: None,  # noqa: ARG005
) -> Plan:
    """What importing sheets would do; nothing is written.

    Parameters
    ----------
    models
        Number of a sheet -> the model of its rows; sheets that are not in it are left out.
    base : str
        The server's address, for URLs in records.
    tell
        Called with the number of rows that were got through since.

    Raises
    ------
    Invalid
        If a column was given a field that its model does not have.
    """
    plan = unplanned(sheets, models, asked)
    reader = Reader(asked, viewer=viewer)
    for table in in_order(plan.tables):
        reader.read(table)
        tell(sum(step.action not in (CREATED, CHANGED) for step in table.steps))
    rehearse(plan, viewer=viewer, base=base, tell=tell)
    return plan


def unplanned(sheets: Sequence[Sheet], models: Mapping[int, Spec], asked: Asked) -> Plan:
    """A plan without rows yet: tables whose columns are matched with fields."""
    return Plan(
        [
            Table(number, sheet, models[number], match(models[number], sheet.heads, asked.columns.get(sheet.name)))
            for number, sheet in enumerate(sheets)
            if number in models
        ]
    )


__all__ = ["make_plan", "unplanned"]
