"""Projects, subjects and sessions, and the records that group them."""

from .breeding import Breeding
from .cohort import Cohort, CohortSubject
from .collection import Collection
from .epoch import Epoch
from .invitation import ProjectGroupMembershipInvitation, ProjectMembershipInvitation
from .project import Project
from .session import Session, SessionDataStorage
from .subject import Subject

__all__ = [
    "Breeding",
    "Cohort",
    "CohortSubject",
    "Collection",
    "Epoch",
    "Project",
    "ProjectGroupMembershipInvitation",
    "ProjectMembershipInvitation",
    "Session",
    "SessionDataStorage",
    "Subject",
]
