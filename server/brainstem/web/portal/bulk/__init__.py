"""Changing many records at once: what is to be done, a look at it, and doing it in steps that can be undone."""
