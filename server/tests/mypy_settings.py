"""Settings for mypy, which reads models and never touches data; it exits without cleaning up, so nothing is written."""

import os

os.environ.update(DEBUG="on", SECRET_KEY="only for the type checker")

from brainstem.config.settings import *  # noqa: F403
