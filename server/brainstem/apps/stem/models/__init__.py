"""Projects, subjects and sessions, and what gathers them."""
