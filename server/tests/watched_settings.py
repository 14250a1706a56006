"""The settings of a served process whose statements are noted; otherwise those of every server."""

import os

from brainstem.config.settings import *  # noqa: F403

from .shapes import NOTES, watch_into

watch_into(os.environ[NOTES])
