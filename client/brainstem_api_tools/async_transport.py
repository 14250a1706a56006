"""Carries conversations with ``httpx2`` (extra ``async``), awaiting each answer."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

from .transport import CONNECTIONS, MOST_BYTES, TOO_LARGE, Timeout
from .wire import Answer, Conversation, Failure, Outcome, Request

T = TypeVar("T")
MISSING = "AsyncBrainstemClient needs httpx2: pip install 'brainstem_python_api_tools[async]'"


class AsyncTransport:
    """A pool of connections of one event loop."""

    def __init__(self, *, timeout: Timeout = 30.0) -> None:
        try:
            import httpx2
        except ImportError as error:
            raise ImportError(MISSING) from error
        connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
        self.client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(read, connect=connect),
            limits=httpx2.Limits(max_connections=CONNECTIONS),
            follow_redirects=True,
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

        try:
            headers = dict(request.headers)
            async with self.client.stream(
                request.method, request.url, content=request.body, headers=headers
            ) as response:
                await _read(response)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            return _failure(error)
        told = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, told, response.content, raw=response)

    async def close(self) -> None:
        """Close the connections."""
        await self.client.aclose()


async def _read(response: Any) -> None:
    """Read the content up to a limit, as it is once unpacked."""
    import httpx2

    parts, size = [], 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > MOST_BYTES:
            raise httpx2.DecodingError(TOO_LARGE)
        parts.append(part)
    response._content = b"".join(parts)


def _failure(error: Exception) -> Failure:
    """What an exception of httpx2 tells."""
    import httpx2

    never_connected: Any = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
    final: Any = (httpx2.UnsupportedProtocol, httpx2.InvalidURL, httpx2.TooManyRedirects, httpx2.DecodingError)
    return Failure(error, sent=not isinstance(error, (*never_connected, *final)), passing=not isinstance(error, final))
