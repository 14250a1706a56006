"""The server under attack, as ``brainstem-server serve`` starts it, and the mail server that it knows."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.faults.mailbox import Mailbox

from .base import Scale, Target
from .wire import HOME

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "server"
START_SECONDS = 60
STOP_SECONDS = 10
MAIL_SECONDS = 0.05  # as a mail server nearby takes for one


class Served:
    """A lab in a database of its own and its server, which can be started anew."""

    def __init__(self, database: str, folder: Path, port: int, scale: Scale) -> None:
        self.folder, self.port, self.scale = folder, port, scale
        self.data = folder / "data"
        self.data.mkdir(exist_ok=True)
        self.mail = Mailbox(MAIL_SECONDS)
        threading.Thread(target=self.mail.serve_forever, daemon=True).start()
        self.environment = self._environment(database)
        self.process: subprocess.Popen[bytes] | None = None
        self.target = Target(port, self.data, self._filled(), lambda: len(self.mail.taken))

    def _environment(self, database: str) -> dict[str, str]:
        """As in production, but for the address: limits are on, nothing is for development."""
        url = f"http://{HOME}:{self.port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("BRAINSTEM_", "DJANGO_"))}
        kept.pop("DEBUG", None)
        return kept | dict(self.scale.settings) | {
            "DJANGO_SETTINGS_MODULE": "brainstem.config.settings",
            "PYTHONPATH": f"{ROOT}:{SERVER}",
            "DATABASE_URL": database,
            "BRAINSTEM_DATA_DIR": str(self.data),
            "BRAINSTEM_URL": url,
            "ALLOWED_HOSTS": HOME,
            "SECRET_KEY": "for-an-attack-on-a-lab-of-minutes-only-" + "xyzabc" * 6,
            "EMAIL_URL": self.mail.url,
            "LOG_LEVEL": "INFO",
            "TMPDIR": str(self.data),
        }  # fmt: skip

    def _filled(self) -> dict[str, Any]:
        command = [sys.executable, "-m", "benchmarks.attacks.lab", str(self.scale.sessions), str(self.scale.crowd)]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"The lab could not be built:\n{done.stderr}")
        return dict(json.loads(done.stdout.splitlines()[-1]))

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with (self.folder / "server.log").open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "brainstem.config", "serve", "--port", str(self.port)],
                cwd=SERVER, env=self.environment, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://{HOME}:{self.port}/healthz", timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"The server did not start:\n{(self.folder / 'server.log').read_text()[-2000:]}")

    def stop(self) -> None:
        """End the server with all its workers."""
        if self.process is None:
            return
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        # Its workers are in its process group, which is its own; one that hangs does not hear its parent.
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def restart(self) -> None:
        """Start anew: what an attack left behind does not count against the next."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Let go of everything."""
        self.stop()
        self.mail.shutdown()
        self.mail.server_close()


@contextmanager
def serving(database: str, folder: Path, port: int, scale: Scale) -> Iterator[Served]:
    """A served lab as long as the block lasts."""
    served = Served(database, folder, port, scale)
    try:
        served.start()
        yield served
    finally:
        served.close()
