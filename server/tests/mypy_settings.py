"""Settings for mypy, which reads models and never touches data: nothing is written, since mypy exits without cleaning up."""

import os

os.environ.update(DEBUG="on", SECRET_KEY="only for the type checker")

from brainstem.config.settings import *  # noqa: E402, F403
