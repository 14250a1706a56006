"""A small lab over HTTP: a valid payload for every model, whose dependencies are created on demand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .people import Person, unique

Payload = dict[str, Any]


class Lab:
    """Alice's lab: she owns the project and everything in it; catalogues are the administrator's.

    ``lab["strain"]`` is the id of a record of that model, made when first asked for.
    """

    def __init__(self, owner: Person, admin: Person) -> None:
        self.owner, self.admin = owner, admin
        self.made: dict[str, dict[str, Any]] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self.made:
            self.made[name] = self.add(name)
        return self.made[name]["id"]

    def add(self, name: str, /, **changed: Any) -> dict[str, Any]:
        """A new record of a model, with the given fields."""
        path, build, admin = MODELS[name]
        sender = self.admin.through("super") if admin else self.owner
        return sender.make(path, **(build(self) | changed))

    def payload(self, name: str) -> Payload:
        """The payload that would add such a record."""
        return MODELS[name][1](self)


def path_of(name: str) -> str:
    """URL of a model below the portal."""
    return MODELS[name][0]


def _subject(sex: str) -> Callable[[Lab], Payload]:
    return lambda lab: {
        "name": unique("Subject"),
        "projects": [lab["project"]],
        "strain": lab["strain"],
        "sex": sex,
    }


def _session_part(**fields: Any) -> Callable[[Lab], Payload]:
    return lambda lab: {"session": lab["session"], **fields}


_ANYWHERE = {"coordinates_system": "External_XYZ_Absolute", "coordinates_details": {}}

# name -> (URL, payload, whether an administrator adds it)
MODELS: dict[str, tuple[str, Callable[[Lab], Payload], bool]] = {
    "project": ("stem/project", lambda lab: {"name": unique("Project")}, False),
    "subject": ("stem/subject", _subject("M"), False),
    "dam": ("stem/subject", _subject("F"), False),
    "session": ("stem/session", lambda lab: {"name": unique("Session"), "projects": [lab["project"]]}, False),
    "collection": ("stem/collection", lambda lab: {"name": unique("Collection"), "project": lab["project"]}, False),
    "cohort": ("stem/cohort", lambda lab: {"name": unique("Cohort"), "project": lab["project"]}, False),
    "breeding": (
        "stem/breeding",
        lambda lab: {
            "name": unique("Breeding"),
            "project": lab["project"],
            "mother": lab["dam"],
            "father": lab["subject"],
        },
        False,
    ),
    "epoch": ("stem/epoch", lambda lab: {"session": lab["session"], "name": unique("Epoch")}, False),
    "sessiondatastorage": (
        "stem/sessiondatastorage",
        lambda lab: {"session": lab["session"], "datastorage": lab["datastorage"]},
        False,
    ),
    "behavior": (
        "modules/behavior",
        lambda lab: {
            "session": lab["session"],
            "subjects": [lab["subject"]],
            "setup": lab["setup"],
            "behavioralassay": lab["behavioralassay"],
        },
        False,
    ),
    "dataacquisition": (
        "modules/dataacquisition",
        _session_part(type="ExtracellularEphys", details={"fileName": "a.dat"}),
        False,
    ),
    "manipulation": (
        "modules/manipulation",
        lambda lab: {"session": lab["session"], "type": "OptogeneticStimulation", "procedures": [lab["procedure"]]},
        False,
    ),
    "procedure": (
        "modules/procedure",
        lambda lab: {"subject": lab["subject"], "type": "Craniotomy", **_ANYWHERE},
        False,
    ),
    "procedurelog": ("modules/procedurelog", lambda lab: {"procedure": lab["procedure"], "type": "Impedances"}, False),
    "subjectlog": ("modules/subjectlog", lambda lab: {"subject": lab["subject"], "type": "Weighing"}, False),
    "equipment": (
        "modules/equipment",
        lambda lab: {"name": unique("Camera"), "setup": lab["setup"], "type": "Camera", **_ANYWHERE},
        False,
    ),
    "consumablestock": (
        "modules/consumablestock",
        lambda lab: {"inventory": lab["inventory"], "type": "VirusSolution"},
        False,
    ),
    "behavioralassay": (
        "personal_attributes/behavioralassay",
        lambda lab: {
            "name": unique("Assay"),
            "setup_type": lab["setuptype"],
            "behavioral_paradigm": lab["behavioralparadigm"],
        },
        False,
    ),
    "datastorage": ("personal_attributes/datastorage", lambda lab: {"name": unique("Storage")}, False),
    "inventory": ("personal_attributes/inventory", lambda lab: {"name": unique("Inventory")}, False),
    "license": (
        "personal_attributes/license",
        lambda lab: {"name": unique("Licence"), "type": "animal_research_authorization", "status": "draft"},
        False,
    ),
    "setup": (
        "personal_attributes/setup",
        lambda lab: {"name": unique("Setup"), "setup_type": lab["setuptype"]},
        False,
    ),
    "consumable": (
        "resources/consumable",
        lambda lab: {"name": unique("Virus"), "supplier": lab["supplier"], "type": "VirusConstruct"},
        True,
    ),
    "hardwaredevice": (
        "resources/hardwaredevice",
        lambda lab: {"name": unique("Amplifier"), "supplier": lab["supplier"]},
        True,
    ),
    "supplier": ("resources/supplier", lambda lab: {"name": unique("Supplier")}, True),
    "behavioralcategory": ("taxonomies/behavioralcategory", lambda lab: {"name": unique("Category")}, True),
    "behavioralparadigm": ("taxonomies/behavioralparadigm", lambda lab: {"name": unique("Paradigm")}, True),
    "brainregion": (
        "taxonomies/brainregion",
        lambda lab: {"name": unique("Region"), "acronym": unique("R").replace(" ", ""), "atlas": "AIA"},
        True,
    ),
    "regulatoryauthority": ("taxonomies/regulatoryauthority", lambda lab: {"name": unique("Authority")}, True),
    "setuptype": ("taxonomies/setuptype", lambda lab: {"name": unique("Setup type"), "category": "F"}, True),
    "species": ("taxonomies/species", lambda lab: {"name": unique("Mus")}, True),
    "strain": ("taxonomies/strain", lambda lab: {"name": unique("Strain"), "species": lab["species"]}, True),
    "journal": ("dissemination/journal", lambda lab: {"name": unique("Journal")}, True),
    "publication": (
        "dissemination/publication",
        lambda lab: {
            "title": unique("Paper"),
            "authors": "A. Author",
            "journal": lab["journal"],
            "abstract": "Short.",
            "publication_date": "2026-01-31",
        },
        False,
    ),
    "group": ("users/group", lambda lab: {"name": unique("Group")}, False),
    "laboratory": (
        "users/laboratory",
        lambda lab: {
            "group": lab["group"],
            "institution": "Institute",
            "principal_investigators": [lab.owner.user.pk],
        },
        False,
    ),
}
PROJECT_TREE = (
    "subject",
    "session",
    "collection",
    "cohort",
    "breeding",
    "epoch",
    "behavior",
    "dataacquisition",
    "manipulation",
    "procedure",
    "procedurelog",
    "subjectlog",
    "sessiondatastorage",
)
ATTRIBUTES = ("behavioralassay", "datastorage", "inventory", "license", "setup")
UNDER_ATTRIBUTES = ("equipment", "consumablestock")
CATALOGUES = (
    "consumable",
    "hardwaredevice",
    "supplier",
    "behavioralcategory",
    "behavioralparadigm",
    "brainregion",
    "regulatoryauthority",
    "setuptype",
    "species",
    "strain",
    "journal",
)
