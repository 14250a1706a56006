"""What tests about the past share: a clock that they move."""

from .clock import clock

__all__ = ["clock"]
