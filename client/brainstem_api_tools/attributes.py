"""The models as attributes of both clients; the stub lists them, for type checkers and editors."""


class Models:
    """The models as attributes of a client that waits."""


class AsyncModels:
    """The models as attributes of a client that is awaited."""
