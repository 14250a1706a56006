"""The records of each model. Written by client/tools/generate.py; do not edit."""

from .behavior import Behavior as Behavior
from .behavioralassay import Behavioralassay as Behavioralassay
from .behavioralcategory import BehavioralCategory as BehavioralCategory
from .behavioralcategoryapproval import BehavioralCategoryApproval as BehavioralCategoryApproval
from .behavioralparadigm import BehavioralParadigm as BehavioralParadigm
from .behavioralparadigmapproval import BehavioralParadigmApproval as BehavioralParadigmApproval
from .brainregion import BrainRegion as BrainRegion
from .breeding import Breeding as Breeding
from .cohort import Cohort as Cohort
from .collection import Collection as Collection
from .consumable import Consumable as Consumable
from .consumableapproval import ConsumableApproval as ConsumableApproval
from .consumablestock import ConsumableStock as ConsumableStock
from .dataacquisition import DataAcquisition as DataAcquisition
from .datastorage import Datastorage as Datastorage
from .epoch import Epoch as Epoch
from .equipment import Equipment as Equipment
from .group import Group as Group
from .groupmembershipinvitation import GroupMembershipInvitation as GroupMembershipInvitation
from .groupmembershiprequest import GroupMembershipRequest as GroupMembershipRequest
from .hardwaredevice import Hardwaredevice as Hardwaredevice
from .hardwaredeviceapproval import HardwaredeviceApproval as HardwaredeviceApproval
from .inventory import Inventory as Inventory
from .journal import Journal as Journal
from .journalapproval import JournalApproval as JournalApproval
from .laboratory import Laboratory as Laboratory
from .license import License as License
from .manipulation import Manipulation as Manipulation
from .procedure import Procedure as Procedure
from .procedurelog import ProcedureLog as ProcedureLog
from .project import Project as Project
from .projectgroupmembershipinvitation import ProjectGroupMembershipInvitation as ProjectGroupMembershipInvitation
from .projectmembershipinvitation import ProjectMembershipInvitation as ProjectMembershipInvitation
from .protocol import Protocol as Protocol
from .publication import Publication as Publication
from .regulatoryauthority import Regulatoryauthority as Regulatoryauthority
from .regulatoryauthorityapproval import RegulatoryauthorityApproval as RegulatoryauthorityApproval
from .session import Session as Session
from .sessiondatastorage import SessionDataStorage as SessionDataStorage
from .setup import Setup as Setup
from .setuptype import SetupType as SetupType
from .setuptypeapproval import SetupTypeApproval as SetupTypeApproval
from .species import Species as Species
from .speciesapproval import SpeciesApproval as SpeciesApproval
from .strain import Strain as Strain
from .strainapproval import StrainApproval as StrainApproval
from .subject import Subject as Subject
from .subjectlog import SubjectLog as SubjectLog
from .supplier import Supplier as Supplier
from .supplierapproval import SupplierApproval as SupplierApproval
from .user import User as User

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
