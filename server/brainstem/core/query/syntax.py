"""Query string -> :class:`Query`. Pure: no Django, no model, no user."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from ..errors import QueryError, UnknownName
from ..model.trees import Role
from ..steps import staged
from ..text.numbers import whole_of
from ..text.shown import shown
from ..text.words import parse_boolean
from .operators import LISTING

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
MAX_FILTERS = 100
MAX_SORTS = 10
# Whether repeated or separated by commas. A model has up to thirty keys that can be excluded.
MAX_PATHS = {"include[]": 60, "exclude[]": 200}
MAX_DEPTH = 8
MAX_OFFSET = NO_LIMIT = 2**53
LONGEST_NAME = 1000  # characters in the name of a parameter, such as a filter with its path

_FILTER = re.compile(r"^filter\{(-?)([^{}]*)\}$")
_FLAGS = ("writable", "include_version")
_PARAMETERS = (
    "filter{field}", "filter{field.operator}", "filter{-field}", "sort[]", "include[]", "exclude[]", "search", "limit",
    "offset", "page", "per_page", "cursor", "writable", "include_version", "as_of", "format",
    "return",
)  # fmt: skip
_SINGLE = {"search", "limit", "offset", "page", "per_page", "cursor", *_FLAGS, "as_of", "format", "return"}
_LISTS = {"sort[]": "sort", "sort": "sort", "include[]": "include", "include": "include", "exclude[]": "exclude",
          "exclude": "exclude"}  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """One condition: ``path`` holds the names between dots, the last of which may be an operator."""

    path: tuple[str, ...]
    negated: bool
    value: str

    @property
    def written(self) -> str:
        """The parameter as the caller wrote it, for messages."""
        return f"filter{{{'-' if self.negated else ''}{'.'.join(self.path)}}}"


@dataclass(frozen=True)
class Sort:
    """One sort key."""

    path: tuple[str, ...]
    descending: bool

    @property
    def written(self) -> str:
        """The value as the caller wrote it, for messages."""
        return ("-" if self.descending else "") + ".".join(self.path)


@dataclass(frozen=True)
class Query:
    """What a request asks of a list or a record.

    With ``level``, only rows on which the caller holds that role are ``writable``. ``named`` are paths to what records
    are called, where words are searched instead; with ``called``, one of these texts is the whole of what such a path
    leads to, or the id, in any case. With ``typed``, records come first whose ``titles`` are this text, and then those
    whose titles start with it. Pages alone ask for these. ``as_of`` is a time as it was written, and ``moment``
    what it means, once that has been checked.
    """

    filters: tuple[Filter, ...] = ()
    sorts: tuple[Sort, ...] = ()
    includes: tuple[tuple[str, ...], ...] = ()
    excludes: tuple[tuple[str, ...], ...] = ()
    search: tuple[str, ...] = ()
    limit: int = DEFAULT_LIMIT
    offset: int = 0
    cursor: str | None = None
    writable: bool = False
    level: Role | None = None
    named: tuple[tuple[str, ...], ...] = ()
    called: tuple[str, ...] = ()
    titles: tuple[tuple[str, ...], ...] = ()
    typed: str = ""
    versions: bool = False
    as_of: str | None = None
    moment: dt.datetime | None = None


@staged("parse")
def parse(query_string: str, *, whole: bool = False) -> Query:
    """Read a query string.

    Parameters
    ----------
    whole : bool
        The query means all records unless it gives a limit, which may be any number.

    Raises
    ------
    QueryError
        Names the parameter and what is valid.
    """
    if not query_string:
        return Query(limit=NO_LIMIT) if whole else Query()
    single: dict[str, str] = {}
    lists: dict[str, list[str]] = {"sort": [], "include": [], "exclude": []}
    filters: list[Filter] = []
    for name, value in _pairs(query_string):
        if name in _SINGLE:
            single[name] = value
        elif name in _LISTS:
            lists[_LISTS[name]].append(value)
        elif name != "_":  # Added by some browser libraries to bypass caches.
            filters.append(_filter(name, value))
    filters = _merged(filters)
    _at_most(len(filters), MAX_FILTERS, "filters")
    _at_most(len(lists["sort"]), MAX_SORTS, "sort[]")
    limit, offset = _window(single, whole)
    flags = {name: parse_boolean(single[name], name) for name in _FLAGS if name in single}
    return Query(
        filters=tuple(filters),
        sorts=tuple(_sort(text) for text in lists["sort"]),
        includes=_paths(lists["include"], "include[]"),
        excludes=_paths(lists["exclude"], "exclude[]"),
        search=tuple(single.get("search", "").split()[:10]),
        limit=limit,
        offset=offset,
        cursor=single.get("cursor"),
        writable=flags.get("writable", False),
        versions=flags.get("include_version", False),
        as_of=single.get("as_of"),
    )


def _pairs(query_string: str) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(query_string, keep_blank_values=True, max_num_fields=400, errors="strict")
    except (UnicodeDecodeError, ValueError) as error:
        reason = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else "has too many parameters (at most 400)"
        raise QueryError.whole(f"The query string {reason}.") from error
    for name, value in pairs:
        if "\x00" in name or "\x00" in value:
            raise QueryError.at(name.replace("\x00", ""), "A NUL character is not allowed.")
    return pairs


def _merged(filters: list[Filter]) -> list[Filter]:
    """Repeats of a filter that takes a list are merged; every other repeated filter is a separate condition."""
    found: list[Filter] = []
    lists: dict[tuple[tuple[str, ...], bool], int] = {}
    for one in filters:
        key = (one.path, one.negated)
        if one.path[-1] in LISTING and key in lists:
            position = lists[key]
            found[position] = Filter(one.path, one.negated, f"{found[position].value},{one.value}")
            continue
        lists[key] = len(found)
        found.append(one)
    return found


def _filter(name: str, value: str) -> Filter:
    if len(name) > LONGEST_NAME:
        raise QueryError.whole(f"The name of a parameter has at most {LONGEST_NAME} characters, got {shown(name)}.")
    match = _FILTER.match(name)
    if not match:
        raise UnknownName.at(name, f"There is no parameter {shown(name)}. Valid parameters: {', '.join(_PARAMETERS)}.")
    return Filter(_path(match[2], name), bool(match[1]), value)


def _sort(text: str) -> Sort:
    descending = text.startswith("-")
    return Sort(_path(text.removeprefix("-").removeprefix("+"), "sort[]"), descending)


def _path(text: str, name: str) -> tuple[str, ...]:
    path = tuple(part.strip() for part in text.split("."))
    if not all(path):
        raise QueryError.at(name, f"Expected names separated by dots, got {shown(text)}.")
    if len(path) > MAX_DEPTH + 2:
        raise QueryError.at(name, f"A path may have at most {MAX_DEPTH + 2} names, got {len(path)}.")
    return path


def _paths(texts: list[str], name: str) -> tuple[tuple[str, ...], ...]:
    # Counted before they are parsed.
    _at_most(sum(text.count(",") + 1 for text in texts), MAX_PATHS[name], name)
    paths = []
    for text in texts:
        for part in text.split(","):
            stripped = part.strip().removesuffix(".*").rstrip(".")
            if stripped in ("", "*"):
                continue
            path = _path(stripped, name)
            if len(path) > MAX_DEPTH:
                raise QueryError.at(name, f"At most {MAX_DEPTH} levels can be nested, got {len(path)}.")
            paths.append(path)
    return tuple(dict.fromkeys(paths))


def _window(single: dict[str, str], whole: bool) -> tuple[int, int]:
    limit_name = "per_page" if "per_page" in single and "limit" not in single else "limit"
    default = NO_LIMIT if whole and "page" not in single else DEFAULT_LIMIT
    most = NO_LIMIT if whole and "page" not in single else MAX_LIMIT
    limit = min(_whole(single.get(limit_name, str(default)), limit_name, least=1), most)
    if "page" not in single:
        return limit, _whole(single.get("offset", "0"), "offset", least=0)
    if "offset" in single or "cursor" in single:
        raise QueryError.at("page", "Give either page or offset or cursor, not two of them.")
    return limit, (_whole(single["page"], "page", least=1) - 1) * limit


def _whole(text: str, name: str, *, least: int) -> int:
    value = whole_of(text, below=MAX_OFFSET + 1)
    if value is None or value < least:
        raise QueryError.at(name, f"Expected a whole number of {least} or more, got {shown(text)}.")
    return value


def _at_most(number: int, limit: int, name: str) -> None:
    if number > limit:
        raise QueryError.at(name, f"At most {limit} are allowed in one request, got {number}.")
