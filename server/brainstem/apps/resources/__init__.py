"""Products that laboratories buy, shared by everyone."""
