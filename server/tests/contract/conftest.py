"""The running server, for everything in here that speaks to it from outside."""

from tests.served import served

__all__ = ["served"]
