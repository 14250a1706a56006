"""``brainstem_api_tools.models.session`` and the like: modules that have no file, only a stub."""

from __future__ import annotations

from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from ..contract import models
from ..record import record_class


class Modules:
    """Finds and makes the module of a model for ``import``: the class of its records, and that of its calls.

    A finder and loader without their abstract classes, which take a millisecond to import.
    """

    @staticmethod
    def find_spec(name: str, *_: object) -> ModuleSpec | None:
        package, model = name.rpartition(".")[::2]
        if package != __package__ or model not in models():
            return None
        return ModuleSpec(name, Modules)  # type: ignore[arg-type]

    @staticmethod
    def create_module(spec: ModuleSpec) -> None:
        """As any other module is made."""

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        model = module.__name__.rpartition(".")[2]
        record = record_class(model)

        def missing(name: str) -> Any:
            if name != f"{record.__name__}Calls":
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            from ..resource import calls_class  # not before somebody asks: it needs half of the client

            return calls_class(model)

        module.__doc__ = models()[model]["description"]
        vars(module).update({record.__name__: record, "__getattr__": missing})
