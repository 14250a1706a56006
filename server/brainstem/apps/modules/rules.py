"""What holds between the records of a session or subject."""
