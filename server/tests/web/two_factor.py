"""What tests of two-factor authentication share: an authenticator app, and people who have methods."""

from __future__ import annotations

import base64
import hmac
import re
import struct
from hashlib import sha1
from time import time
from typing import Any

from allauth.mfa.adapter import get_adapter
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import transaction
from django.test import Client

from brainstem.apps.users import app_codes, backup_codes, email_codes

from ..people import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PERIOD = 30
CHALLENGE = "/account/two_factor/authenticate/"
LOGIN = "/account/login/"


def app_code(secret: str = SECRET, *, steps: int = 0) -> str:
    """What an authenticator app shows (RFC 4226 and 6238, by hand); ``steps`` periods from now."""
    counter = int(time()) // PERIOD + steps
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", counter), sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06}"


def wrong_code(secret: str = SECRET) -> str:
    """Six digits that the app does not show, now, just before and just after."""
    good = {app_code(secret, steps=steps) for steps in (-1, 0, 1)}
    return next(code for code in ("000000", "000001", "000002", "000003") if code not in good)


def give_app(user: Any, secret: str = SECRET) -> Any:
    """An authenticator app that was added some time ago."""
    added = app_codes.add(user.pk, secret, period=0)
    user.refresh_from_db()
    return added


def give_email_codes(user: Any) -> None:
    """Codes by email, added some time ago."""
    email_codes.EmailCodes.objects.get_or_create(user_id=user.pk)
    with transaction.atomic():
        email_codes.enable(user.pk)
    user.refresh_from_db()


def give_backup_codes(user: Any) -> list[str]:
    """Backup codes as the person has them on paper."""
    return backup_codes.make(user.pk)


def fresh(user: Any) -> Any:
    """The account as it is now."""
    return get_user_model().objects.get(pk=user.pk)


def sign_in(client: Client, user: Any, *, follow: str = "") -> Any:
    """Send the form with the password; the answer is not followed."""
    return client.post(LOGIN + (f"?next={follow}" if follow else ""), {"login": user.email, "password": PASSWORD})


def confirmed(user: Any) -> Client:
    """A browser whose person is signed in and has just confirmed the password."""
    client = Client()
    client.force_login(user)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def is_signed_in(client: Client) -> bool:
    """Whether the browser is let into the account."""
    return client.get("/account/two_factor/").status_code == 200


def mailed_code() -> str:
    """The six digits in the last mail."""
    found = re.search(r"^\s*(\d{6})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]


def sealed(secret: str) -> str:
    """A secret as it is kept."""
    return str(get_adapter().encrypt(secret))
