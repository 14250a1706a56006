"""The pages of subjects."""

from ..faces import Face

FACE = Face(
    icon="subject",
    columns=("status", "sex", "strain", "age", "last_weight", "procedures", "projects"),
    tabs=("procedures", "subjectlogs", "behaviors", "cohorts", "breedings_as_mother", "breedings_as_father"),
    context=("sex", "strain.name", "projects.name"),
    facts=("sex", "strain", "age", "last_weight", "species"),
    views={"active": ("Active", {"status": "active"}), "deceased": ("Deceased", {"status": "deceased"})},
    tones={
        "active": ("circle", ""),
        "planned": ("planned", ""),
        "inactive": ("deceased", ""),
        "transferred": ("transferred", ""),
        "deceased": ("deceased", "deceased"),
        "unknown": ("help", ""),
    },
)
