"""Writes what the client and the documentation know of models and operators from the server's contract files.

``python client/tools/generate.py`` writes; with ``--check`` it fails if anything differs from what is there.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import write_loaders
import write_models
import write_operators
import write_routes

CLIENT = Path(__file__).resolve().parents[1]
PACKAGE = CLIENT / "brainstem_api_tools"
CONTRACT = CLIENT.parent / "server" / "contract"
DOCUMENTED = CLIENT.parent / "docs" / "api.md"


def generated(contract: dict[str, Any], operators: list[dict[str, Any]]) -> dict[Path, str]:
    """File -> text of everything that is generated."""
    loaders = json.loads((CLIENT / "tools" / "loaders.json").read_text(encoding="utf-8"))
    texts = {
        PACKAGE / "_routes.py": write_routes.text(contract),
        PACKAGE / "_operators.py": write_operators.text(operators),
        PACKAGE / "loaders.py": write_loaders.text(contract, loaders),
    }
    texts |= {PACKAGE / "models" / name: text for name, text in write_models.texts(contract).items()}
    page = write_operators.documented(DOCUMENTED.read_text(encoding="utf-8"), operators)
    return laid_out(texts) | {DOCUMENTED: page}


def laid_out(texts: dict[Path, str]) -> dict[Path, str]:
    """The texts as `make format` would leave them."""
    ruff = Path(sys.executable).with_name("ruff")
    options = ["--quiet", "--config", CLIENT.parent / "pyproject.toml", "--target-version", "py39"]
    with tempfile.TemporaryDirectory() as folder:
        copies = {file: Path(folder) / file.relative_to(PACKAGE.parent) for file in texts}
        for file, copy in copies.items():
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(texts[file], encoding="utf-8")
        for command in (["check", "--fix", "--unsafe-fixes", "--select", "F401,I,UP"], ["format"]):
            subprocess.run([ruff, *command, *options, folder], check=True)
        return {file: copy.read_text(encoding="utf-8") for file, copy in copies.items()}


def main(arguments: list[str]) -> int:
    """Write, or compare."""
    contract = json.loads((CONTRACT / "models.json").read_text(encoding="utf-8"))
    operators = json.loads((CONTRACT / "operators.json").read_text(encoding="utf-8"))
    wrong = []
    for file, text in generated(contract, operators).items():
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        wrong.append(file.relative_to(CLIENT.parent))
        if "--check" not in arguments:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
    if "--check" in arguments and wrong:
        print(f"Not as server/contract/ has it: {', '.join(map(str, wrong))}. Run: make contract")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
