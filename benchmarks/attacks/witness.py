"""Another person, who asks for one record again and again while a server is attacked; and the server's memory.

``python witness.py PORT PATH TOKEN PID FOLDER``: a process of its own, which does not wait for the attack's threads.
Prints a line a request (``request STARTED SECONDS STATUS``) and one a look at the server (``look AT RSS_MB DISK_MB``).
"""

from __future__ import annotations

import http.client
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

PAUSE_SECONDS = 0.05
LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 60
PAGE = os.sysconf("SC_PAGE_SIZE")
HOME = "127.0.0.1"
SOURCE = "127.0.0.3"  # not the attacker's address: what is refused to that one is not to be refused here


def family(pid: int) -> Iterator[int]:
    """A process and all that came of it."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    # A thread of the server may have started a process, too.
    if not children:
        children = [child for task in _tasks(pid) for child in task]
    for child in children:
        yield from family(int(child))


def _tasks(pid: int) -> Iterator[list[str]]:
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            yield path.read_text().split()
        except OSError:
            continue


def resident_mb(pid: int) -> float:
    """Resident memory of one process; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 2**20
    except OSError:
        return 0.0


def disk_mb(folder: Path) -> float:
    """What the files in a folder take."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except OSError:
            continue
    return total / 2**20


def tell(line: str) -> None:
    """One line at once: two threads write."""
    os.write(1, f"{line}\n".encode())


def look(pid: int, folder: Path) -> None:
    """Tell memory of the largest process and what is on the disk, without end."""
    while True:
        most = max(map(resident_mb, family(pid)))
        tell(f"look {time.monotonic():.3f} {most:.1f} {disk_mb(folder):.1f}")
        time.sleep(LOOK_SECONDS)


def ask(port: int, path: str, token: str) -> int:
    """The status of one request on a connection of its own; 0 where there was none."""
    connection = http.client.HTTPConnection(HOME, port, timeout=PATIENCE_SECONDS, source_address=(SOURCE, 0))
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}", "Accept": "application/json"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def main(port: str, path: str, token: str, pid: str, folder: str) -> None:
    """Ask and look until somebody ends this."""
    threading.Thread(target=look, args=(int(pid), Path(folder)), daemon=True).start()
    while True:
        started = time.monotonic()
        status = ask(int(port), path, token)
        tell(f"request {started:.3f} {time.monotonic() - started:.4f} {status}")
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main(*sys.argv[1:])
