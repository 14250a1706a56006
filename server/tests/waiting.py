"""Waiting for other threads and processes."""

import time


def eventually(true, seconds=30):
    """Whether something becomes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return False
