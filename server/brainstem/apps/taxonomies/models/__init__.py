"""Taxonomies: catalogue entries shared by all laboratories, and proposals for new ones."""

from .behavior import (
    BehavioralCategory,
    BehavioralCategoryApproval,
    BehavioralParadigm,
    BehavioralParadigmApproval,
)
from .brain_region import BrainRegion
from .regulatory_authority import RegulatoryAuthority, RegulatoryAuthorityApproval
from .setup_type import SetupType, SetupTypeApproval
from .species import Species, SpeciesApproval
from .strain import Strain, StrainApproval

__all__ = [
    "BehavioralCategory",
    "BehavioralCategoryApproval",
    "BehavioralParadigm",
    "BehavioralParadigmApproval",
    "BrainRegion",
    "RegulatoryAuthority",
    "RegulatoryAuthorityApproval",
    "SetupType",
    "SetupTypeApproval",
    "Species",
    "SpeciesApproval",
    "Strain",
    "StrainApproval",
]
