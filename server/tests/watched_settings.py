"""The usual settings of a server, for a served process whose statements are recorded."""

import os

from brainstem.config.settings import *  # noqa: F403

from .shapes import NOTES, watch_into

watch_into(os.environ[NOTES])
