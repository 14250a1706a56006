"""Tables -> a plan: every row with what it would do, every error of every row at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..access.viewer import Viewer
from ..model.registry import Spec
from ..tables.sheets import Sheet
from .columns import match
from .rows import Reader
from .steps import Asked, Plan, Table, in_order
from .trying import rehearse


def make_plan(
    sheets: Sequence[Sheet], models: Mapping[int, Spec], asked: Asked, *, viewer: Viewer, base: str = ""
) -> Plan:
    """What importing sheets would do; nothing is written.

    Parameters
    ----------
    models
        Number of a sheet -> the model of its rows; sheets that are not in it are left out.
    base : str
        The server's address, for URLs in records.

    Raises
    ------
    Invalid
        If a column was given a field that its model does not have.
    """
    tables = [
        Table(number, sheet, models[number], match(models[number], sheet.heads, asked.columns.get(sheet.name)))
        for number, sheet in enumerate(sheets)
        if number in models
    ]
    reader = Reader(asked, viewer=viewer)
    for table in in_order(tables):
        reader.read(table)
    plan = Plan(tables)
    rehearse(plan, viewer=viewer, base=base)
    return plan


__all__ = ["make_plan"]
