"""Writes what the client knows of the models from the server's contract file: facts, and stubs of what they become.

``python client/tools/generate.py`` writes; with ``--check`` it fails if anything differs from what is there.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

CLIENT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(CLIENT), str(CLIENT / "tools")]
import facts  # noqa: E402
import stubs  # noqa: E402

PACKAGE = CLIENT / "brainstem_api_tools"
CONTRACT = CLIENT.parent / "server" / "contract" / "models.json"


def generated(contract: dict[str, Any]) -> dict[Path, str]:
    """File -> text of everything that is generated."""
    models = facts.of_contract(contract)
    texts = laid_out({PACKAGE / name: text for name, text in stubs.texts(contract, models).items()})
    return {PACKAGE / "contract.json": facts.text(models), **texts}


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


def left_over(texts: dict[Path, str]) -> list[Path]:
    """Stubs of models that are no more."""
    return [file for file in sorted(PACKAGE.rglob("*.pyi")) if file not in texts]


def main(arguments: list[str]) -> int:
    """Write, or compare."""
    texts = generated(json.loads(CONTRACT.read_text(encoding="utf-8")))
    wrong = [file for file, text in texts.items() if not file.exists() or file.read_text(encoding="utf-8") != text]
    old = left_over(texts)
    if "--check" in arguments:
        if wrong or old:
            names = ", ".join(str(file.relative_to(CLIENT)) for file in [*wrong, *old])
            print(f"Not as server/contract/models.json has it: {names}. Run: make contract")
        return 1 if wrong or old else 0
    for file in wrong:
        file.write_text(texts[file], encoding="utf-8")
    for file in old:
        file.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
