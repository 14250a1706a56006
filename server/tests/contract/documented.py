"""What is documented of the API, as facts: the names, types, statuses and rights that tests hold the server against.

Taken from the contract without its sentences, and kept in ``documented/``, so that tests need nothing outside the
repository. Of descriptions, which ours must not repeat, hashes are kept. After a change of the contract::

    python -m tests.contract.documented ../../shared/contract    # in server/
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "documented"
Facts = dict[str, Any]

MODEL = {
    "app", "model", "url_aliases", "app_aliases", "legacy_urls", "singular_key", "plural_key", "id_type", "approves",
    "unique_together",
}  # fmt: skip
FIELD = {
    "name", "type", "required", "read_only", "max_length", "choices_from", "default", "structure", "schema", "related",
    "related_via", "nullable", "unique", "ordered", "documented_suffixes",
}  # fmt: skip
ACTION = {"available", "portals", "ok"}
VERBS = {"read", "write", "add", "change", "delete"}
ANSWERS = {"accept", "reject", "cancel"}
ABOUT_RELATIONS = {"label", "note", "allowed", "applies_to"}
# Of a schema: what decides about a payload, what a form offers, and short names.
SCHEMA = {
    "type", "enum", "const", "minimum", "maximum", "minItems", "uniqueItems", "required", "default", "format", "examples",
    "title", "x-known-values", "x-columns", "x-minItems-table", "x-label", "x-group", "x-datamodel-only", "x-version",
    "x-required-datamodel",
}  # fmt: skip


def read(name: str) -> Any:
    """One of the files, such as ``models``."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def digest(text: str) -> str:
    """What is kept of a sentence: a hash, in which case and punctuation have no part."""
    return hashlib.blake2s(plain(text).encode(), digest_size=8).hexdigest()


def plain(text: str) -> str:
    """A sentence without case and punctuation, so that a changed comma does not make it another one."""
    return re.sub(r"\W+", " ", text).strip().casefold()


def taken(folder: Path) -> dict[str, Facts]:
    """Name of a file -> the facts in the contract that lies in a folder."""

    def source(name: str) -> Any:
        return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))

    index = source("schemas/index")
    schemas = {
        model: {
            code: (entry, source(f"schemas/{entry['file'].removesuffix('.json')}")) for code, entry in types.items()
        }
        for model, types in index.items()
        if isinstance(types, dict) and all(isinstance(one, dict) and "file" in one for one in types.values())
    }
    return {
        "models": _models(source("models")),
        "permissions": _permissions(source("permissions")),
        "auth": _auth(source("auth")),
        "relations": _relations(source("relations")),
        "schemas": {
            model: {code: _some(entry, {"version", "entry_kind"}) | {"schema": _schema(found)}
                    for code, (entry, found) in types.items()}
            for model, types in schemas.items()
        },
        "descriptions": sorted({
            digest(text) for types in schemas.values() for _, found in types.values() for text in _texts(found)
        }),
        "older_payloads": _older(source("schemas/legacy-examples")),
    }  # fmt: skip


def _some(found: Facts, names: Collection[str]) -> Facts:
    return {name: value for name, value in found.items() if name in names}


def _models(found: Facts) -> Facts:
    return {
        "operators": found["conventions"]["query"]["operators"],
        "models": {name: _model(page) for name, page in found["models"].items()},
    }


def _model(page: Facts) -> Facts:
    kept = _some(page, MODEL) | {
        "actions": {verb: _some(action, ACTION) for verb, action in page["actions"].items()},
        "extra_actions": sorted(page.get("extra_actions") or ()),
        "fields": [_field(one) for one in page["fields"]],
    }
    if "entry" in page:
        kept["interval_types"] = page["entry"].get("interval_types", [])
    return kept


def _field(found: Facts) -> Facts:
    kept = _some(found, FIELD)
    if "choices" in found:
        kept["choices"] = [_some(one, {"value", "label"}) for one in found["choices"]]
    return kept


def _permissions(found: Facts) -> Facts:
    inheritance = found["inheritance"]
    return {
        "who_may": {model: _some(rules, VERBS) for model, rules in found["who_may"].items()},
        "flows": {
            model: _some(flow, ANSWERS)
            for model, flow in found["flows"].items()
            if isinstance(flow, dict) and flow.keys() >= ANSWERS
        },
        "approvals": _some(found["approvals"], {"models"}),
        "public": {"project": _some(found["public"]["project"], {"components"})},
        "inheritance": _some(inheritance, {"tree_project", "tree_personal"}),
    }


def _auth(found: Facts) -> Facts:
    device = [one for one in found["endpoints"] if one["path"].startswith("/api/auth/device/")]
    return {
        "device": {
            one["path"]: _some(one, {"lifetime_seconds", "status_code", "responses"}) | _keys(one) for one in device
        },
        "web_pages": found["web_pages"],
    }


def _keys(endpoint: Facts) -> Facts:
    """The keys of an answer in their order; of addresses, what they are."""
    answer = endpoint.get("response", {})
    return {
        "keys": list(answer),
        "addresses": {key: one for key, one in answer.items() if key.startswith("verification")},
    }


def _relations(found: Facts) -> Facts:
    def without_words(row: Facts) -> Facts:
        return {name: value for name, value in row.items() if name not in ABOUT_RELATIONS}

    return {
        "relations": {
            group: {name: without_words(row) for name, row in types.items()}
            for group, types in found["relations"].items()
        },
        "all_types": {group: without_words(row) for group, row in found["all_types"].items()},
        "unlisted_types": {group: list(names) for group, names in found["unlisted_types"].items()},
    }


def _schema(node: Facts) -> Facts:
    kept = _some(node, SCHEMA)
    if "properties" in node:
        kept["properties"] = {name: _schema(one) for name, one in node["properties"].items()}
    for keyword in ("items", "if", "then"):
        if keyword in node:
            kept[keyword] = _schema(node[keyword])
    if "anyOf" in node:
        kept["anyOf"] = [_schema(one) for one in node["anyOf"]]
    if "x-enum-labels" in node:
        kept["x-enum-labels"] = dict.fromkeys(node["x-enum-labels"], "")
    if "x-variants" in node:
        kept["x-variants"] = [_some(one, {"aspect", "datamodel"}) for one in node["x-variants"]]
    return kept


def _texts(node: Facts) -> Iterator[str]:
    yield from (text for text in [node.get("description", ""), *node.get("x-enum-labels", {}).values()] if text)
    inner = [*node.get("properties", {}).values(), *node.get("anyOf", ())]
    for one in [*inner, *(node[keyword] for keyword in ("items", "if", "then") if keyword in node)]:
        yield from _texts(one)


def _older(found: Facts) -> Facts:
    kinds = {"payloads": ("model", "type"), "coordinates": ("system",), "log_entries": ("log", "type")}
    return {
        kind: [_some(one, {*names, "payload", "matches_current_schema"}) for one in found[kind]]
        for kind, names in kinds.items()
    }


def written(content: Any) -> str:
    """The text of a file."""
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


@cache
def contract_folder() -> Path | None:
    """The contract beside the repository, where there is one."""
    folder = Path(__file__).resolve().parents[3].parent / "shared" / "contract"
    return folder if folder.is_dir() else None


def main(folder: Path) -> None:
    """Write all files anew."""
    FOLDER.mkdir(exist_ok=True)
    for name, content in taken(folder).items():
        (FOLDER / f"{name}.json").write_text(written(content), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
