"""Why there was no answer, in one sentence that names the server. Pure: independent of HTTP libraries."""

from __future__ import annotations

from collections.abc import Iterator

from .redirects import origin

MOST = 20  # errors that are looked at, each the cause of the one before


def no_connection(url: str, seconds: float) -> str:
    """For a server that does not accept connections."""
    return f"{origin(url)} cannot be reached: no connection within {seconds:g} s."


def silence(url: str, seconds: float) -> str:
    """For a server that accepts a connection but does not answer."""
    return f"{origin(url)} did not answer within {seconds:g} s."


def why(url: str, error: BaseException) -> str:
    """For everything else, from the operating system's message."""
    import socket
    import ssl

    for one in _causes(error):
        if isinstance(one, ssl.SSLError):
            reason = getattr(one, "verify_message", "") or one.reason or "it could not be read"
            return f"The certificate of {origin(url)} was not accepted: {reason}."
        if isinstance(one, ConnectionRefusedError):
            return f"{origin(url)} cannot be reached: the connection was refused."
        if isinstance(one, socket.gaierror):
            return f"{origin(url)} cannot be reached: there is no server with this name."
        if isinstance(one, ConnectionError):  # reset, closed, aborted
            return f"{origin(url)} closed the connection before the answer was complete."
    for one in _causes(error):
        if isinstance(one, OSError) and one.strerror:
            return f"{origin(url)} cannot be reached: {one.strerror}."
    return f"{origin(url)} did not answer as a web server does ({type(error).__name__})."


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and its causes, wherever libraries keep them."""
    waiting: list[object] = [error]
    seen: list[object] = []
    while waiting and len(seen) < MOST:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or any(one is other for other in seen):
            continue
        seen.append(one)
        yield one
        waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
        waiting += getattr(one, "exceptions", ())
