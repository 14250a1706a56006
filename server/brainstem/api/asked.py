"""Parses what the response should show, and checks it before anything is written."""

from __future__ import annotations

from collections.abc import Iterable

from brainstem.core.errors import QueryError
from brainstem.core.model.registry import Spec
from brainstem.core.query import run
from brainstem.core.query.syntax import Query, parse
from brainstem.core.write.proposals import approvals_of

from .call import Call


def query_of(call: Call) -> Query:
    """The query string of a request."""
    return parse(call.request.META.get("QUERY_STRING", ""))


def refuse_unknown_names(call: Call, answers: Iterable[Spec] = (), query: Query | None = None) -> None:
    """Refuse a write whose response is to show what does not exist; ``query`` defaults to the call's.

    Callers who may only propose get the proposal in response, so its names are valid too, as are those of the other
    models that the response may show.

    Raises
    ------
    QueryError
        Names the parameter, what is unknown in it, and the nearest valid names.
    """
    query = query_of(call) if query is None else query
    if not query.includes and not query.excludes:
        return
    approvals = approvals_of(call.spec)
    others = [*answers, *([] if approvals is None else [approvals])]
    try:
        run.refuse_unknown_names(call.spec, query, viewer=call.viewer)
    except QueryError:
        if not any(_has_names(spec, call, query) for spec in others):
            raise


def _has_names(spec: Spec, call: Call, query: Query) -> bool:
    try:
        run.refuse_unknown_names(spec, query, viewer=call.viewer)
    except QueryError:
        return False
    return True
