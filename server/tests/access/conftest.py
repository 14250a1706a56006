"""What tests about access share: the running server."""

from tests.served import served

__all__ = ["served"]
