"""``brainstem-server activate``: open a closed account again."""

from brainstem.config.account_command import AccountCommand


class Command(AccountCommand):
    """Opens a closed account again; the person signs in anew."""

    help = "Open a closed account again: activate EMAIL."
    active, done, done_before = True, "is open again", "was open already"
