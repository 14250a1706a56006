"""The attributes of both clients. Written by client/tools/generate.py; do not edit."""

from collections.abc import Awaitable

from .models.behavior import Behavior, BehaviorCalls
from .models.behavioralassay import Behavioralassay, BehavioralassayCalls
from .models.behavioralcategory import BehavioralCategory, BehavioralCategoryCalls
from .models.behavioralcategoryapproval import BehavioralCategoryApproval, BehavioralCategoryApprovalCalls
from .models.behavioralparadigm import BehavioralParadigm, BehavioralParadigmCalls
from .models.behavioralparadigmapproval import BehavioralParadigmApproval, BehavioralParadigmApprovalCalls
from .models.brainregion import BrainRegion, BrainRegionCalls
from .models.breeding import Breeding, BreedingCalls
from .models.cohort import Cohort, CohortCalls
from .models.collection import Collection, CollectionCalls
from .models.consumable import Consumable, ConsumableCalls
from .models.consumableapproval import ConsumableApproval, ConsumableApprovalCalls
from .models.consumablestock import ConsumableStock, ConsumableStockCalls
from .models.dataacquisition import DataAcquisition, DataAcquisitionCalls
from .models.datastorage import Datastorage, DatastorageCalls
from .models.epoch import Epoch, EpochCalls
from .models.equipment import Equipment, EquipmentCalls
from .models.group import Group, GroupCalls
from .models.groupmembershipinvitation import GroupMembershipInvitation, GroupMembershipInvitationCalls
from .models.groupmembershiprequest import GroupMembershipRequest, GroupMembershipRequestCalls
from .models.hardwaredevice import Hardwaredevice, HardwaredeviceCalls
from .models.hardwaredeviceapproval import HardwaredeviceApproval, HardwaredeviceApprovalCalls
from .models.inventory import Inventory, InventoryCalls
from .models.journal import Journal, JournalCalls
from .models.journalapproval import JournalApproval, JournalApprovalCalls
from .models.laboratory import Laboratory, LaboratoryCalls
from .models.license import License, LicenseCalls
from .models.manipulation import Manipulation, ManipulationCalls
from .models.procedure import Procedure, ProcedureCalls
from .models.procedurelog import ProcedureLog, ProcedureLogCalls
from .models.project import Project, ProjectCalls
from .models.projectgroupmembershipinvitation import (
    ProjectGroupMembershipInvitation,
    ProjectGroupMembershipInvitationCalls,
)
from .models.projectmembershipinvitation import ProjectMembershipInvitation, ProjectMembershipInvitationCalls
from .models.protocol import Protocol, ProtocolCalls
from .models.publication import Publication, PublicationCalls
from .models.regulatoryauthority import Regulatoryauthority, RegulatoryauthorityCalls
from .models.regulatoryauthorityapproval import RegulatoryauthorityApproval, RegulatoryauthorityApprovalCalls
from .models.session import Session, SessionCalls
from .models.sessiondatastorage import SessionDataStorage, SessionDataStorageCalls
from .models.setup import Setup, SetupCalls
from .models.setuptype import SetupType, SetupTypeCalls
from .models.setuptypeapproval import SetupTypeApproval, SetupTypeApprovalCalls
from .models.species import Species, SpeciesCalls
from .models.speciesapproval import SpeciesApproval, SpeciesApprovalCalls
from .models.strain import Strain, StrainCalls
from .models.strainapproval import StrainApproval, StrainApprovalCalls
from .models.subject import Subject, SubjectCalls
from .models.subjectlog import SubjectLog, SubjectLogCalls
from .models.supplier import Supplier, SupplierCalls
from .models.supplierapproval import SupplierApproval, SupplierApprovalCalls
from .models.user import User, UserCalls
from .resource import AsyncQuery, Query

class Models:
    """The models as attributes of ``BrainstemClient``."""

    behaviors: BehaviorCalls[Query[Behavior], Behavior, None]
    behavioralassays: BehavioralassayCalls[Query[Behavioralassay], Behavioralassay, None]
    behavioral_categories: BehavioralCategoryCalls[Query[BehavioralCategory], BehavioralCategory, None]
    behavioral_category_approvals: BehavioralCategoryApprovalCalls[
        Query[BehavioralCategoryApproval], BehavioralCategoryApproval, None
    ]
    behavioral_paradigms: BehavioralParadigmCalls[Query[BehavioralParadigm], BehavioralParadigm, None]
    behavioral_paradigm_approvals: BehavioralParadigmApprovalCalls[
        Query[BehavioralParadigmApproval], BehavioralParadigmApproval, None
    ]
    brain_regions: BrainRegionCalls[Query[BrainRegion], BrainRegion, None]
    breedings: BreedingCalls[Query[Breeding], Breeding, None]
    cohorts: CohortCalls[Query[Cohort], Cohort, None]
    collections: CollectionCalls[Query[Collection], Collection, None]
    consumables: ConsumableCalls[Query[Consumable], Consumable, None]
    consumable_approvals: ConsumableApprovalCalls[Query[ConsumableApproval], ConsumableApproval, None]
    consumable_stocks: ConsumableStockCalls[Query[ConsumableStock], ConsumableStock, None]
    data_acquisitions: DataAcquisitionCalls[Query[DataAcquisition], DataAcquisition, None]
    datastorages: DatastorageCalls[Query[Datastorage], Datastorage, None]
    epochs: EpochCalls[Query[Epoch], Epoch, None]
    equipment: EquipmentCalls[Query[Equipment], Equipment, None]
    groups: GroupCalls[Query[Group], Group, None]
    group_membership_invitations: GroupMembershipInvitationCalls[
        Query[GroupMembershipInvitation], GroupMembershipInvitation, None
    ]
    group_membership_requests: GroupMembershipRequestCalls[Query[GroupMembershipRequest], GroupMembershipRequest, None]
    hardwaredevices: HardwaredeviceCalls[Query[Hardwaredevice], Hardwaredevice, None]
    hardwaredevice_approvals: HardwaredeviceApprovalCalls[Query[HardwaredeviceApproval], HardwaredeviceApproval, None]
    inventories: InventoryCalls[Query[Inventory], Inventory, None]
    journals: JournalCalls[Query[Journal], Journal, None]
    journal_approvals: JournalApprovalCalls[Query[JournalApproval], JournalApproval, None]
    laboratories: LaboratoryCalls[Query[Laboratory], Laboratory, None]
    licenses: LicenseCalls[Query[License], License, None]
    manipulations: ManipulationCalls[Query[Manipulation], Manipulation, None]
    procedures: ProcedureCalls[Query[Procedure], Procedure, None]
    procedure_logs: ProcedureLogCalls[Query[ProcedureLog], ProcedureLog, None]
    projects: ProjectCalls[Query[Project], Project, None]
    project_group_membership_invitations: ProjectGroupMembershipInvitationCalls[
        Query[ProjectGroupMembershipInvitation], ProjectGroupMembershipInvitation, None
    ]
    project_membership_invitations: ProjectMembershipInvitationCalls[
        Query[ProjectMembershipInvitation], ProjectMembershipInvitation, None
    ]
    protocols: ProtocolCalls[Query[Protocol], Protocol, None]
    publications: PublicationCalls[Query[Publication], Publication, None]
    regulatoryauthorities: RegulatoryauthorityCalls[Query[Regulatoryauthority], Regulatoryauthority, None]
    regulatoryauthority_approvals: RegulatoryauthorityApprovalCalls[
        Query[RegulatoryauthorityApproval], RegulatoryauthorityApproval, None
    ]
    sessions: SessionCalls[Query[Session], Session, None]
    session_data_storages: SessionDataStorageCalls[Query[SessionDataStorage], SessionDataStorage, None]
    setups: SetupCalls[Query[Setup], Setup, None]
    setup_types: SetupTypeCalls[Query[SetupType], SetupType, None]
    setup_type_approvals: SetupTypeApprovalCalls[Query[SetupTypeApproval], SetupTypeApproval, None]
    species: SpeciesCalls[Query[Species], Species, None]
    species_approvals: SpeciesApprovalCalls[Query[SpeciesApproval], SpeciesApproval, None]
    strains: StrainCalls[Query[Strain], Strain, None]
    strain_approvals: StrainApprovalCalls[Query[StrainApproval], StrainApproval, None]
    subjects: SubjectCalls[Query[Subject], Subject, None]
    subject_logs: SubjectLogCalls[Query[SubjectLog], SubjectLog, None]
    suppliers: SupplierCalls[Query[Supplier], Supplier, None]
    supplier_approvals: SupplierApprovalCalls[Query[SupplierApproval], SupplierApproval, None]
    users: UserCalls[Query[User], User, None]

class AsyncModels:
    """The models as attributes of ``AsyncBrainstemClient``."""

    behaviors: BehaviorCalls[AsyncQuery[Behavior], Awaitable[Behavior], Awaitable[None]]
    behavioralassays: BehavioralassayCalls[AsyncQuery[Behavioralassay], Awaitable[Behavioralassay], Awaitable[None]]
    behavioral_categories: BehavioralCategoryCalls[
        AsyncQuery[BehavioralCategory], Awaitable[BehavioralCategory], Awaitable[None]
    ]
    behavioral_category_approvals: BehavioralCategoryApprovalCalls[
        AsyncQuery[BehavioralCategoryApproval], Awaitable[BehavioralCategoryApproval], Awaitable[None]
    ]
    behavioral_paradigms: BehavioralParadigmCalls[
        AsyncQuery[BehavioralParadigm], Awaitable[BehavioralParadigm], Awaitable[None]
    ]
    behavioral_paradigm_approvals: BehavioralParadigmApprovalCalls[
        AsyncQuery[BehavioralParadigmApproval], Awaitable[BehavioralParadigmApproval], Awaitable[None]
    ]
    brain_regions: BrainRegionCalls[AsyncQuery[BrainRegion], Awaitable[BrainRegion], Awaitable[None]]
    breedings: BreedingCalls[AsyncQuery[Breeding], Awaitable[Breeding], Awaitable[None]]
    cohorts: CohortCalls[AsyncQuery[Cohort], Awaitable[Cohort], Awaitable[None]]
    collections: CollectionCalls[AsyncQuery[Collection], Awaitable[Collection], Awaitable[None]]
    consumables: ConsumableCalls[AsyncQuery[Consumable], Awaitable[Consumable], Awaitable[None]]
    consumable_approvals: ConsumableApprovalCalls[
        AsyncQuery[ConsumableApproval], Awaitable[ConsumableApproval], Awaitable[None]
    ]
    consumable_stocks: ConsumableStockCalls[AsyncQuery[ConsumableStock], Awaitable[ConsumableStock], Awaitable[None]]
    data_acquisitions: DataAcquisitionCalls[AsyncQuery[DataAcquisition], Awaitable[DataAcquisition], Awaitable[None]]
    datastorages: DatastorageCalls[AsyncQuery[Datastorage], Awaitable[Datastorage], Awaitable[None]]
    epochs: EpochCalls[AsyncQuery[Epoch], Awaitable[Epoch], Awaitable[None]]
    equipment: EquipmentCalls[AsyncQuery[Equipment], Awaitable[Equipment], Awaitable[None]]
    groups: GroupCalls[AsyncQuery[Group], Awaitable[Group], Awaitable[None]]
    group_membership_invitations: GroupMembershipInvitationCalls[
        AsyncQuery[GroupMembershipInvitation], Awaitable[GroupMembershipInvitation], Awaitable[None]
    ]
    group_membership_requests: GroupMembershipRequestCalls[
        AsyncQuery[GroupMembershipRequest], Awaitable[GroupMembershipRequest], Awaitable[None]
    ]
    hardwaredevices: HardwaredeviceCalls[AsyncQuery[Hardwaredevice], Awaitable[Hardwaredevice], Awaitable[None]]
    hardwaredevice_approvals: HardwaredeviceApprovalCalls[
        AsyncQuery[HardwaredeviceApproval], Awaitable[HardwaredeviceApproval], Awaitable[None]
    ]
    inventories: InventoryCalls[AsyncQuery[Inventory], Awaitable[Inventory], Awaitable[None]]
    journals: JournalCalls[AsyncQuery[Journal], Awaitable[Journal], Awaitable[None]]
    journal_approvals: JournalApprovalCalls[AsyncQuery[JournalApproval], Awaitable[JournalApproval], Awaitable[None]]
    laboratories: LaboratoryCalls[AsyncQuery[Laboratory], Awaitable[Laboratory], Awaitable[None]]
    licenses: LicenseCalls[AsyncQuery[License], Awaitable[License], Awaitable[None]]
    manipulations: ManipulationCalls[AsyncQuery[Manipulation], Awaitable[Manipulation], Awaitable[None]]
    procedures: ProcedureCalls[AsyncQuery[Procedure], Awaitable[Procedure], Awaitable[None]]
    procedure_logs: ProcedureLogCalls[AsyncQuery[ProcedureLog], Awaitable[ProcedureLog], Awaitable[None]]
    projects: ProjectCalls[AsyncQuery[Project], Awaitable[Project], Awaitable[None]]
    project_group_membership_invitations: ProjectGroupMembershipInvitationCalls[
        AsyncQuery[ProjectGroupMembershipInvitation], Awaitable[ProjectGroupMembershipInvitation], Awaitable[None]
    ]
    project_membership_invitations: ProjectMembershipInvitationCalls[
        AsyncQuery[ProjectMembershipInvitation], Awaitable[ProjectMembershipInvitation], Awaitable[None]
    ]
    protocols: ProtocolCalls[AsyncQuery[Protocol], Awaitable[Protocol], Awaitable[None]]
    publications: PublicationCalls[AsyncQuery[Publication], Awaitable[Publication], Awaitable[None]]
    regulatoryauthorities: RegulatoryauthorityCalls[
        AsyncQuery[Regulatoryauthority], Awaitable[Regulatoryauthority], Awaitable[None]
    ]
    regulatoryauthority_approvals: RegulatoryauthorityApprovalCalls[
        AsyncQuery[RegulatoryauthorityApproval], Awaitable[RegulatoryauthorityApproval], Awaitable[None]
    ]
    sessions: SessionCalls[AsyncQuery[Session], Awaitable[Session], Awaitable[None]]
    session_data_storages: SessionDataStorageCalls[
        AsyncQuery[SessionDataStorage], Awaitable[SessionDataStorage], Awaitable[None]
    ]
    setups: SetupCalls[AsyncQuery[Setup], Awaitable[Setup], Awaitable[None]]
    setup_types: SetupTypeCalls[AsyncQuery[SetupType], Awaitable[SetupType], Awaitable[None]]
    setup_type_approvals: SetupTypeApprovalCalls[
        AsyncQuery[SetupTypeApproval], Awaitable[SetupTypeApproval], Awaitable[None]
    ]
    species: SpeciesCalls[AsyncQuery[Species], Awaitable[Species], Awaitable[None]]
    species_approvals: SpeciesApprovalCalls[AsyncQuery[SpeciesApproval], Awaitable[SpeciesApproval], Awaitable[None]]
    strains: StrainCalls[AsyncQuery[Strain], Awaitable[Strain], Awaitable[None]]
    strain_approvals: StrainApprovalCalls[AsyncQuery[StrainApproval], Awaitable[StrainApproval], Awaitable[None]]
    subjects: SubjectCalls[AsyncQuery[Subject], Awaitable[Subject], Awaitable[None]]
    subject_logs: SubjectLogCalls[AsyncQuery[SubjectLog], Awaitable[SubjectLog], Awaitable[None]]
    suppliers: SupplierCalls[AsyncQuery[Supplier], Awaitable[Supplier], Awaitable[None]]
    supplier_approvals: SupplierApprovalCalls[
        AsyncQuery[SupplierApproval], Awaitable[SupplierApproval], Awaitable[None]
    ]
    users: UserCalls[AsyncQuery[User], Awaitable[User], Awaitable[None]]
