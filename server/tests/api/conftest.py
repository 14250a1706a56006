"""A served process for what only such a one shows."""

from tests.served import served

__all__ = ["served"]
