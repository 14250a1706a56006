"""``_operators.py``, and the operators in the documentation."""

from __future__ import annotations

from typing import Any

HEAD = '''"""The operators that filters know. Written by client/tools/generate.py; do not edit."""

# ruff: noqa: E501

from __future__ import annotations

'''
BEGIN, END = "<!-- operators: written by client/tools/generate.py -->", "<!-- end of operators -->"


def text(operators: list[dict[str, Any]]) -> str:
    """The module."""
    rows = "".join(f'    "{one["name"]}": "{" ".join(one["kinds"])}",\n' for one in operators)
    return f"""{HEAD}# Operator -> types of the fields that it can be asked of.
OPERATORS = {{
{rows}}}


def operators_of(kind: str) -> list[str]:
    \"\"\"Operators that a type of field knows.\"\"\"
    return sorted(name for name, kinds in OPERATORS.items() if kind in kinds.split())
"""


def documented(page: str, operators: list[dict[str, Any]]) -> str:
    """A page of the documentation with the table of operators as it is now."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    rows = "".join(f"| `{one['name']}` | {one['label']} | {_applies(one)} |\n" for one in operators)
    return f"{before}{BEGIN}\n\n| operator | means | for |\n|---|---|---|\n{rows}\n{END}{after}"


GROUPS = (
    (frozenset({"string", "text", "richtext", "url", "email", "country"}), "texts"),
    (frozenset({"tags"}), "tags"),
    (frozenset({"integer", "positive_integer", "number"}), "numbers"),
    (frozenset({"date", "datetime"}), "dates"),
    (frozenset({"duration"}), "durations"),
    (frozenset({"boolean"}), "truth values"),
    (frozenset({"uuid"}), "ids"),
    (frozenset({"relation"}), "relations"),
    (frozenset({"tree"}), "relations to brain regions, which form a tree"),
    (frozenset({"image", "file"}), "files"),
    (frozenset({"json"}), "objects"),
)


def _applies(operator: dict[str, Any]) -> str:
    """What an operator applies to, in words."""
    words = [word for group, word in GROUPS if group <= set(operator["kinds"])]
    left_out = [word for _, word in GROUPS if word not in words]
    if not left_out:
        return "everything"
    return ", ".join(words) if len(left_out) >= len(words) else f"everything but {' and '.join(left_out)}"
