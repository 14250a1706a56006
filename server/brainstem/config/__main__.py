"""``python -m brainstem.config`` is ``brainstem-server``."""

from .cli import main

main()
