"""The records of each model. Written by client/tools/generate.py; do not edit."""

from .behavior import Behavior
from .behavioralassay import Behavioralassay
from .behavioralcategory import BehavioralCategory
from .behavioralcategoryapproval import BehavioralCategoryApproval
from .behavioralparadigm import BehavioralParadigm
from .behavioralparadigmapproval import BehavioralParadigmApproval
from .brainregion import BrainRegion
from .breeding import Breeding
from .cohort import Cohort
from .collection import Collection
from .consumable import Consumable
from .consumableapproval import ConsumableApproval
from .consumablestock import ConsumableStock
from .dataacquisition import DataAcquisition
from .datastorage import Datastorage
from .epoch import Epoch
from .equipment import Equipment
from .group import Group
from .groupmembershipinvitation import GroupMembershipInvitation
from .groupmembershiprequest import GroupMembershipRequest
from .hardwaredevice import Hardwaredevice
from .hardwaredeviceapproval import HardwaredeviceApproval
from .inventory import Inventory
from .journal import Journal
from .journalapproval import JournalApproval
from .laboratory import Laboratory
from .license import License
from .manipulation import Manipulation
from .procedure import Procedure
from .procedurelog import ProcedureLog
from .project import Project
from .projectgroupmembershipinvitation import ProjectGroupMembershipInvitation
from .projectmembershipinvitation import ProjectMembershipInvitation
from .protocol import Protocol
from .publication import Publication
from .regulatoryauthority import Regulatoryauthority
from .regulatoryauthorityapproval import RegulatoryauthorityApproval
from .session import Session
from .sessiondatastorage import SessionDataStorage
from .setup import Setup
from .setuptype import SetupType
from .setuptypeapproval import SetupTypeApproval
from .species import Species
from .speciesapproval import SpeciesApproval
from .strain import Strain
from .strainapproval import StrainApproval
from .subject import Subject
from .subjectlog import SubjectLog
from .supplier import Supplier
from .supplierapproval import SupplierApproval
from .user import User

ATTRIBUTES: dict[str, str]
CLASSES: dict[str, str]

__all__ = [
    "Behavior",
    "BehavioralCategory",
    "BehavioralCategoryApproval",
    "BehavioralParadigm",
    "BehavioralParadigmApproval",
    "Behavioralassay",
    "BrainRegion",
    "Breeding",
    "Cohort",
    "Collection",
    "Consumable",
    "ConsumableApproval",
    "ConsumableStock",
    "DataAcquisition",
    "Datastorage",
    "Epoch",
    "Equipment",
    "Group",
    "GroupMembershipInvitation",
    "GroupMembershipRequest",
    "Hardwaredevice",
    "HardwaredeviceApproval",
    "Inventory",
    "Journal",
    "JournalApproval",
    "Laboratory",
    "License",
    "Manipulation",
    "Procedure",
    "ProcedureLog",
    "Project",
    "ProjectGroupMembershipInvitation",
    "ProjectMembershipInvitation",
    "Protocol",
    "Publication",
    "Regulatoryauthority",
    "RegulatoryauthorityApproval",
    "Session",
    "SessionDataStorage",
    "Setup",
    "SetupType",
    "SetupTypeApproval",
    "Species",
    "SpeciesApproval",
    "Strain",
    "StrainApproval",
    "Subject",
    "SubjectLog",
    "Supplier",
    "SupplierApproval",
    "User",
]
