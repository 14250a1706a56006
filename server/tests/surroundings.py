"""The environment of test runs."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BYTECODE = ROOT / ".pytest_cache" / "bytecode"
LEFT_OUT = {"DATABASE_URL", "PYTHONDONTWRITEBYTECODE"}
# Ask all that could be asked, where a run otherwise takes a fixed selection.
THOROUGH = os.environ.get("BRAINSTEM_TEST_THOROUGH") == "on"


def environment() -> dict[str, str]:
    """That of this process without a database, plus settings for reproducible runs and fast process starts."""
    kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    return kept | {
        # Workers must name tests alike, also where a set is part of the name.
        "PYTHONHASHSEED": "0",
        # Every worker and every server that a test starts would compile all of its modules where bytecode is not kept.
        "PYTHONPYCACHEPREFIX": str(BYTECODE),
    }
