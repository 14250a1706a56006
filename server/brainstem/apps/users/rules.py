"""What holds between the fields of laboratories and their groups."""
