"""Writes what the client knows of the models from the server's contract file.

``python client/tools/generate.py`` writes; with ``--check`` it fails if anything differs from what is there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import write_loaders
import write_routes

CLIENT = Path(__file__).resolve().parents[1]
PACKAGE = CLIENT / "brainstem_api_tools"
CONTRACT = CLIENT.parent / "server" / "contract" / "models.json"


def generated(contract: dict[str, Any]) -> dict[Path, str]:
    """File -> text of everything that is generated."""
    loaders = json.loads((CLIENT / "tools" / "loaders.json").read_text(encoding="utf-8"))
    texts = {
        PACKAGE / "_routes.py": write_routes.text(contract),
        PACKAGE / "loaders.py": write_loaders.text(contract, loaders),
    }
    return {file: laid_out(file, text) for file, text in texts.items()}


def laid_out(file: Path, text: str) -> str:
    """The text as `make format` would leave it."""
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run(
        [ruff, "format", "--stdin-filename", file, "-"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        cwd=CLIENT,
    )
    return done.stdout


def main(arguments: list[str]) -> int:
    """Write, or compare."""
    contract = json.loads(CONTRACT.read_text(encoding="utf-8"))
    wrong = []
    for file, text in generated(contract).items():
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        wrong.append(file.relative_to(CLIENT))
        if "--check" not in arguments:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
    if "--check" in arguments and wrong:
        print(f"Not as server/contract/models.json has it: {', '.join(map(str, wrong))}. Run: make contract")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
