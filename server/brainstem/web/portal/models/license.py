"""The pages of licenses."""

from ..faces import Face

FACE = Face(
    icon="license",
    columns=("type", "status", "license_number", "regulatory_authority", "valid_from", "valid_until", "days_left"),
    tabs=("subjects", "procedures", "behavioralassays"),
    sort="name",
    facts=("status", "license_number", "valid_until", "days_left"),
    tones={
        "draft": ("planned", ""),
        "pending": ("clock", "attention"),
        "active": ("ok", "ok"),
        "suspended": ("attention", "attention"),
        "expired": ("limit", "limit"),
        "revoked": ("limit", "limit"),
    },
    context=("type", "license_number", "valid_until"),
    hints=("license_number",),
)
