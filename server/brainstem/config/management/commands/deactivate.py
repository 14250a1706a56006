"""``brainstem-server deactivate``: deactivate the account of someone who leaves."""

from brainstem.config.account_command import AccountCommand


class Command(AccountCommand):
    """Ends tokens, browser sessions and sign-ins of one person; everything they created stays."""

    help = "Deactivate the account of someone who leaves: deactivate EMAIL."
    active, done, done_before = False, "is deactivated", "was already deactivated"
