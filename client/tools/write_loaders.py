"""``loaders.py``: the loader of each model that released clients have one for."""

from __future__ import annotations

from typing import Any

HEAD = '''"""One loader for each common model, with named filters. Written by client/tools/generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Loaders:
    """``load_<model>``: ``load`` with named filters and what is usually included.

    Each gives a response, or with ``load_all=True`` one dict with the records of all pages.
    """

    load: Callable[..., Any]

    def _load_by(self, model: str, filters: dict[str, Any] | None, named: dict[str, Any], **rest: Any) -> Any:
        given = {path: value for path, value in named.items() if value is not None}
        return self.load(model, filters={**(filters or {}), **given} or None, **rest)
'''
LOADER = '''
    def load_{model}(
        self,
        portal: Any = "private",
        id: str | None = None,
{parameters}        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Any:
        """Load {plural}{included}.

        Parameters
        ----------
{documented}
        """
        return self._load_by(
            "{model}",
            filters,
            {{{named}}},
            portal=portal,
            id=id,
            sort=sort,
            include={include},
            limit=limit,
            offset=offset,
            load_all=load_all,
        )
'''


def text(contract: dict[str, Any], loaders: dict[str, Any]) -> str:
    """The module."""
    entries = {entry["model"]: entry for entry in contract.values()}
    return HEAD + "".join(_loader(entries[model], rule) for model, rule in loaders.items())


def _loader(entry: dict[str, Any], rule: dict[str, Any]) -> str:
    filters = {**rule["filters"], "tags": "tags"}
    include = rule.get("include", [])
    return LOADER.format(
        model=entry["model"],
        plural=entry["plural_key"].replace("_", " "),
        included=f", by default with their {_listed(include)}" if include else "",
        parameters="".join(f"        {name}: str | None = None,\n" for name in filters),
        documented="\n".join(
            f"        {name} : str\n            {_meaning(name, path)}" for name, path in filters.items()
        ),
        named=", ".join(f'"{path}": {name}' for name, path in filters.items()),
        include=f"{_strings(include)} if include is None else include" if include else "include",
    )


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _strings(words: list[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


def _meaning(name: str, path: str) -> str:
    if path.endswith(".icontains"):
        return "Part of the name, in capital or small letters."
    if path.endswith(".id"):
        return f"Id of one of the {name}." if name.endswith("s") and name != "species" else f"Id of the {name}."
    return "One of the tags." if name == "tags" else f"The {name}, as it stands in the record."
