"""What holds between the fields of the vocabularies."""

from __future__ import annotations

from brainstem.core.offers import narrows
from brainstem.core.rules import Draft, checks

from .models import BehavioralCategory, BehavioralParadigm, BrainRegion, SetupType, Strain


@checks(BehavioralCategory)
def categories_are_two_levels_deep(draft: Draft) -> None:
    """A category with a parent has no children, and its parent no parent."""
    category = draft.record
    if category.parent_id is None:
        return
    if category.parent_id == category.pk:
        draft.error("parent", "A category cannot be its own parent.")
    elif category.parent.parent_id is not None:
        draft.error("parent", f"{category.parent.name} has a parent itself. Choose a category of the top level.")
    elif not draft.creating and category.children.exists():
        draft.error("parent", "This category is the parent of others, so it stays at the top level.")


# --- what is offered -----------------------------------------------------------------------------------------------

narrows(BehavioralParadigm, behavioral_category="behavioral_category")
narrows(BrainRegion, atlas="atlas")
narrows(SetupType, setup_category="category")
narrows(Strain, species="species")
