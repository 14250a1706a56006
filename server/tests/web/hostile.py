"""Texts that would run in a careless page, and how they come into every text that a lab keeps."""

from __future__ import annotations

from typing import Any

from django.db import models

from brainstem.core.model.registry import Column, Spec, specs

SHORT = "<svg/onload=__ran(0)>"
CORPUS = [
    SHORT,
    "<script>__ran(1)</script>",
    "</script><script>__ran(2)</script>",
    '"><img src=x onerror=__ran(3)>',
    "'><img src=x onerror=__ran(4)>",
    "' onfocus=__ran(5) autofocus='",
    '" onmouseover=__ran(6) x="',
    "</textarea><svg/onload=__ran(7)>",
    "</title></style><svg/onload=__ran(8)>",
    "--><svg/onload=__ran(9)>",
    "<iframe srcdoc='<script>parent.__ran(10)</script>'></iframe>",
    '<a href="java\tscript:__ran(11)">link</a>',
    "<math><mtext><table><mglyph><style><img src=x onerror=__ran(12)>",
    "<details open ontoggle=__ran(13)>",
    "${__ran(14)}{{__ran(15)}}{% debug %}`${__ran(16)}`",
    "\u2028]]>\\u003cimg src=x onerror=__ran(17)\\u003e",
    "<object data='data:text/html,<script>__ran(18)</script>'></object>",
    "<form action='javascript:__ran(19)'><button>go</button></form>",
    "&lt;img src=x onerror=__ran(20)&gt;&#60;svg/onload=__ran(21)&#62;",
    "<base href='https://evil.example/'><meta http-equiv=refresh content='0;url=https://evil.example'>",
]
ALL = "\n".join(CORPUS)
LINK = "javascript:__ran(22)"
TEXTS = {"string", "text", "richtext", "url"}

# What a page holds when one of the texts got through: it need not have run, for somebody may still click on it.
LIVE = """() => [...document.querySelectorAll('*')].flatMap((element) => [...element.attributes]
    .filter((attribute) => attribute.name.startsWith('on') || /^[\\s\\x00-\\x1f]*(javascript|data):/i.test(attribute.value)
        && ['href', 'src', 'action', 'formaction', 'data'].includes(attribute.name) && element.tagName !== 'IMG'
        || attribute.name === 'srcdoc')
    .map((attribute) => `${element.tagName} ${attribute.name}=${attribute.value}`))"""


def poison(spec: Spec) -> int:
    """Put the texts into every column of every record of a model, past all checks; how many columns that were."""
    columns = [column for column in spec.columns.values() if _takes_text(column)]
    for record in spec.model._base_manager.all():
        changes = {column.column: _value(column, record.pk) for column in columns}
        if changes:
            spec.model._base_manager.filter(pk=record.pk).update(**changes)
    return len(columns)


def poison_everything() -> int:
    """Poison every model; how many columns that were."""
    return sum(poison(spec) for spec in specs().values())


def _takes_text(column: Column) -> bool:
    if column.field.choices or column.field.primary_key or column.name in ("type", "email", "status", "action"):
        return False
    return column.wire_type in TEXTS or (column.wire_type == "json" and isinstance(column.field, models.JSONField))


def _value(column: Column, key: Any) -> Any:
    if column.wire_type == "json":
        return {SHORT: [ALL, {"value": ALL, "unit": SHORT, "url": LINK}]}
    if column.wire_type == "url":
        return LINK
    room = column.field.max_length or 4000
    # The key makes it one of a kind, where that is asked for.
    return f"{str(key)[-8:]} {ALL}"[:room] if room > len(ALL) + 10 else f"{str(key)[-8:]}{SHORT}"[:room]
