"""The attributes of both clients, for type checkers and editors. Written by client/tools/generate.py; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from ..resource import AsyncQuery, Query
    from .behavior import Behavior, BehaviorCalls
    from .behavioralassay import Behavioralassay, BehavioralassayCalls
    from .behavioralcategory import BehavioralCategory, BehavioralCategoryCalls
    from .behavioralcategoryapproval import BehavioralCategoryApproval, BehavioralCategoryApprovalCalls
    from .behavioralparadigm import BehavioralParadigm, BehavioralParadigmCalls
    from .behavioralparadigmapproval import BehavioralParadigmApproval, BehavioralParadigmApprovalCalls
    from .brainregion import BrainRegion, BrainRegionCalls
    from .breeding import Breeding, BreedingCalls
    from .cohort import Cohort, CohortCalls
    from .collection import Collection, CollectionCalls
    from .consumable import Consumable, ConsumableCalls
    from .consumableapproval import ConsumableApproval, ConsumableApprovalCalls
    from .consumablestock import ConsumableStock, ConsumableStockCalls
    from .dataacquisition import DataAcquisition, DataAcquisitionCalls
    from .datastorage import Datastorage, DatastorageCalls
    from .epoch import Epoch, EpochCalls
    from .equipment import Equipment, EquipmentCalls
    from .group import Group, GroupCalls
    from .groupmembershipinvitation import GroupMembershipInvitation, GroupMembershipInvitationCalls
    from .groupmembershiprequest import GroupMembershipRequest, GroupMembershipRequestCalls
    from .hardwaredevice import Hardwaredevice, HardwaredeviceCalls
    from .hardwaredeviceapproval import HardwaredeviceApproval, HardwaredeviceApprovalCalls
    from .inventory import Inventory, InventoryCalls
    from .journal import Journal, JournalCalls
    from .journalapproval import JournalApproval, JournalApprovalCalls
    from .laboratory import Laboratory, LaboratoryCalls
    from .license import License, LicenseCalls
    from .manipulation import Manipulation, ManipulationCalls
    from .procedure import Procedure, ProcedureCalls
    from .procedurelog import ProcedureLog, ProcedureLogCalls
    from .project import Project, ProjectCalls
    from .projectgroupmembershipinvitation import (
        ProjectGroupMembershipInvitation,
        ProjectGroupMembershipInvitationCalls,
    )
    from .projectmembershipinvitation import ProjectMembershipInvitation, ProjectMembershipInvitationCalls
    from .protocol import Protocol, ProtocolCalls
    from .publication import Publication, PublicationCalls
    from .regulatoryauthority import Regulatoryauthority, RegulatoryauthorityCalls
    from .regulatoryauthorityapproval import RegulatoryauthorityApproval, RegulatoryauthorityApprovalCalls
    from .session import Session, SessionCalls
    from .sessiondatastorage import SessionDataStorage, SessionDataStorageCalls
    from .setup import Setup, SetupCalls
    from .setuptype import SetupType, SetupTypeCalls
    from .setuptypeapproval import SetupTypeApproval, SetupTypeApprovalCalls
    from .species import Species, SpeciesCalls
    from .speciesapproval import SpeciesApproval, SpeciesApprovalCalls
    from .strain import Strain, StrainCalls
    from .strainapproval import StrainApproval, StrainApprovalCalls
    from .subject import Subject, SubjectCalls
    from .subjectlog import SubjectLog, SubjectLogCalls
    from .supplier import Supplier, SupplierCalls
    from .supplierapproval import SupplierApproval, SupplierApprovalCalls
    from .user import User, UserCalls


class Models:
    """The models as attributes of a client that waits."""

    if TYPE_CHECKING:
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
        group_membership_requests: GroupMembershipRequestCalls[
            Query[GroupMembershipRequest], GroupMembershipRequest, None
        ]
        hardwaredevices: HardwaredeviceCalls[Query[Hardwaredevice], Hardwaredevice, None]
        hardwaredevice_approvals: HardwaredeviceApprovalCalls[
            Query[HardwaredeviceApproval], HardwaredeviceApproval, None
        ]
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
    """The models as attributes of a client that is awaited."""

    if TYPE_CHECKING:
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
        consumable_stocks: ConsumableStockCalls[
            AsyncQuery[ConsumableStock], Awaitable[ConsumableStock], Awaitable[None]
        ]
        data_acquisitions: DataAcquisitionCalls[
            AsyncQuery[DataAcquisition], Awaitable[DataAcquisition], Awaitable[None]
        ]
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
        journal_approvals: JournalApprovalCalls[
            AsyncQuery[JournalApproval], Awaitable[JournalApproval], Awaitable[None]
        ]
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
        species_approvals: SpeciesApprovalCalls[
            AsyncQuery[SpeciesApproval], Awaitable[SpeciesApproval], Awaitable[None]
        ]
        strains: StrainCalls[AsyncQuery[Strain], Awaitable[Strain], Awaitable[None]]
        strain_approvals: StrainApprovalCalls[AsyncQuery[StrainApproval], Awaitable[StrainApproval], Awaitable[None]]
        subjects: SubjectCalls[AsyncQuery[Subject], Awaitable[Subject], Awaitable[None]]
        subject_logs: SubjectLogCalls[AsyncQuery[SubjectLog], Awaitable[SubjectLog], Awaitable[None]]
        suppliers: SupplierCalls[AsyncQuery[Supplier], Awaitable[Supplier], Awaitable[None]]
        supplier_approvals: SupplierApprovalCalls[
            AsyncQuery[SupplierApproval], Awaitable[SupplierApproval], Awaitable[None]
        ]
        users: UserCalls[AsyncQuery[User], Awaitable[User], Awaitable[None]]
