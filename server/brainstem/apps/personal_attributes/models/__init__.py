"""Personal attributes: records that people and groups own and share, each with its own roles."""

from .behavioral_assay import BehavioralAssay
from .data_storage import DataStorage
from .inventory import Inventory
from .license import License
from .protocol import Protocol
from .setup import Setup

__all__ = ["BehavioralAssay", "DataStorage", "Inventory", "License", "Protocol", "Setup"]
