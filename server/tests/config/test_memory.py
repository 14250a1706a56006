"""A process that has freed memory does not keep it."""

from __future__ import annotations

import subprocess
import sys

import pytest

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

# The first freed block is what makes glibc take the next ones from its heap; the small one stays above them.
LARGE_BLOCKS = """
import os
from pathlib import Path
from brainstem.config.front.memory import keep_large_blocks_apart
def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20
if {apart}:
    keep_large_blocks_apart()
before = megabytes()
for _ in range(3):
    blocks = [bytearray(b"x") * (12 * 2**20) for _ in range(3)]
    above = bytes(100_000)
    del blocks
    kept = [above]
print(megabytes() - before)
"""


@pytest.mark.parametrize("apart", [True, False], ids=["apart", "as glibc does"])
def test_large_blocks_go_back_at_once(apart):
    script = LARGE_BLOCKS.format(apart=apart)
    done = subprocess.run([sys.executable, "-c", script], cwd=SERVER, capture_output=True, text=True, check=True)
    assert (int(done.stdout) < 6) is apart


def test_what_was_freed_between_what_is_used_goes_back_to_the_system():
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=SERVER, capture_output=True, text=True, check=True)
    assert int(done.stdout) > 50
