"""The records of each model, imported when they are first used. Written by client/tools/generate.py; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..record import record_class

if TYPE_CHECKING:
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

# Attribute of a client -> model.
ATTRIBUTES = {
    "behaviors": "behavior",
    "behavioralassays": "behavioralassay",
    "behavioral_categories": "behavioralcategory",
    "behavioral_category_approvals": "behavioralcategoryapproval",
    "behavioral_paradigms": "behavioralparadigm",
    "behavioral_paradigm_approvals": "behavioralparadigmapproval",
    "brain_regions": "brainregion",
    "breedings": "breeding",
    "cohorts": "cohort",
    "collections": "collection",
    "consumables": "consumable",
    "consumable_approvals": "consumableapproval",
    "consumable_stocks": "consumablestock",
    "data_acquisitions": "dataacquisition",
    "datastorages": "datastorage",
    "epochs": "epoch",
    "equipment": "equipment",
    "groups": "group",
    "group_membership_invitations": "groupmembershipinvitation",
    "group_membership_requests": "groupmembershiprequest",
    "hardwaredevices": "hardwaredevice",
    "hardwaredevice_approvals": "hardwaredeviceapproval",
    "inventories": "inventory",
    "journals": "journal",
    "journal_approvals": "journalapproval",
    "laboratories": "laboratory",
    "licenses": "license",
    "manipulations": "manipulation",
    "procedures": "procedure",
    "procedure_logs": "procedurelog",
    "projects": "project",
    "project_group_membership_invitations": "projectgroupmembershipinvitation",
    "project_membership_invitations": "projectmembershipinvitation",
    "protocols": "protocol",
    "publications": "publication",
    "regulatoryauthorities": "regulatoryauthority",
    "regulatoryauthority_approvals": "regulatoryauthorityapproval",
    "sessions": "session",
    "session_data_storages": "sessiondatastorage",
    "setups": "setup",
    "setup_types": "setuptype",
    "setup_type_approvals": "setuptypeapproval",
    "species": "species",
    "species_approvals": "speciesapproval",
    "strains": "strain",
    "strain_approvals": "strainapproval",
    "subjects": "subject",
    "subject_logs": "subjectlog",
    "suppliers": "supplier",
    "supplier_approvals": "supplierapproval",
    "users": "user",
}
# Class -> model.
CLASSES = {
    "Behavior": "behavior",
    "Behavioralassay": "behavioralassay",
    "BehavioralCategory": "behavioralcategory",
    "BehavioralCategoryApproval": "behavioralcategoryapproval",
    "BehavioralParadigm": "behavioralparadigm",
    "BehavioralParadigmApproval": "behavioralparadigmapproval",
    "BrainRegion": "brainregion",
    "Breeding": "breeding",
    "Cohort": "cohort",
    "Collection": "collection",
    "Consumable": "consumable",
    "ConsumableApproval": "consumableapproval",
    "ConsumableStock": "consumablestock",
    "DataAcquisition": "dataacquisition",
    "Datastorage": "datastorage",
    "Epoch": "epoch",
    "Equipment": "equipment",
    "Group": "group",
    "GroupMembershipInvitation": "groupmembershipinvitation",
    "GroupMembershipRequest": "groupmembershiprequest",
    "Hardwaredevice": "hardwaredevice",
    "HardwaredeviceApproval": "hardwaredeviceapproval",
    "Inventory": "inventory",
    "Journal": "journal",
    "JournalApproval": "journalapproval",
    "Laboratory": "laboratory",
    "License": "license",
    "Manipulation": "manipulation",
    "Procedure": "procedure",
    "ProcedureLog": "procedurelog",
    "Project": "project",
    "ProjectGroupMembershipInvitation": "projectgroupmembershipinvitation",
    "ProjectMembershipInvitation": "projectmembershipinvitation",
    "Protocol": "protocol",
    "Publication": "publication",
    "Regulatoryauthority": "regulatoryauthority",
    "RegulatoryauthorityApproval": "regulatoryauthorityapproval",
    "Session": "session",
    "SessionDataStorage": "sessiondatastorage",
    "Setup": "setup",
    "SetupType": "setuptype",
    "SetupTypeApproval": "setuptypeapproval",
    "Species": "species",
    "SpeciesApproval": "speciesapproval",
    "Strain": "strain",
    "StrainApproval": "strainapproval",
    "Subject": "subject",
    "SubjectLog": "subjectlog",
    "Supplier": "supplier",
    "SupplierApproval": "supplierapproval",
    "User": "user",
}
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


def __getattr__(name: str) -> Any:
    if name not in CLASSES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return record_class(CLASSES[name])
