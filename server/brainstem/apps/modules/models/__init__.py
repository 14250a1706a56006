"""What is done to subjects and in sessions, and what it is done with."""
