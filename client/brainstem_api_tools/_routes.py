"""Model -> app, as they stand in addresses. Written by client/tools/generate.py; do not edit."""

from __future__ import annotations

from enum import Enum

ROUTES = {
    "behavior": "modules",
    "behavioralassay": "personal_attributes",
    "behavioralcategory": "taxonomies",
    "behavioralcategoryapproval": "taxonomies",
    "behavioralparadigm": "taxonomies",
    "behavioralparadigmapproval": "taxonomies",
    "brainregion": "taxonomies",
    "breeding": "stem",
    "cohort": "stem",
    "collection": "stem",
    "consumable": "resources",
    "consumableapproval": "resources",
    "consumablestock": "modules",
    "dataacquisition": "modules",
    "datastorage": "personal_attributes",
    "epoch": "stem",
    "equipment": "modules",
    "group": "users",
    "group_membership_invitation": "users",
    "group_membership_request": "users",
    "groupmembershipinvitation": "users",
    "groupmembershiprequest": "users",
    "hardwaredevice": "resources",
    "hardwaredeviceapproval": "resources",
    "inventory": "personal_attributes",
    "journal": "dissemination",
    "journalapproval": "dissemination",
    "laboratory": "users",
    "license": "personal_attributes",
    "manipulation": "modules",
    "procedure": "modules",
    "procedurelog": "modules",
    "project": "stem",
    "project_group_membership_invitation": "stem",
    "project_membership_invitation": "stem",
    "projectgroupmembershipinvitation": "stem",
    "projectmembershipinvitation": "stem",
    "protocol": "personal_attributes",
    "publication": "dissemination",
    "regulatoryauthority": "taxonomies",
    "regulatoryauthorityapproval": "taxonomies",
    "session": "stem",
    "sessiondatastorage": "stem",
    "setup": "personal_attributes",
    "setuptype": "taxonomies",
    "setuptypeapproval": "taxonomies",
    "species": "taxonomies",
    "speciesapproval": "taxonomies",
    "strain": "taxonomies",
    "strainapproval": "taxonomies",
    "subject": "stem",
    "subjectlog": "modules",
    "supplier": "resources",
    "supplierapproval": "resources",
    "user": "users",
}

OLDER_ROUTES = {
    "behavioralparadigm": "personal_attributes",
}

PLURALS = {
    "behavioral_categories": "behavioralcategory",
    "behavioral_category_approvals": "behavioralcategoryapproval",
    "behavioral_paradigm_approvals": "behavioralparadigmapproval",
    "behavioral_paradigms": "behavioralparadigm",
    "behavioralassays": "behavioralassay",
    "behaviors": "behavior",
    "brain_regions": "brainregion",
    "breedings": "breeding",
    "cohorts": "cohort",
    "collections": "collection",
    "consumable_approvals": "consumableapproval",
    "consumable_stocks": "consumablestock",
    "consumables": "consumable",
    "data_acquisitions": "dataacquisition",
    "datastorages": "datastorage",
    "epochs": "epoch",
    "equipment": "equipment",
    "group_membership_invitations": "groupmembershipinvitation",
    "group_membership_requests": "groupmembershiprequest",
    "groups": "group",
    "hardwaredevice_approvals": "hardwaredeviceapproval",
    "hardwaredevices": "hardwaredevice",
    "inventories": "inventory",
    "journal_approvals": "journalapproval",
    "journals": "journal",
    "laboratories": "laboratory",
    "licenses": "license",
    "manipulations": "manipulation",
    "procedure_logs": "procedurelog",
    "procedures": "procedure",
    "project_group_membership_invitations": "projectgroupmembershipinvitation",
    "project_membership_invitations": "projectmembershipinvitation",
    "projects": "project",
    "protocols": "protocol",
    "publications": "publication",
    "regulatoryauthorities": "regulatoryauthority",
    "regulatoryauthority_approvals": "regulatoryauthorityapproval",
    "session_data_storages": "sessiondatastorage",
    "sessions": "session",
    "setup_type_approvals": "setuptypeapproval",
    "setup_types": "setuptype",
    "setups": "setup",
    "species": "species",
    "species_approvals": "speciesapproval",
    "strain_approvals": "strainapproval",
    "strains": "strain",
    "subject_logs": "subjectlog",
    "subjects": "subject",
    "supplier_approvals": "supplierapproval",
    "suppliers": "supplier",
    "users": "user",
}

PROJECT_PATHS = {
    "breeding": "project",
    "cohort": "project",
    "collection": "project",
    "session": "projects",
    "subject": "projects",
    "behavior": "session.projects",
    "dataacquisition": "session.projects",
    "epoch": "session.projects",
    "manipulation": "session.projects",
    "procedure": "subject.projects",
    "sessiondatastorage": "session.projects",
    "subjectlog": "subject.projects",
    "procedurelog": "procedure.subject.projects",
}


class ModelType(Enum):
    """The models, under every name that released clients have for them."""

    behavior = "behavior"
    behavioralassay = "behavioralassay"
    behavioralcategory = "behavioralcategory"
    behavioralcategoryapproval = "behavioralcategoryapproval"
    behavioralparadigm = "behavioralparadigm"
    behavioralparadigmapproval = "behavioralparadigmapproval"
    brainregion = "brainregion"
    breeding = "breeding"
    cohort = "cohort"
    collection = "collection"
    consumable = "consumable"
    consumableapproval = "consumableapproval"
    consumablestock = "consumablestock"
    dataacquisition = "dataacquisition"
    datastorage = "datastorage"
    epoch = "epoch"
    equipment = "equipment"
    group = "group"
    group_membership_invitation = "group_membership_invitation"
    group_membership_request = "group_membership_request"
    groupmembershipinvitation = "groupmembershipinvitation"
    groupmembershiprequest = "groupmembershiprequest"
    hardwaredevice = "hardwaredevice"
    hardwaredeviceapproval = "hardwaredeviceapproval"
    inventory = "inventory"
    journal = "journal"
    journalapproval = "journalapproval"
    laboratory = "laboratory"
    license = "license"
    manipulation = "manipulation"
    procedure = "procedure"
    procedurelog = "procedurelog"
    project = "project"
    project_group_membership_invitation = "project_group_membership_invitation"
    project_membership_invitation = "project_membership_invitation"
    projectgroupmembershipinvitation = "projectgroupmembershipinvitation"
    projectmembershipinvitation = "projectmembershipinvitation"
    protocol = "protocol"
    publication = "publication"
    regulatoryauthority = "regulatoryauthority"
    regulatoryauthorityapproval = "regulatoryauthorityapproval"
    session = "session"
    sessiondatastorage = "sessiondatastorage"
    setup = "setup"
    setuptype = "setuptype"
    setuptypeapproval = "setuptypeapproval"
    species = "species"
    speciesapproval = "speciesapproval"
    strain = "strain"
    strainapproval = "strainapproval"
    subject = "subject"
    subjectlog = "subjectlog"
    supplier = "supplier"
    supplierapproval = "supplierapproval"
    user = "user"
