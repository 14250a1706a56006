"""Tags for email templates, ``mails/<name>.txt``: each adds one part to the message.

Text between them is ignored. A new email is one such file.

::

    {% load mail %}
    {% sample %}{"person": "alice@lab.example", "address": "https://brainstem.example/x/"}{% endsample %}
    {% subject %}{{ person }} invites you{% endsubject %}
    {% p %}A paragraph.{% endp %}
    {% quote %}{{ message }}{% endquote %}            untrusted text; omitted if empty
    {% code %}{{ code }}{% endcode %}                 to be entered elsewhere
    {% action address %}Respond{% endaction %}         the only button
    {% fact "Address" %}{{ ip }}{% endfact %}
    {% footnote %}Ignore this if it was not you.{% endfootnote %}

Values in ``sample`` are for ``brainstem-server mail preview``; strings that are times become times.
"""

from __future__ import annotations

import json
from typing import Any

from django.template import Context, Library, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token
from django.utils.dateparse import parse_datetime

from brainstem.core.mail.message import PIECES, PREVIEW, Piece, without_links
from brainstem.core.text.lines import one_line

register = Library()

PLAIN = ("subject", "preheader", "p", "quote", "code", "footnote")
WITH_EXTRA = ("action", "fact")


class PieceNode(Node):
    """Adds its text to the message."""

    def __init__(self, kind: str, nodelist: NodeList, extra: FilterExpression | None) -> None:
        self.kind, self.nodelist, self.extra = kind, nodelist, extra

    def render(self, context: Context) -> str:
        """Renders nothing; a part without text is omitted."""
        text = self.nodelist.render(context)
        clean = (
            "\n".join(one_line(line) for line in text.strip().splitlines()) if self.kind == "quote" else one_line(text)
        )
        if self.kind == "fact":  # address and user agent: the latter can be anything
            clean = without_links(clean)
        extra = one_line(str(self.extra.resolve(context))) if self.extra else ""
        if clean:
            context[PIECES].append(Piece(self.kind, clean, extra))
        return ""


class SampleNode(Node):
    """Fills in sample values for a preview."""

    def __init__(self, values: dict[str, object]) -> None:
        self.values = values

    def render(self, context: Context) -> str:
        """Renders nothing."""
        if context[PREVIEW]:
            context.update(self.values)
        return ""


def _piece(parser: Parser, token: Token) -> PieceNode:
    kind, *rest = token.split_contents()
    if len(rest) != (kind in WITH_EXTRA):
        raise TemplateSyntaxError(f"{{% {kind} %}} takes {'one value' if kind in WITH_EXTRA else 'no value'}.")
    nodelist = parser.parse((f"end{kind}",))
    parser.delete_first_token()
    return PieceNode(kind, nodelist, parser.compile_filter(rest[0]) if rest else None)


for name in (*PLAIN, *WITH_EXTRA):
    register.tag(name, _piece)


@register.tag
def sample(parser: Parser, token: Token) -> SampleNode:  # noqa: ARG001
    """Parse the JSON object inside."""
    text = parser.parse(("endsample",)).render(Context())
    parser.delete_first_token()
    return SampleNode(json.loads(text, object_hook=_with_times))


def _with_times(values: dict[str, object]) -> dict[str, object]:
    return {name: _time(value) if isinstance(value, str) else value for name, value in values.items()}


def _time(text: str) -> Any:
    return parse_datetime(text) or text
