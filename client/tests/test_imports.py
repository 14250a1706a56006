"""What importing costs, and the names that released versions have."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import brainstem_api_tools

CLIENT = Path(__file__).resolve().parents[1]
RELEASED = {
    "brainstem_api_tools": ("BrainstemClient", "ModelType", "PortalType", "AuthenticationError", "__version__"),
    "brainstem_api_tools.brainstem_api_client": (
        "BrainstemClient", "ModelType", "PortalType", "AuthenticationError", "LoginError", "_MODEL_TO_APP", "_TOKEN_FILE",
    ),
    "brainstem_api_client": ("BrainstemClient", "ModelType", "PortalType", "AuthenticationError"),
    "brainstem_api_tools.cli": ("main",),
}  # fmt: skip


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter that finds the client."""
    return subprocess.run(
        [sys.executable, *arguments], env={"PYTHONPATH": str(CLIENT)}, capture_output=True, text=True, check=True
    )


def test_importing_takes_less_than_150_ms():
    code = "import time; before = time.perf_counter(); import brainstem_api_tools; print(time.perf_counter() - before)"

    assert min(float(python("-c", code).stdout) for _ in range(3)) < 0.15


def test_importing_leaves_requests_alone():
    code = "import sys, brainstem_api_tools; brainstem_api_tools.BrainstemClient; print('requests' in sys.modules)"

    assert python("-c", code).stdout.strip() == "False"


def test_importing_reads_no_contract():
    code = (
        "import brainstem_api_tools.async_client, brainstem_api_tools.client, brainstem_api_tools.cli.parser\n"
        "from brainstem_api_tools.contract import models\n"
        "print(models.cache_info().currsize)"
    )

    assert python("-c", code).stdout.strip() == "0"


@pytest.mark.parametrize("module", RELEASED)
def test_names_of_released_versions_can_be_imported(module):
    python("-c", f"from {module} import {', '.join(RELEASED[module])}")


def test_both_import_names_give_the_same_client():
    code = "import brainstem_api_client as old, brainstem_api_tools as new; print(old.BrainstemClient is new.BrainstemClient)"

    assert python("-c", code).stdout.strip() == "True"


def test_everything_that_is_exported_is_there_and_documented():
    for name in brainstem_api_tools.__all__:
        assert getattr(brainstem_api_tools, name).__doc__, name


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = brainstem_api_tools.no_such_name
