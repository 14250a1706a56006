"""The room that knows everyone: settings, addresses and commands."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Gives Django the commands of ``brainstem-server``."""

    name = "brainstem.config"
    label = "config"
