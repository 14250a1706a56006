"""A listening socket that another program opened and passed on, as systemd does (``sd_listen_fds(3)``).

Only what fits exactly is accepted. Otherwise the server would listen on an address of its own, while the proxy waits at
one where nobody answers.
"""

from __future__ import annotations

import os
import socket
from collections.abc import MutableMapping

FIRST = 3  # the protocol's first descriptor, after standard input, output and error
NAMES = ("LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES")
HOW_TO_DO_WITHOUT = "To listen on --host and --port instead, unset LISTEN_FDS and LISTEN_PID."


def listener(environment: MutableMapping[str, str]) -> socket.socket | None:
    """The socket that was passed to this process; None if there is none.

    Removes the variables, so that processes started later do not look for a socket.

    Raises
    ------
    ValueError
        If a socket was announced that this process cannot serve on.
    """
    count, pid, _names = (environment.pop(name, "") for name in NAMES)
    if not count and not pid:
        return None
    if pid != str(os.getpid()):
        raise ValueError(
            f"LISTEN_PID is {pid!r}, but this is process {os.getpid()}: the socket was passed to another one. Let "
            f"systemd start brainstem-server itself, or have the script in between `exec` it. {HOW_TO_DO_WITHOUT}"
        )
    if count != "1":
        raise ValueError(f"LISTEN_FDS is {count!r}, but the server serves on exactly one socket: one ListenStream=.")
    return _listening(FIRST)


def _listening(descriptor: int) -> socket.socket:
    try:
        found = socket.socket(fileno=descriptor)
    except OSError:
        raise ValueError(f"File descriptor {descriptor} is not a socket. {HOW_TO_DO_WITHOUT}") from None
    # Limits count callers by address, which a Unix socket does not have.
    is_tcp = found.family in {socket.AF_INET, socket.AF_INET6} and found.type == socket.SOCK_STREAM
    if not is_tcp or not found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        found.close()
        raise ValueError(
            f"File descriptor {descriptor} is not a TCP socket that listens: ListenStream=127.0.0.1:8000, Accept=no."
        )
    found.set_inheritable(False)  # handed to each worker explicitly
    return found
