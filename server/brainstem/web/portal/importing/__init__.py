"""The pages of the import tool: templates, columns, the plan of a table, its review, and writing it."""
