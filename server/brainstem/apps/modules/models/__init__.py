"""What is done to subjects and in sessions, and with which equipment and consumables."""

from .behavior import Behavior
from .consumable_stock import ConsumableStock
from .data_acquisition import DataAcquisition
from .equipment import Equipment
from .logs import ProcedureLog, SubjectLog
from .manipulation import Manipulation
from .procedure import Procedure

__all__ = [
    "Behavior",
    "ConsumableStock",
    "DataAcquisition",
    "Equipment",
    "Manipulation",
    "Procedure",
    "ProcedureLog",
    "SubjectLog",
]
