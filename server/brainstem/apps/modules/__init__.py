"""What is done to subjects and in sessions."""
