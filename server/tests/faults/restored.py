"""A lab that is restored from its backup onto an empty machine, and served there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..served import SERVER, free_port, running
from ..templates import named
from .asking import Caller, Tally
from .site import Site


def back_up(site: Site, folder: Path) -> None:
    """Make a backup while the lab is served."""
    _run(site.environment | _programs(site), "backup", str(folder))


@contextmanager
def restored(site: Site, backup: Path, folder: Path) -> Iterator[Caller]:
    """Somebody who asks the server of another machine, which had neither database nor files."""
    (folder / "data").mkdir(parents=True)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    database = f"sqlite:///{folder / 'data' / 'lab.sqlite3'}"
    if site.cluster is not None:
        database = named(site.cluster.url_now, "restored")
    elsewhere = {"DATABASE_URL": database, "BRAINSTEM_DATA_DIR": str(folder / "data"), "BRAINSTEM_URL": url}
    environment = site.environment | _programs(site) | elsewhere
    _run(environment, "restore", str(backup))
    with running(environment, port=port, folder=folder):
        caller = Caller(url, site.token, Tally())
        yield caller
        caller.close()


def _programs(site: Site) -> dict[str, str]:
    return {"BRAINSTEM_PG_BIN": (site.cluster.folder / "bin").read_text()} if site.cluster else {}


def _run(environment: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "brainstem.config", *arguments],
        env=environment, cwd=SERVER, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
