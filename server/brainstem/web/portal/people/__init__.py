"""What the pages of people and groups show beyond their fields, and joining a group."""
