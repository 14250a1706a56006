"""``brainstem-server deactivate``: close the account of somebody who leaves."""

from brainstem.config.account_command import AccountCommand


class Command(AccountCommand):
    """Ends tokens, browser sessions and sign-ins of one person; what the person made stays."""

    help = "Close the account of somebody who leaves: deactivate EMAIL."
    active, done, done_before = False, "is closed", "was closed already"
