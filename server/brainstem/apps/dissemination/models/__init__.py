"""Journals and publications."""
