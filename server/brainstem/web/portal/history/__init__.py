"""What happened to records: their histories, what one write changed, and taking it back."""
