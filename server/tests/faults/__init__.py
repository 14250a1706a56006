"""A served lab under load, while something breaks: what callers see of it, and whether anything is lost."""
