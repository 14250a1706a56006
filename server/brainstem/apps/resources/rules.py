"""Validation rules for products."""

from __future__ import annotations

from brainstem.core.query.choices import narrows
from brainstem.core.write.details import details_fit_their_type
from brainstem.core.write.rules import checks

from .models.consumable import Consumable
from .models.hardware_device import HardwareDevice

checks(Consumable, HardwareDevice)(details_fit_their_type)

# Equipment may be either kind of product, so forms use a separate field name for the supplier of each.
narrows(Consumable, supplier="supplier", consumable_supplier="supplier")
narrows(HardwareDevice, supplier="supplier", hardware_device_supplier="supplier")
