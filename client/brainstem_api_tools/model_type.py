"""The models as members of an enumeration; the stub lists them, for type checkers and editors."""

from __future__ import annotations

from enum import Enum

from .contract import routes

ModelType = Enum("ModelType", {model: model for model in routes()}, module=__name__)
ModelType.__doc__ = "The models, under every name that released clients have for them."
