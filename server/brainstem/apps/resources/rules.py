"""What holds between the fields of products."""

from __future__ import annotations

from brainstem.core.details import details_fit_their_type
from brainstem.core.rules import checks

from .models import Consumable, HardwareDevice

checks(Consumable, HardwareDevice)(details_fit_their_type)
