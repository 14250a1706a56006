"""The older name of ``brainstem_api_tools``."""

from __future__ import annotations

from typing import Any

import brainstem_api_tools
from brainstem_api_tools import *  # noqa: F403
from brainstem_api_tools import __all__ as __all__


def __getattr__(name: str) -> Any:
    return getattr(brainstem_api_tools, name)
