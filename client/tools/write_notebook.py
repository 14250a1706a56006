"""Writes examples/tutorial.ipynb from examples/tutorial.py, so that the two never say different things.

A line ``# %%`` starts a cell of code, ``# %% [markdown]`` one of text. ``--check`` compares and writes nothing.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "tutorial.py"
CELL = re.compile(r"^# %%( \[markdown\])?\n", re.MULTILINE)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def cells(script: str) -> list[dict[str, Any]]:
    """The cells of a script."""
    _, *parts = CELL.split(script)
    return [_cell(at, text.strip("\n"), is_text=bool(kind)) for at, (kind, text) in enumerate(_pairs(parts))]


def _pairs(parts: list[str]) -> list[tuple[str, str]]:
    return list(zip(parts[::2], parts[1::2], strict=True))


def _cell(at: int, text: str, *, is_text: bool) -> dict[str, Any]:
    if is_text:
        lines = [line.removeprefix("#").removeprefix(" ") for line in text.splitlines()]
        return {"cell_type": "markdown", "id": f"cell-{at}", "metadata": {}, "source": _source(lines)}
    code = {"cell_type": "code", "execution_count": None, "id": f"cell-{at}", "metadata": {}, "outputs": []}
    return code | {"source": _source(text.splitlines())}


def _source(lines: list[str]) -> list[str]:
    return [f"{line}\n" for line in lines[:-1]] + lines[-1:]


def notebook(script: str) -> str:
    """The notebook as its file has it."""
    about = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    found = {"cells": cells(script), "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the notebook, or tell whether it fits."""
    file, text = SCRIPT.with_suffix(".ipynb"), notebook(SCRIPT.read_text(encoding="utf-8"))
    if "--check" not in sys.argv:
        file.write_text(text, encoding="utf-8")
    elif not file.exists() or file.read_text(encoding="utf-8") != text:
        print(f"{file.name} is not what {SCRIPT.name} says: run client/tools/write_notebook.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
