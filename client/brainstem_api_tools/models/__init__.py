"""The records of each model, as classes that are made from the contract when they are first used.

Type checkers and editors read the stubs beside this file; for ``import``, ``_modules.py`` makes the modules that they
describe.
"""

from __future__ import annotations

import sys
from typing import Any

from .. import contract
from ..record import record_class
from ._modules import Modules

ATTRIBUTES = contract.attributes()
CLASSES = contract.classes()
__all__ = list(CLASSES)

if Modules not in sys.meta_path:
    sys.meta_path.append(Modules)


def __getattr__(name: str) -> Any:
    if name not in CLASSES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return record_class(CLASSES[name])


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
