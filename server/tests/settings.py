"""Settings of the test suite: those of the server, with a data folder per process and fast password hashing."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from brainstem.apps.users.hashers import Argon2

_folder = Path(tempfile.mkdtemp(prefix="brainstem-test-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

os.environ.update(DEBUG="on", BRAINSTEM_DATA_DIR=str(_folder), BRAINSTEM_URL="http://localhost:8000", LOG_LEVEL="INFO")
for _name in (
    "BRAINSTEM_ENV_FILE",
    "BRAINSTEM_FILES_URL",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "CORS_ALLOWED_ORIGINS",
    "EMAIL_URL",
    "BRAINSTEM_THROTTLE",
    "BRAINSTEM_REGISTRATION",
):
    os.environ.pop(_name, None)

from brainstem.config.settings import *  # noqa: E402, F403
from brainstem.config.settings import DATABASES, LOGGING, PASSWORD_HASHERS  # noqa: E402

DEBUG = False
CORS_ALLOWED_ORIGINS = ["https://app.example.org"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TASKS = {"default": {"BACKEND": "tests.at_once.AtOnce"}}
# Tests sign in more often in a minute than people in a day; those about limits turn them on.
BRAINSTEM_THROTTLE = False
BRAINSTEM_PEOPLE = "everyone"
ACCOUNT_RATE_LIMITS = False
BRAINSTEM_RATES = ()

# A file, not memory: WAL and locks are part of what is tested. A name of each process's own lets runs go side by side.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(_folder / "test.sqlite3")}
else:
    DATABASES["default"]["TEST"] = {"NAME": f"test_brainstem_{os.getpid()}"}

LOGGING["root"] = {"handlers": [], "level": "INFO"}  # pytest shows what was logged when a test fails


class QuickArgon2(Argon2):
    """The same hasher with a thousandth of the work."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1


PASSWORD_HASHERS[0] = "tests.settings.QuickArgon2"
