"""``brainstem-server activate``: reactivate an account."""

from brainstem.config.account_command import AccountCommand


class Command(AccountCommand):
    """Reactivates an account; the person has to sign in again."""

    help = "Reactivate a deactivated account: activate EMAIL."
    active, done, done_before = True, "is active again", "was already active"
