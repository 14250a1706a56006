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

CLIENT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(CLIENT), str(CLIENT / "tools")]
import facts  # noqa: E402
import stubs  # noqa: E402
import write_operators  # noqa: E402

PACKAGE = CLIENT / "brainstem_api_tools"
CONTRACT = CLIENT.parent / "server" / "contract"
DOCUMENTED = CLIENT.parent / "docs" / "api.md"


def generated(contract: dict[str, Any], operators: list[dict[str, Any]]) -> dict[Path, str]:
    """File -> text of everything that is generated."""
    models = facts.of_contract(contract)
    code = {PACKAGE / name: text for name, text in stubs.texts(contract, models).items()}
    code[PACKAGE / "_operators.py"] = write_operators.text(operators)
    page = write_operators.documented(DOCUMENTED.read_text(encoding="utf-8"), operators)
    return {PACKAGE / "contract.json": facts.text(models), **laid_out(code), DOCUMENTED: page}


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
    contract = json.loads((CONTRACT / "models.json").read_text(encoding="utf-8"))
    operators = json.loads((CONTRACT / "operators.json").read_text(encoding="utf-8"))
    texts = generated(contract, operators)
    wrong = [file for file, text in texts.items() if not file.exists() or file.read_text(encoding="utf-8") != text]
    old = left_over(texts)
    if "--check" in arguments:
        if wrong or old:
            names = ", ".join(str(file.relative_to(CLIENT.parent)) for file in [*wrong, *old])
            print(f"Not as server/contract/ has it: {names}. Run: make contract")
        return 1 if wrong or old else 0
    for file in wrong:
        file.write_text(texts[file], encoding="utf-8")
    for file in old:
        file.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
