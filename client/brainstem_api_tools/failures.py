"""Why there was no answer, in one sentence that names the server. Pure: knows the errors of no HTTP library."""

from __future__ import annotations

from collections.abc import Iterator

from .redirects import origin

MOST = 20  # errors that are looked at, each the cause of the one before


def no_connection(url: str, seconds: float) -> str:
    """For a server that takes no connection."""
    return f"{origin(url)} cannot be reached: no connection within {seconds:g} s."


def silence(url: str, seconds: float) -> str:
    """For a server that takes a connection and says nothing."""
    return f"{origin(url)} did not answer within {seconds:g} s."


def why(url: str, error: BaseException) -> str:
    """For everything else, from what the operating system said."""
    import socket
    import ssl

    for one in _causes(error):
        if isinstance(one, ssl.SSLError):
            reason = getattr(one, "verify_message", "") or one.reason or "it cannot be read"
            return f"The certificate of {origin(url)} is not accepted: {reason}."
        if isinstance(one, ConnectionRefusedError):
            return f"{origin(url)} cannot be reached: nobody listens there (connection refused)."
        if isinstance(one, socket.gaierror):
            return f"{origin(url)} cannot be reached: there is no server of this name."
        if isinstance(one, ConnectionError):  # reset, closed, aborted
            return f"{origin(url)} ended the connection before the answer was whole."
    for one in _causes(error):
        if isinstance(one, OSError) and one.strerror:
            return f"{origin(url)} cannot be reached: {one.strerror}."
    return f"{origin(url)} did not answer as a web server does ({type(error).__name__})."


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what led to it, wherever libraries keep that."""
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
