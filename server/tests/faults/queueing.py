"""Queues an email for each line of standard input, and says so once it is committed: a program beside the server.

A line that is not followed by ``queued`` may or may not have been; like every caller, it is tried again.
"""

from __future__ import annotations

import sys
import time

import django

django.setup()

from django.core.mail import EmailMessage  # noqa: E402
from django.db import Error, connection, transaction  # noqa: E402

from brainstem.core.mail.sending import deliver  # noqa: E402


def queued(address: str) -> bool:
    try:
        with transaction.atomic():
            deliver(EmailMessage("For you", "Hello.", to=[address]))
    except Error:
        connection.close()
        return False
    return True


print("ready", flush=True)
for line in sys.stdin:
    while not queued(line.strip()):
        time.sleep(0.1)
    print("queued", line.strip(), flush=True)
