"""Settings of the contestants of ``history.py``: those of the benchmarks, with the peers' addresses."""

import os

from .settings import *  # noqa: F403
from .settings import INSTALLED_APPS

ROOT_URLCONF = "benchmarks.history_peer"
if os.environ["BENCH_CONTESTANT"] == "simple":
    INSTALLED_APPS = [*INSTALLED_APPS, "simple_history"]
