"""Backups: one point of the database and of the uploaded files, as a folder of its own; and restoring one.

Format, consistency and encryption: docs/decisions/0053-backups.md.
"""
