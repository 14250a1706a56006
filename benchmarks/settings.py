"""Settings of the benchmarks: those of the server, with a log that nobody reads and the peer's addresses."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BENCH = Path(os.environ.get("BENCH_DIR", ROOT / "var" / "bench"))

os.environ.update(DEBUG="on", BRAINSTEM_DATA_DIR=str(BENCH), BRAINSTEM_URL="http://localhost:8000", LOG_LEVEL="INFO")
os.environ["SECRET_KEY"] = "only-for-benchmarks-" + "x" * 40

from brainstem.config.settings import *  # noqa: E402, F403
from brainstem.config.settings import LOGGING  # noqa: E402

DEBUG = False
# Memory is measured without the peer.
ROOT_URLCONF = os.environ.get("BENCH_URLCONF", "benchmarks.urls")
# The line of every request is written, as in production, but to nowhere.
LOGGING["handlers"]["stderr"]["stream"] = Path(os.devnull).open("w")  # noqa: SIM115
