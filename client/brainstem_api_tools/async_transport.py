"""Carries conversations with ``httpx2`` (extra ``async``), awaiting each answer."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, TypeVar

from .failures import no_connection, silence, why
from .redirects import origin
from .transport import CONNECTIONS, MOST_BYTES, TOO_LARGE, Timeout, both
from .wire import Answer, Conversation, Failure, Outcome, Request

if TYPE_CHECKING:
    from httpx2 import Response

T = TypeVar("T")
MISSING = "AsyncBrainstemClient needs httpx2: pip install 'brainstem_python_api_tools[async]'"


class AsyncTransport:
    """A pool of connections of one event loop."""

    def __init__(self, *, timeout: Timeout = 30.0) -> None:
        try:
            import httpx2
        except ImportError as error:
            raise ImportError(MISSING) from error
        self.timeout = connect, read = both(timeout)
        self.client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(read, connect=connect),
            limits=httpx2.Limits(max_connections=CONNECTIONS),
            follow_redirects=False,  # httpx2 makes a GET of everything else
        )

    async def run(self, conversation: Conversation[T]) -> T:
        """The result of a conversation."""
        outcome: Outcome = None
        try:
            while True:
                step = conversation.send(outcome)
                if isinstance(step, Request):
                    outcome = await self.send(step)
                else:
                    await asyncio.sleep(step.seconds)
                    outcome = None
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            conversation.close()

    async def send(self, request: Request) -> Answer | Failure:
        """One request, once."""
        import httpx2

        began = time.monotonic()
        try:
            headers = dict(request.headers)
            async with self.client.stream(
                request.method, request.url, content=request.body, headers=headers
            ) as response:
                await _read(response)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            return _failure(error, request.url, self.timeout, time.monotonic() - began)
        told = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, told, response.content, raw=response, url=request.url)

    async def close(self) -> None:
        """Close the connections."""
        await self.client.aclose()


async def _read(response: Response) -> None:
    """Read the content, unpacked, up to a limit."""
    import httpx2

    parts, size = [], 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > MOST_BYTES:
            raise httpx2.DecodingError(TOO_LARGE)
        parts.append(part)
    response._content = b"".join(parts)


def _failure(error: Exception, url: str, timeout: tuple[float, float], took: float) -> Failure:
    """What an httpx2 exception means."""
    import httpx2

    never_connected: Any = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
    final: Any = (httpx2.UnsupportedProtocol, httpx2.InvalidURL, httpx2.TooManyRedirects, httpx2.DecodingError)
    if isinstance(error, httpx2.TimeoutException):
        never = isinstance(error, never_connected)
        sentence = no_connection(url, timeout[0]) if never else silence(url, timeout[1])
        return Failure(error, sent=not never, silent_s=took, sentence=sentence)
    if isinstance(error, httpx2.RemoteProtocolError):
        sentence = f"{origin(url)} closed the connection before the answer was complete."
    else:
        sentence = f"{origin(url)}: {error}" if isinstance(error, final) else why(url, error)
    return Failure(
        error,
        sent=not isinstance(error, (*never_connected, *final)),
        passing=not isinstance(error, final),
        sentence=sentence,
    )
