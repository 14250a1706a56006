"""Projects, subjects and sessions, and the records that group them."""
