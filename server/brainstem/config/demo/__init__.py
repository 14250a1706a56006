"""The demo lab: what a small hippocampus laboratory would keep here, built through the same door as any other write."""

from .lab import Account, load

__all__ = ["Account", "load"]
