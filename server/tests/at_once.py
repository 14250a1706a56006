"""Runs tasks when they are queued, so that a test sees the emails of a request in its outbox."""

from django_tasks.backends.immediate import ImmediateBackend


class AtOnce(ImmediateBackend):
    """Includes tasks that are scheduled for later."""

    supports_defer = True
