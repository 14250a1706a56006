"""Validation rules for personal attributes."""

from __future__ import annotations

from django.utils import timezone

from brainstem.core.query.choices import narrows
from brainstem.core.write.rules import Draft, checks

from .models.behavioral_assay import BehavioralAssay
from .models.license import License
from .models.setup import Setup


@checks(License)
def licenses_hold_while_their_dates_say(draft: Draft) -> None:
    """Dates in order; active needs both; expired only after the last day."""
    license_ = draft.record
    starts, ends = license_.valid_from, license_.valid_until
    if starts and ends and ends < starts:
        draft.error("valid_until", f"Must not be before the start date, {starts}.")
    if license_.status == "active":
        for name, day in (("valid_from", starts), ("valid_until", ends)):
            if day is None:
                draft.error(name, "An active license needs a first and a last day.")
    # Only if this write touches them: a license already marked as expired stays editable.
    touched = draft.changed("status", "valid_until")
    if license_.status == "expired" and touched and (ends is None or ends >= timezone.now().date()):
        draft.error("status", "A license can be expired only if its valid_until is in the past.")


# --- choices offered -----------------------------------------------------------------------------------------------

narrows(Setup, setup_type="setup_type", behavioralassay="setup_type.behavioralassays")
narrows(BehavioralAssay, setup_type="setup_type", setup="setup_type.setups")
