"""What a laboratory owns and reuses across projects."""
