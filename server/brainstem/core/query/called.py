"""Conditions on what records are called: a column, or one of a record that a relation leads to, as people read it."""

from __future__ import annotations

from ..model.fields import TypeField
from ..model.registry import Column, Spec, specs
from ..sql.dialect import literal
from ..sql.fragment import Sql, all_of, join, quoted
from ..types.schemas import types_of
from .comparisons import Writer
from .sources import hop

Path = tuple[str, ...]


def contained(writer: Writer, spec: Spec, alias: str, path: Path, index: int) -> Sql:
    """Whether what a path leads to contains a word of the search, in any case; ``index`` is the place of the word."""
    find = "strpos(" if writer.vendor == "postgresql" else "instr("
    word = Sql(writer.dialect.cast("string"), (("search", index, 0),))
    return find + _folded(writer, spec, alias, path) + "," + word + ") > 0"


def is_called(writer: Writer, spec: Spec, alias: str, path: Path) -> Sql:
    """Whether what a path leads to is one of the texts bound to the slot "called", in any case."""
    found = _folded(writer, spec, alias, path)
    return Sql(writer.dialect.member(found.text, "string"), (*found.slots, ("called",)))


def nearness(writer: Writer, spec: Spec, alias: str, titles: tuple[Path, ...]) -> Sql:
    """How near the title of a record is to the text bound to the slot "typed": 0 the same, 1 starts with it, else 2."""
    parts: list[Sql] = []
    for path in titles:
        folded = _folded(writer, spec, alias, path)
        parts.append("COALESCE(" + folded + ",'')")
    title = join("||' '||", parts)
    typed = Sql(writer.dialect.cast("string"), (("typed",),))
    find = "strpos(" if writer.vendor == "postgresql" else "instr("
    same, starts = title + "=" + typed, find + title + "," + typed + ")=1"
    return "CASE WHEN " + same + " THEN 0 WHEN " + starts + " THEN 1 ELSE 2 END"


def _folded(writer: Writer, spec: Spec, alias: str, path: Path) -> Sql:
    """The text at the end of a path in lowercase, if the viewer may see what holds it."""
    name, *rest = path
    if not rest:
        column = spec.columns[name]
        return Sql(_words(column, f"{alias}.{quoted(column.column)}", writer))
    relation = spec.relations[name]
    target, far = specs()[relation.target], writer.alias(specs()[relation.target])
    source, joined = hop(relation, alias, far)
    seen = writer.hop_scope(relation, far)
    below = _folded(writer, target, far, tuple(rest))
    return "(SELECT " + below + f" FROM {source} WHERE " + all_of([joined, seen]) + " LIMIT 1)"


def _words(column: Column, sql: str, writer: Writer) -> str:
    """A text in lowercase; of a code, the words that people read in its place."""
    labels = _labels(column)
    if not labels:
        return writer.dialect.folded(sql)
    cases = " ".join(f"WHEN {literal(code)} THEN {literal(label.lower())}" for code, label in labels)
    return f"(CASE {sql} {cases} ELSE {writer.dialect.folded(sql)} END)"


def _labels(column: Column) -> list[tuple[str, str]]:
    if isinstance(column.field, TypeField):
        return types_of(column.field.schema_group)
    return [(str(code), str(label)) for code, label in column.field.choices or ()]


__all__ = ["contained", "is_called", "nearness"]
