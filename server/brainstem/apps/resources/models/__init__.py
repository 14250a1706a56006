"""Products: catalogue entries shared by all laboratories, and proposals for new ones."""

from .consumable import Consumable, ConsumableApproval
from .hardware_device import HardwareDevice, HardwareDeviceApproval
from .supplier import Supplier, SupplierApproval

__all__ = [
    "Consumable",
    "ConsumableApproval",
    "HardwareDevice",
    "HardwareDeviceApproval",
    "Supplier",
    "SupplierApproval",
]
