"""What holds between the records of a project."""
