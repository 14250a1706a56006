"""What holds between the fields of products."""

from __future__ import annotations

from brainstem.core.details import details_have_their_shape
from brainstem.core.rules import checks

from .models import Consumable, HardwareDevice

checks(Consumable, HardwareDevice)(details_have_their_shape)
