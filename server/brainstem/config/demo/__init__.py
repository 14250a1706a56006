"""The demo lab: the data of a small hippocampus laboratory, created through the same code as any other write."""

from .lab import Account, load

__all__ = ["Account", "load"]
