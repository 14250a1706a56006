"""The pages of groups."""

from ..faces import Face
from ..people.parts import group_parts

FACE = Face(
    icon="access",
    columns=("my_level", "members_count", "laboratory", "updated_at"),
    tabs=("laboratory",),
    sort="name",
    views={
        "member": ("My groups", {"my_level.isnull": "false"}),
        "manage": ("I manage", {"my_level.gte": "3"}),
    },
    more=group_parts,
)
