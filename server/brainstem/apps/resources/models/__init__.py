"""Products: entries that every laboratory shares, and proposals for new ones."""
