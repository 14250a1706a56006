"""Publications that come from projects."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import Record, Resource
from brainstem.core.model.fields import WebField
from brainstem.core.model.trees import Catalogue
from brainstem.core.model.validators import validate_doi

from .journal import Journal


class Publication(Record):
    """A paper, preprint or chapter that presents results of projects."""

    title = models.CharField(max_length=200, unique=True, help_text="Title as published.")
    authors = models.CharField(max_length=500, help_text="Names of the authors, in order.")
    journal = models.ForeignKey(
        Journal, models.PROTECT, related_name="publications", help_text="Journal or preprint server."
    )
    abstract = models.TextField(help_text="Abstract as published.")
    doi = models.CharField(
        max_length=200,
        blank=True,
        default="",
        validators=[validate_doi],
        help_text="Digital object identifier, such as 10.1126/science.1099745.",
    )
    publication_url = WebField(max_length=300, blank=True, default="", help_text="URL of the publication.")
    pdf_url = WebField(max_length=300, blank=True, default="", help_text="URL of the PDF.")
    publication_date = models.DateField(help_text="Date on which it was published.")
    volume = models.CharField(max_length=100, blank=True, default="", help_text="Volume, issue and pages.")
    comments = models.TextField(blank=True, default="", help_text="Notes for the curators of the catalogue.")

    resource = Resource(
        plural="publications",
        singular="publication",
        tree=Catalogue(add="anyone", change="anyone"),
        app_aliases=("attributes",),
        search=("title", "authors", "abstract", "doi"),
        # The released clients filter every model by name.
        filter_aliases={"name": ("title",)},
    )
