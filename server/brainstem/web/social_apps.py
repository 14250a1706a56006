"""allauth's app for accounts on other servers, which loads its providers when the first page needs them."""

from __future__ import annotations

from allauth.socialaccount.apps import SocialAccountConfig


class SocialAccounts(SocialAccountConfig):
    """The same app; the URLs of our pages load the providers, which import an HTTP client."""

    def ready(self) -> None:
        """Register allauth's checks, and no provider."""
        from allauth.socialaccount import checks  # noqa: F401, PLC0415 - as allauth does, once the models are there
