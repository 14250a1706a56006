"""Tasks done where they are queued, so that a test sees the mails of a request in its outbox."""

from django_tasks.backends.immediate import ImmediateBackend


class AtOnce(ImmediateBackend):
    """Also what is to be done later."""

    supports_defer = True
