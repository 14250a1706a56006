"""Reviewing proposals to the catalogues: the queue, and one proposal with what it would change."""
