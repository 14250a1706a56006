"""The trunk of the data model."""
