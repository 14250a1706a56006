"""A list as a table to edit: its cells as texts that can be read back, and what was typed as the plan of an import."""
