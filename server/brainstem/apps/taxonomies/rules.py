"""Validation rules for the catalogues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from brainstem.core.query.choices import narrows
from brainstem.core.write.rules import Draft, checks, checks_together, hold, one_at_a_time

from .models.behavior import BehavioralCategory, BehavioralParadigm
from .models.brain_region import BrainRegion
from .models.setup_type import SetupType
from .models.strain import Strain


@checks(BehavioralCategory)
def categories_are_two_levels_deep(draft: Draft) -> None:
    """A category with a parent cannot have children, and its parent cannot have a parent."""
    category = draft.record
    if category.parent_id is None:
        return
    hold(BehavioralCategory, [category.parent_id])
    if category.parent_id == category.pk:
        draft.error("parent", "A category cannot be its own parent.")
    elif category.parent.parent_id is not None:
        draft.error("parent", f"{category.parent.name} has a parent itself. Choose a top-level category.")
    elif not draft.creating and category.children.exists():
        draft.error("parent", "This category is the parent of others, so it must stay at the top level.")


@checks_together(BrainRegion)
def brain_regions_do_not_contain_themselves(drafts: Sequence[Draft]) -> None:
    """No region is its own ancestor; one query per atlas."""
    asked = [one for one in drafts if one.record.parent_acronym and one.changed("parent_acronym", "acronym", "atlas")]
    if asked:
        one_at_a_time("brain regions")
    for atlas in {one.record.atlas for one in asked}:
        mine = [one for one in asked if one.record.atlas == atlas]
        others = BrainRegion.objects.filter(atlas=atlas).exclude(pk__in=[one.record.pk for one in mine])
        above = dict(others.order_by().values_list("acronym", "parent_acronym"))
        for draft in mine:
            above[draft.record.acronym] = draft.record.parent_acronym
            if way := _circle(above, draft.record.acronym):
                own = "cannot be its own parent" if len(way) == 1 else f"would contain itself: {' in '.join(way)}"
                draft.error("parent_acronym", f"The region {draft.record.acronym} {own}.")
                del above[draft.record.acronym]


def _circle(above: Mapping[str, str], acronym: str) -> list[str]:
    """The path up from a region that leads back to it; empty if it ends at the top."""
    way, at = [acronym], above.get(acronym, "")
    while at and at not in way:
        way.append(at)
        at = above.get(at, "")
    return way if at == acronym else []


# --- choices offered -----------------------------------------------------------------------------------------------

narrows(BehavioralParadigm, behavioral_category="behavioral_category")
narrows(BrainRegion, atlas="atlas")
narrows(SetupType, setup_category="category")
narrows(Strain, species="species")
