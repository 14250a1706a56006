"""Django's backend for PostgreSQL, in which no request waits longer for the database than its time limit."""
