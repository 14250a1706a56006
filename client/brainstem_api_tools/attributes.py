"""The models as attributes of both clients; the stub lists them, for type checkers and editors."""


class Models:
    """The models as attributes of ``BrainstemClient``."""


class AsyncModels:
    """The models as attributes of ``AsyncBrainstemClient``."""
