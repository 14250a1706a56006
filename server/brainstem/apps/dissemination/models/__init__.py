"""Journals and publications."""

from .journal import Journal, JournalApproval
from .publication import Publication

__all__ = ["Journal", "JournalApproval", "Publication"]
