"""Carries conversations with ``requests``: one session, whose connections are kept."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, Union

from .failures import no_connection, silence, why
from .redirects import origin
from .wire import Answer, Conversation, Failure, Outcome, Request

if TYPE_CHECKING:
    import requests

T = TypeVar("T")
CONNECTIONS = 16
PART = 1 << 18
MOST_BYTES = 256 * 1024 * 1024  # of one answer; what holds more is a stream
TOO_LARGE = f"The answer is larger than {MOST_BYTES // (1024 * 1024)} MB: request less at once."
NO_CONTENT = frozenset({204, 304})
NDJSON = "application/x-ndjson"
ARROW = "application/vnd.apache.arrow.stream"
Timeout = Union[float, tuple[float, float]]
CONNECT_S = 10.0  # a server that takes no connection by then is down


class Transport:
    """A pool of connections; may be used by several threads.

    Parameters
    ----------
    timeout : float or (float, float)
        Seconds to wait for each part of an answer, and at most 10 of them for a connection; or both.
    """

    def __init__(self, *, timeout: Timeout = 30.0) -> None:
        import requests  # the only costly import, so only who talks to a server pays for it
        from requests.adapters import HTTPAdapter

        self.timeout = both(timeout)

        class Session(requests.Session):
            def get_redirect_target(self, resp: requests.Response) -> None:
                """None: ``redirects.py`` decides, also about addresses that requests cannot read."""

        self.session: requests.Session = Session()
        for scheme in ("https://", "http://"):
            self.session.mount(scheme, HTTPAdapter(pool_connections=4, pool_maxsize=CONNECTIONS))

    def run(self, conversation: Conversation[T]) -> T:
        """The result of a conversation."""
        outcome: Outcome = None
        try:
            while True:
                step = conversation.send(outcome)
                if isinstance(step, Request):
                    outcome = self.send(step)
                else:
                    time.sleep(step.seconds)
                    outcome = None
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            conversation.close()

    def send(self, request: Request) -> Answer | Failure:
        """One request, once."""
        import requests

        began = time.monotonic()
        try:
            response = self.session.request(
                request.method,
                request.url,
                data=request.body,
                headers=dict(request.headers),
                timeout=self.timeout,
                auth=_as_it_is,
                allow_redirects=False,  # requests makes a GET of everything else
                stream=True,
            )
            headers = {name.lower(): value for name, value in response.headers.items()}
            if request.streamed and is_stream(headers):
                return Answer(response.status_code, headers, b"", raw=response, url=request.url)
            _read(response)
            _check_whole(request, response)
        except requests.RequestException as error:
            return _failure(error, request.url, self.timeout, time.monotonic() - began)
        return Answer(response.status_code, headers, response.content, raw=response, url=request.url)

    def close(self) -> None:
        """Close the connections."""
        self.session.close()


def both(timeout: Timeout) -> tuple[float, float]:
    """Seconds to wait for a connection, and for an answer."""
    return timeout if isinstance(timeout, tuple) else (min(CONNECT_S, timeout), timeout)


def _as_it_is(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    # Without this, requests puts what ~/.netrc says for the host in the place of the token.
    return prepared


def _read(response: requests.Response) -> None:
    """Read the content, unpacked, up to a limit: a few kilobytes of gzip can hold gigabytes."""
    import requests

    parts, size = [], 0
    for part in response.iter_content(PART):
        size += len(part)
        if size > MOST_BYTES:
            response.close()
            raise requests.exceptions.ContentDecodingError(TOO_LARGE)
        parts.append(part)
    response._content = b"".join(parts)  # what .content gives to callers of 2.0.0


def is_stream(headers: Mapping[str, str]) -> bool:
    """Whether the content is a stream of records."""
    return headers.get("content-type", "").startswith((NDJSON, ARROW))


def _check_whole(request: Request, response: requests.Response) -> None:
    """Refuse an answer that was cut where the libraries below take the part for the whole."""
    import requests

    if request.method == "HEAD" or response.status_code in NO_CONTENT:
        return
    content, told = response.content, response.headers.get("Content-Length", "")
    if told.isdigit():
        whole = response.raw.tell() >= int(told)  # older versions of urllib3 do not count
    else:
        # Cut among its headers, an answer looks like one that ends where the connection ends.
        page = "html" in response.headers.get("Content-Type", "")
        whole = "Transfer-Encoding" in response.headers or not response.ok or page or _is_json(content)
    if not whole:
        raise requests.exceptions.ChunkedEncodingError("The connection closed before the answer was complete.")


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True


def _failure(error: Exception, url: str, timeout: tuple[float, float], took: float) -> Failure:
    """What a requests exception means."""
    import requests
    from urllib3.exceptions import NewConnectionError, ReadTimeoutError

    passing = isinstance(error, (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError))
    if isinstance(error, requests.exceptions.SSLError):
        passing = False
    cause: Any = error.args[0] if error.args else None
    never_connected = isinstance(getattr(cause, "reason", cause), NewConnectionError)
    unsent = never_connected or isinstance(error, (requests.exceptions.ConnectTimeout, ValueError))
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return Failure(error, sent=False, silent_s=took, sentence=no_connection(url, timeout[0]))
    if isinstance(error, requests.Timeout) or isinstance(cause, ReadTimeoutError):  # the latter amid an answer
        return Failure(error, silent_s=took, sentence=silence(url, timeout[1]))
    own = isinstance(error, (requests.exceptions.ContentDecodingError, ValueError))
    sentence = f"{origin(url)}: {error}" if own else ""
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        sentence = f"{origin(url)} closed the connection before the answer was complete."
    return Failure(error, sent=not unsent, passing=passing, sentence=sentence or why(url, error))
