"""A loader for each common model; the stub lists them, for type checkers and editors."""

from __future__ import annotations

from .loader import RULES, Loader


class Loaders:
    """``load_<model>``: ``load`` with named filters and the usual relations included.

    Each returns a response, or with ``load_all=True`` one dict with the records of all pages.
    """


for _model in RULES:
    setattr(Loaders, f"load_{_model}", Loader(_model))
