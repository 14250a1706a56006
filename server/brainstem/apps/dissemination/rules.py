"""Validation rules for publications."""

from __future__ import annotations

from brainstem.core.model.validators import bare_doi
from brainstem.core.write.rules import Draft, checks, prepares

from .csl import filled
from .models.publication import Publication

prepares(Publication)(filled)


@checks(Publication)
def a_doi_leads_to_the_publication(draft: Draft) -> None:
    """If no URL is given, use the one the DOI resolves to."""
    publication = draft.record
    if draft.changed("doi", "publication_url") and publication.doi and not publication.publication_url:
        publication.publication_url = f"https://doi.org/{bare_doi(publication.doi)}"
