"""Vocabularies of the field, shared by everyone."""
