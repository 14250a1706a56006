"""``export``: a whole project into a folder, with what its records use and the files that hang on them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from ..contract import project_paths
from .connection import Server, server_of
from .describe import Fields
from .folder import MANIFEST, Folder
from .lookup import having
from .terminal import notice
from .used import Used

PROJECT = "project"


def export(arguments: argparse.Namespace) -> int:
    """Write everything to ``FOLDER.part``, then rename it; what is already there is not loaded again."""
    target: Path = arguments.to
    _check_free(target, force=arguments.force)
    with server_of(arguments) as server:
        project = project_of(server, arguments.project)
        about = {"url": server.core.url, "portal": server.portal, "project": project["id"]}
        folder = Folder.opened(target, about, force=arguments.force)
        if folder.goes_on:
            notice(arguments, f"Resuming {folder.part}.")
        missing = _fill(folder, server, project, arguments)
        folder.write_manifest(project=project, missing=missing, server=_version(server))
    folder.finish(target)
    for one in missing:
        notice(arguments, f"Could not read: {one}")
    print(f"{project.get('name')}: {sum(folder.counts().values())} records, {folder.files()} files in {target}")
    return 0


def _check_free(target: Path, *, force: bool) -> None:
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if not force:
        raise ValueError(f"{target} already exists: choose another folder, or replace the export with --force.")
    if not (target / MANIFEST).is_file():
        raise ValueError(f"{target} is not an export: --force replaces only exports.")


def project_of(server: Server, text: str) -> dict[str, Any]:
    """The project with this id or name.

    Raises
    ------
    ValueError
        If there is none, or several.
    """
    from ..errors import NotFound, ValidationError
    from .lookup import UUID

    if UUID.fullmatch(text):
        return server.one(PROJECT, text)
    found = [one for one in having(server, PROJECT, "name", [text]) if one.get("name") == text]
    if not found:
        raise NotFound(
            f"There is no project named '{text}' that you have access to.",
            advice="List your projects: brainstem load project --output table",
        )
    if len(found) > 1:
        some = ", ".join(str(one["id"]) for one in found)
        raise ValidationError(f"{len(found)} projects are named '{text}'. Use the id ({some}).", advice="")
    return found[0]


def _fill(folder: Folder, server: Server, project: dict[str, Any], arguments: argparse.Namespace) -> list[str]:
    """Write records and files; what could not be read."""
    folder.write_text("project.json", json.dumps(project, indent=2, ensure_ascii=False) + "\n")
    folder.write_records(PROJECT, [project])
    for model, path in project_paths().items():
        if not folder.has(model):
            folder.write_records(model, server.records(model, [(f"filter{{{path}.id}}", project["id"])]))
        notice(arguments, f"{model}: {folder.count(model)}")
    used = Used(server)
    if not folder.marked():
        for model, records in used.by({model: folder.records(model) for model in (PROJECT, *project_paths())}).items():
            folder.write_records(model, records)
            notice(arguments, f"{model}: {len(records)}")
        folder.mark(used.missing)
    missing = folder.marked_missing()
    for model in folder.models():
        missing += _download(folder, server, model, used.fields(model))
    folder.write_tables()
    return missing


def _download(folder: Folder, server: Server, model: str, fields: Fields) -> list[str]:
    """Write the images and documents of a model's records; what could not be read."""
    from .download import content_of

    missing = []
    names = [name for name, field in fields.items() if field.kind in {"image", "file"}]
    for record in folder.records(model) if names else ():
        for name in names:
            if not record.get(name) or folder.has_file(model, record["id"], name):
                continue
            found = content_of(server, record[name])
            if found is None:
                missing.append(f"{name} of {model} {record['id']}")
            else:
                folder.write_file(model, record["id"], f"{name}-{found.name}", found.content)
    return missing


def _version(server: Server) -> str:
    """The version of the server, if it says so."""
    from ..errors import BrainstemError

    try:
        body = server.ask("GET", server.core.base)
    except BrainstemError:
        return ""
    return str(body.get("version") or "") if isinstance(body, dict) else ""
