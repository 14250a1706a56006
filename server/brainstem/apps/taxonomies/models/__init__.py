"""Taxonomies: catalogue entries shared by all laboratories, and proposals for new ones."""
