"""Reads the files in ``deploy/``: strictly, and the commands of ours that are in them."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
IMAGE = "brainstem-server"
PROGRAM = re.compile(
    r"(?:\bbrainstem-server|as_server|docker compose run --rm(?: --no-deps --volume \S+)? server) (?!\$|\\|brainstem)([a-z].*)"
)


class Strict(yaml.SafeLoader):
    """YAML in which no key is given twice: PyYAML would silently take the last."""

    def compose_mapping_node(self, anchor: str | None) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        names = [key.value for key, _ in node.value]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"{sorted(twice)} twice", node.start_mark)
        return node


def documents(path: Path) -> list[Any]:
    """The documents of a YAML file."""
    return list(yaml.load_all(path.read_text(), Loader=Strict))  # a SafeLoader


def compose() -> dict[str, Any]:
    [found] = documents(DEPLOY / "compose.yaml")
    return found


def manifests() -> list[dict[str, Any]]:
    """All objects of the Kubernetes example, the secret too."""
    files = sorted(path for path in (DEPLOY / "kubernetes").glob("*.yaml") if path.name != "kustomization.yaml")
    return [one for path in files for one in documents(path)]


def dockerfile() -> list[tuple[str, str]]:
    """Instructions of the Dockerfile in order, each with what follows it on joined lines."""
    text = re.sub(r"^\s*#.*\n", "", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines if line)]


def exec_form(text: str) -> list[str]:
    """The words of an instruction such as ``CMD ["serve"]``: a program without a shell."""
    words = json.loads(text)
    assert all(isinstance(word, str) for word in words)
    return words


def unit(name: str) -> dict[str, list[tuple[str, str]]]:
    """Sections of a systemd unit, each with its keys and values in order."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in (DEPLOY / "systemd" / name).read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        if section := re.fullmatch(r"\[(\w+)\]", line):
            assert section[1] not in found, line
            entries = found.setdefault(section[1], [])
        else:
            key, equals, value = line.partition("=")
            assert re.fullmatch(r"[A-Za-z]+=", key + equals), line
            entries.append((key, value))
    return found


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    """All containers of a pod's ``spec``."""
    return [*pod.get("initContainers", []), *pod["containers"]]


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every command of ``brainstem-server`` in ``deploy/`` and on its page, with the place where it stands."""
    yield "Dockerfile", next(exec_form(rest) for name, rest in dockerfile() if name == "CMD")
    for name, service in compose()["services"].items():
        if service["image"].startswith(IMAGE):
            yield f"compose.yaml {name}", service["command"]
    yield from _of_units()
    yield from _of_pods()
    for line in (ROOT / "docs" / "deploying.md").read_text().splitlines():
        if line.startswith("    ") and (found := PROGRAM.search(line)):
            yield "deploying.md", shlex.split(found[1], comments=True)


def _of_units() -> Iterator[tuple[str, list[str]]]:
    for path in sorted((DEPLOY / "systemd").glob("*.service")):
        for key, value in unit(path.name)["Service"]:
            if key.startswith("Exec") and (words := shlex.split(value))[0].endswith("/brainstem-server"):
                yield path.name, words[1:]


def _of_pods() -> Iterator[tuple[str, list[str]]]:
    for one in manifests():
        if one["kind"] in {"Deployment", "Job"}:
            for container in containers(one["spec"]["template"]["spec"]):
                yield f"{one['metadata']['name']} {container['name']}", container["args"]
