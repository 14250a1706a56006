"""What fields mean, in the words of people: the API's, without what only programs need to know. Pure data."""

from __future__ import annotations

import re
from collections.abc import Mapping

from brainstem.core.model.fields import TypeField
from brainstem.core.model.registry import Spec

from .words import field_name, model_name

# By field, or by model and field; empty where the label says it all.
HELP: Mapping[str, str] = {
    "authenticated_groups": "Groups whose members may edit the record.",
    "data_protocols": "How the data are reached: the protocol, such as SMB or HTTPS, and the path there.",
    "download_links": "Where the data can be downloaded.",
    "extra_fields": "Anything else worth keeping, each under a name of your own.",
    "instance_id": "Entry to be changed; empty for a new one.",
    "is_public": "Everyone can read it, even without an account.",
    "pdf_url": "Address of the PDF.",
    "publication_url": "Address of the publication.",
    "reference_url": "Address of a description of the paradigm.",
    "rrid_url": "Where the identifier is explained.",
    "tags": "Words to find it by, separated by commas.",
    "stem.Project.is_public": "Everyone can read the project with its subjects and sessions, even without an account.",
    "stem.Project.user_roles": "Who contributed to the project, and how.",
    "stem.Subject.birth_date": "",
    "stem.Subject.death_date": "",
    "stem.Subject.sex": "",
    "stem.Subject.strain": "The species follows from it.",
    "stem.Subject.supplier": "Where the subject was obtained; empty if it was bred in house.",
    "taxonomies.BehavioralCategory.parent": "The wider category that it belongs to, if any.",
    "taxonomies.BehavioralCategoryApproval.parent": "The wider category that it belongs to, if any.",
}
# What only programs need to know: the zone (pages name their own), codes, and where counting starts.
_FOR_PROGRAMS = re.compile(r", UTC(?=\.)|, ISO 3166-1 alpha-2(?=\.)")
_ORDER = re.compile(r", starting at 0\.$")
_FILLING = frozenset({"a", "an", "as", "at", "for", "in", "of", "on", "that", "the", "this"})


def help_of(spec: Spec, name: str) -> str:
    """What a field means; empty if that is no more than its label says."""
    for key in (f"{spec.label}.{name}", name):
        if key in HELP:
            return HELP[key]
    text = _ORDER.sub("; the first has 0.", _FOR_PROGRAMS.sub("", _of_api(spec, name)))
    return text if _says_more(text, f"{field_name(spec, name)} {model_name(spec)}") else ""


def _of_api(spec: Spec, name: str) -> str:
    column, relation = spec.columns.get(name), spec.relations.get(name)
    if column is not None:
        return "" if isinstance(column.field, TypeField) else column.help_text
    if name in spec.computed:
        return spec.computed[name].help_text
    return str(getattr(relation.field, "help_text", "")) if relation and relation.owned else ""


def _says_more(text: str, known: str) -> bool:
    """Whether a text has words that are not known from the label of its field and the name of its model."""
    return not _words(text) <= _words(known) | _FILLING


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


__all__ = ["help_of"]
