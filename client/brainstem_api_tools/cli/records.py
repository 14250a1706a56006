"""``load``, ``save``, ``delete``."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any, Callable

from ..paging import record_of, records_of
from ..wire import Answer, with_query
from .connection import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import Response

    from ..wire import Pairs
    from .connection import Server
    from .describe import Field


def load(arguments: argparse.Namespace) -> int:
    """Load a page of records, one record, or all."""
    if arguments.all and (arguments.id or arguments.offset):
        return _makes_no_sense("--all cannot be combined with --id or --offset.")
    if arguments.output in {None, "json"} and not (arguments.all or arguments.columns or arguments.to):
        return _as_answered(arguments)
    return _as_records(arguments)


def filters_of(pairs: list[list[str]]) -> dict[str, Any]:
    """Filters, of which one may be given repeatedly: all must hold, except for ``in``, which makes one list."""
    found: dict[str, Any] = {}
    for path, value in pairs:
        found.setdefault(path, []).append(value)
    return {path: ",".join(values) if path.endswith(".in") else values for path, values in found.items()}


def save(arguments: argparse.Namespace) -> int:
    """Add or change a record."""
    with client_of(arguments) as client:
        answer = client.save(arguments.model, portal=arguments.portal, id=arguments.id, data=arguments.data)
        return _show(answer, record_of)


def delete(arguments: argparse.Namespace) -> int:
    """Delete a record."""
    with client_of(arguments) as client:
        return _show(client.delete(arguments.model, portal=arguments.portal, id=arguments.id))


def _makes_no_sense(text: str) -> int:
    import sys

    print(f"brainstem: {text}", file=sys.stderr)
    return 2


def _as_answered(arguments: argparse.Namespace) -> int:
    """The server's answer, unchanged, as 2.0.0 prints it."""
    with client_of(arguments) as client:
        answer = client.load(
            arguments.model,
            portal=arguments.portal,
            id=arguments.id,
            filters=filters_of(arguments.filters),
            sort=arguments.sort,
            include=arguments.include,
            limit=arguments.limit,
            offset=arguments.offset,
        )
        return _show(answer, record_of if arguments.id else records_of)


def _show(response: Response, holds: Callable[[Any, str], object] | None = None) -> int:
    """Print an answer; a refusal, or anything that is not an answer, is raised as an error.

    Parameters
    ----------
    holds : callable, optional
        Finds the requested records in the answer, or raises an error.
    """
    headers = {name.lower(): value for name, value in response.headers.items()}
    body = Answer(response.status_code, headers, response.content, url=response.url).checked()
    if holds:
        holds(body, response.url)
    print("Deleted successfully." if body is None else json.dumps(body, indent=2))
    return 0


# --- records in other forms ---


def _as_records(arguments: argparse.Namespace) -> int:
    from .connection import server_of
    from .output import opened, write

    with server_of(arguments) as server:
        if arguments.output in {None, "json"}:
            body = _body(arguments, server)
            with opened(arguments.to) as out:
                out.write(f"{json.dumps(body, indent=2)}\n".encode())
        else:
            arguments.typed = lambda: _typed(arguments, server)
            write(_pages(arguments, server), arguments)
    return 0


def _typed(arguments: argparse.Namespace, server: Server) -> dict[str, Field]:
    """The columns of a typed table, with the fields that say their types; included records are JSON."""
    from .describe import field_at, fields_of

    known = fields_of(server, arguments.model)
    names = arguments.columns or [name for name in known if name != "links"]
    included = {path.partition(".")[0] for path in _included(arguments, server)}
    return {name: field_at(server, arguments.model, name, included=name in included) for name in names}


def _body(arguments: argparse.Namespace, server: Server) -> dict[str, Any]:
    """The answer of the server with the columns that are asked for; with ``--all``, with the records of all pages."""
    from ..calls import Calls
    from .flat import picked

    url, query = server.url(arguments.model, arguments.id), _query(arguments, server)
    if arguments.all:
        body = server.transport.run(Calls(server.core).load_all(url, query, None, None))
    else:
        body = server.ask("GET", with_query(url, query))
    if arguments.id:
        record_of(body, server.core.base)
    else:
        records_of(body, server.core.base)
    key = next(key for kind in (list, dict) for key, value in body.items() if isinstance(value, kind) and key != "meta")
    if arguments.all and arguments.limit is not None:
        body[key] = body[key][: arguments.limit]
    if arguments.columns and isinstance(body[key], list):
        body[key] = [picked(record, arguments.columns) for record in body[key]]
    elif arguments.columns:
        body[key] = picked(body[key], arguments.columns)
    return dict(body)


def _pages(arguments: argparse.Namespace, server: Server) -> Iterator[list[dict[str, Any]]]:
    query = _query(arguments, server)
    if arguments.id:
        yield [server.one(arguments.model, arguments.id, query)]
    elif arguments.all:
        yield from server.pages(arguments.model, query, limit=arguments.limit)
    else:
        body = server.ask("GET", with_query(server.url(arguments.model), query))
        yield records_of(body, server.core.base)


def _query(arguments: argparse.Namespace, server: Server) -> Pairs:
    from ..calls import query_of

    query: Pairs = query_of(filters_of(arguments.filters), arguments.sort, _included(arguments, server))
    if arguments.id:
        return [pair for pair in query if pair[0] == "include[]"]
    return query if arguments.all else [*query, ("limit", arguments.limit), ("offset", arguments.offset)]


def _included(arguments: argparse.Namespace, server: Server) -> list[str]:
    """What was asked for, and the relations that columns lead into."""
    from .describe import relation_path

    dotted = (path for path in arguments.columns or () if "." in path)
    needed = (relation_path(server, arguments.model, path) for path in dotted)
    return list(dict.fromkeys([*(arguments.include or ()), *(path for path in needed if path)]))
