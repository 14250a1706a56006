"""Changes of many records in steps, with few rows a step."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

from brainstem.web.portal.bulk import doing, kept, looking, pages


@contextmanager
def steps_of(rows: int) -> Iterator[None]:
    """So many records at once, in every module that has the number."""
    with ExitStack() as stack:
        for module in (doing, kept, looking, pages):
            stack.enter_context(mock.patch.object(module, "STEP", rows))
        yield
