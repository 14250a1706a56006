"""Settings, URLs and commands: the only package that may import all others."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Registers the commands of ``brainstem-server`` with Django."""

    name = "brainstem.config"
    label = "config"
