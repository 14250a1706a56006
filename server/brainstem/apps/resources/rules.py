"""What holds between the fields of these records: nothing yet beyond their columns."""
