"""People, their groups and laboratories, and how they sign in."""

from brainstem.core.model import found


class UsersConfig(found.FindsModels):
    """Accounts, groups, laboratories, invitations and tokens."""

    name = "brainstem.apps.users"
    label = "users"

    def ready(self) -> None:
        """Register the validation rules of these models, and watch passwords and second factors."""
        from . import accounts, news, passwords, rules, two_factor  # noqa: F401

        passwords.connect()
        accounts.connect()
        two_factor.connect()
