"""Pages for administrators that belong to no model: accounts, announcements, settings."""
