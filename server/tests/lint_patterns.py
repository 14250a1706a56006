"""Regular expressions of the product that could take more than linear time: ``python server/tests/lint_patterns.py``.

A backtracking matcher tries every way in which a text can be divided among the parts of a pattern. There are many ways
where two unlimited repetitions can read the same signs one after the other, as in ``\\s*(.*?)\\s*``; where a repetition
lies in another one that can begin where the first ends, as in ``(a+)+``; and where a search begins again at every sign of
what it has just read, as in ``<[^>]+>``.

Each pattern is taken from the source, read as :mod:`re` reads it, and turned into an automaton of its positions. It is
refused if a text leads from one position that it can stay at to another one, while it could also stay at either: then
the number of ways grows with the length of the text, and so does the time, once the end does not fit.
"""

from __future__ import annotations

import ast
import re
import re._parser as parser  # type: ignore[import-not-found]
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("server/brainstem", "client/brainstem_api_tools", "client/brainstem_api_client", "client/tools", "examples")
# Signs that stand for all: ASCII, and others that a class may take or leave.
SIGNS = [chr(code) for code in range(128)] + list("é٣１²ſK\u0301\u2003\u2028漢")
EVERY = frozenset(SIGNS)
ANCHORED = {"match", "fullmatch"}
SEARCHES = {"search", "sub", "subn", "split", "findall", "finditer"}
MANY = 40  # of a bounded repetition no more copies are looked at

Signs = frozenset[str]


class Unreadable(ValueError):
    """The pattern has a construct that is not supported here: write it in another way."""


@dataclass
class Automaton:
    """Positions of a pattern, each with the characters that it matches, and which can follow which."""

    signs: list[Signs] = field(default_factory=list)
    follow: dict[int, set[int]] = field(default_factory=dict)
    doubled: bool = False

    def add(self, signs: Signs) -> int:
        """A new position."""
        self.signs.append(signs)
        self.follow[len(self.signs) - 1] = set()
        return len(self.signs) - 1

    def join(self, before: set[int], after: set[int]) -> None:
        """Let each of the second follow each of the first; twice the same step is a choice without a difference."""
        for one in before:
            if self.follow[one] & after:
                self.doubled = True
            self.follow[one] |= after


@dataclass(frozen=True)
class Part:
    """A part of a pattern: where it can begin and end, and whether it can be empty."""

    first: frozenset[int]
    last: frozenset[int]
    empty: bool


NOTHING = Part(frozenset(), frozenset(), True)


def problem_of(pattern: str, flags: int = 0, *, searched: bool = True, ends: bool = True) -> str:
    """Why a pattern can take more than linear time; empty if it cannot.

    Parameters
    ----------
    searched : bool
        It is looked for anywhere in a text, not only at its beginning.
    ends : bool
        The whole text has to fit.
    """
    tree = parser.parse(pattern, flags)
    built = Automaton()
    try:
        part = _sequence(built, list(tree), tree.state.flags)
    except Unreadable as error:
        return str(error)
    if built.doubled:
        return "a repetition lies in another one, and a text can be divided between them in several ways"
    if ends:
        end = built.add(frozenset())
        built.join(set(part.last), {end})
        part = Part(part.first | ({end} if part.empty else set()), frozenset({end}), False)
    if searched and not _anchored(list(tree), tree.state.flags):
        start = built.add(EVERY)
        built.follow[start] = {start, *part.first}
    return _ambiguous(built, part)


def _ambiguous(built: Automaton, part: Part) -> str:
    staying = [one for one in built.follow if _reaches(built, one, one)]
    needed = {one for one in staying if not _can_end(built, one, part)}
    for one in staying:
        for other in needed - {one}:
            if _both_ways(built, one, other):
                return (
                    f"two repetitions can read the same signs, such as {_common(built, one, other)!r},"
                    " one after the other"
                )
    return ""


def _can_end(built: Automaton, position: int, part: Part) -> bool:
    """Whether a match may end after a position, so that nothing after it is ever tried in vain."""
    return position in part.last


def _reaches(built: Automaton, start: int, goal: int) -> bool:
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        for one in built.follow[waiting.pop()] - seen:
            if one == goal:
                return True
            seen.add(one)
            waiting.append(one)
    return False


def _both_ways(built: Automaton, one: int, other: int) -> bool:
    """Whether some text leads from one to itself, from one to the other, and from the other to itself."""
    start, goal = (one, one, other), (one, other, other)
    seen, waiting = {start}, [start]
    while waiting:
        at = waiting.pop()
        for left in built.follow[at[0]]:
            for middle in built.follow[at[1]]:
                both = built.signs[left] & built.signs[middle]
                if not both:
                    continue
                for right in built.follow[at[2]]:
                    step = (left, middle, right)
                    if step not in seen and both & built.signs[right]:
                        if step == goal:
                            return True
                        seen.add(step)
                        waiting.append(step)
    return False


def _common(built: Automaton, one: int, other: int) -> str:
    return min(built.signs[one] & built.signs[other] or {"?"}, key=lambda sign: (not sign.isalnum(), sign))


# -- a pattern as Python has read it ------------------------------------------------------------------------------------


def _sequence(built: Automaton, nodes: list[Any], flags: int) -> Part:
    found = NOTHING
    for node in nodes:
        part = _part(built, node, flags)
        built.join(set(found.last), set(part.first))
        found = Part(
            found.first | (part.first if found.empty else frozenset()),
            part.last | (found.last if part.empty else frozenset()),
            found.empty and part.empty,
        )
    return found


def _part(built: Automaton, node: tuple[Any, Any], flags: int) -> Part:
    kind, value = str(node[0]), node[1]
    if kind in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
        position = frozenset({built.add(_signs(kind, value, flags))})
        return Part(position, position, False)
    if kind == "SUBPATTERN":
        return _sequence(built, list(value[3]), (flags | value[1]) & ~value[2])
    if kind == "ATOMIC_GROUP":
        return _sequence(built, list(value), flags)
    if kind == "BRANCH":
        parts = [_sequence(built, list(branch), flags) for branch in value[1]]
        first = frozenset().union(*(part.first for part in parts))
        last = frozenset().union(*(part.last for part in parts))
        return Part(first, last, any(part.empty for part in parts))
    if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return _repeated(built, value, flags)
    if kind == "AT" and str(value) in ("AT_END", "AT_END_STRING"):
        position = frozenset({built.add(frozenset())})
        return Part(position, position, False)
    if kind in ("AT", "ASSERT", "ASSERT_NOT"):
        return NOTHING
    raise Unreadable(f"{kind.lower()} is not looked at; write the pattern in another way")


def _repeated(built: Automaton, value: tuple[int, Any, Any], flags: int) -> Part:
    least, most, inner = value
    if most is parser.MAXREPEAT:
        found = _sequence(built, [node for _ in range(max(0, min(least, MANY) - 1)) for node in inner], flags)
        part = _sequence(built, list(inner), flags)
        built.join(set(part.last), set(part.first))
        if part.empty and part.first:
            built.doubled = True
        joined = Part(part.first, part.last, part.empty or least == 0)
        return joined if least < 2 else _after(built, found, joined)
    found = NOTHING
    for number in range(min(most, MANY)):
        part = _sequence(built, list(inner), flags)
        found = _after(built, found, Part(part.first, part.last, part.empty or number >= least))
    return found


def _after(built: Automaton, before: Part, part: Part) -> Part:
    built.join(set(before.last), set(part.first))
    return Part(
        before.first | (part.first if before.empty else frozenset()),
        part.last | (before.last if part.empty else frozenset()),
        before.empty and part.empty,
    )


def _signs(kind: str, value: Any, flags: int) -> Signs:
    if kind == "ANY":
        return EVERY if flags & re.DOTALL else EVERY - {"\n"}
    if kind == "LITERAL":
        return _cased(frozenset({chr(value)}), flags)
    if kind == "NOT_LITERAL":
        return EVERY - _cased(frozenset({chr(value)}), flags)
    negated = bool(value) and str(value[0][0]) == "NEGATE"
    found = frozenset().union(*(_of_class(one, flags) for one in value if str(one[0]) != "NEGATE"))
    return EVERY - found if negated else found


def _of_class(item: tuple[Any, Any], flags: int) -> Signs:
    kind, value = str(item[0]), item[1]
    if kind == "LITERAL":
        return _cased(frozenset({chr(value)}), flags)
    if kind == "RANGE":
        return _cased(frozenset(sign for sign in SIGNS if value[0] <= ord(sign) <= value[1]), flags)
    classes = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}
    name = str(value).removeprefix("CATEGORY_")
    known = re.compile(classes[name.removeprefix("NOT_")], flags & re.ASCII)
    inside = frozenset(sign for sign in SIGNS if known.match(sign))
    return EVERY - inside if name.startswith("NOT_") else inside


def _cased(signs: Signs, flags: int) -> Signs:
    if not flags & re.IGNORECASE:
        return signs
    return signs | {other for sign in signs for other in (sign.lower(), sign.upper()) if len(other) == 1}


def _anchored(nodes: list[Any], flags: int) -> bool:
    if not nodes:
        return False
    kind, value = str(nodes[0][0]), nodes[0][1]
    if kind == "SUBPATTERN":
        return _anchored(list(value[3]), flags)
    if kind == "BRANCH":
        return all(_anchored(list(branch), flags) for branch in value[1])
    return kind == "AT" and (
        str(value) == "AT_BEGINNING_STRING" or (str(value) == "AT_BEGINNING" and not flags & re.MULTILINE)
    )


# -- patterns in the source ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """A pattern in the source; ``uses`` are the methods that it is seen to be used with, none if that is not known."""

    path: Path
    line: int
    pattern: str
    flags: int
    uses: frozenset[str]

    @property
    def problem(self) -> str:
        """The result of :func:`problem_of` for the way it is used."""
        searched = not self.uses or bool(self.uses & SEARCHES)
        ends = not self.uses or "fullmatch" in self.uses
        return problem_of(self.pattern, self.flags, searched=searched, ends=ends)


def patterns_in(source: str, path: Path = Path("-")) -> Iterator[Found]:
    """Every pattern of a module: given to :mod:`re`, to an address of Django's, or to a validator."""
    tree = ast.parse(source)
    uses = _uses_by_name(tree)
    names = {id(node.value): _name(node) for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.AnnAssign)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = ast.unparse(node.func)
        if called.startswith("re.") and called[3:] in ANCHORED | SEARCHES | {"compile"}:
            method = called[3:]
            known = uses.get(names.get(id(node), ""), frozenset()) if method == "compile" else frozenset({method})
        elif called in ("re_path", "RegexValidator"):
            known = frozenset({"search"})
        else:
            continue
        text = _text(node.args[0])
        if text is not None:
            yield Found(path, node.lineno, text, _flags(node), known)


def _uses_by_name(tree: ast.AST) -> dict[str, frozenset[str]]:
    """Name of a pattern -> methods of it that the module calls, if it does nothing else with it."""
    called: dict[str, set[str]] = {}
    other: set[str] = set()
    methods: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            called.setdefault(node.value.id, set()).add(node.attr)
            methods.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in methods:
            other.add(node.id)
    public = {name for name in called if not name.startswith("_")}  # other modules may search with it
    return {name: frozenset(found) for name, found in called.items() if name not in other | public}


def _name(node: ast.Assign | ast.AnnAssign) -> str:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    return target.id if isinstance(target, ast.Name) else ""


def _text(node: ast.expr) -> str | None:
    """The text of a literal; what is put into it is taken for some word."""
    if isinstance(node, ast.Constant):
        found = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        return found if isinstance(found, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join("8" if isinstance(one, ast.FormattedValue) else str(_text(one)) for one in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text(node.left), _text(node.right)
        return None if left is None or right is None else left + right
    return None


def _flags(node: ast.Call) -> int:
    given = [*node.args[1:], *(one.value for one in node.keywords if one.arg == "flags")]
    names = {part for one in given for part in ast.unparse(one).replace("|", " ").split() if part.startswith("re.")}
    return int(sum(getattr(re, name[3:]) for name in names if hasattr(re, name[3:])))


def main(report: Callable[[str], object] = print) -> int:
    """Check every source file; 1 if a pattern is refused."""
    refused = 0
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for found in patterns_in(path.read_text(encoding="utf-8"), path.relative_to(ROOT)):
                if problem := found.problem:
                    report(f"{found.path}:{found.line}: {problem}: {found.pattern}")
                    refused += 1
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
