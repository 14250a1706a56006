"""A process that has freed memory does not keep it."""

from __future__ import annotations

import subprocess
import sys

from ..served import SERVER

# Every twentieth piece stays, so that little lies free at the end of a heap.
SCRIPT = """
import os
from pathlib import Path
from brainstem.config.front.memory import give_back
def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20
pieces = [bytes(40_000) for _ in range(4000)]
kept = pieces[::20]
del pieces
before = megabytes()
give_back()
print(before - megabytes())
"""


def test_what_was_freed_between_what_is_used_goes_back_to_the_system():
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=SERVER, capture_output=True, text=True, check=True)
    assert int(done.stdout) > 50
