"""How long to wait, in words for people; programs get seconds."""

from __future__ import annotations


def try_again(seconds: int) -> str:
    """When to try again, in whole minutes, rounded up."""
    minutes = max(1, -(-seconds // 60))
    return f"Try again in {minutes} minute{'' if minutes == 1 else 's'}."
