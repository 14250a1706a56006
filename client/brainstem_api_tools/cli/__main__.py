"""``python -m brainstem_api_tools.cli``."""

from . import main

main()
