"""How a model declares its wire format, and who can see and change its rows.

A model declares everything once, in its class: columns with ``help_text`` (a column without one is not served), keys
that are not columns (:class:`Computed`) and one :class:`Resource`. JSON has them in that order (:mod:`.key_order`).
Routes, filters, access, OpenAPI and the standard tests follow from the same lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from .fields import DetailsField, PrimaryIdField, TypeField
from .key_order import InOrder
from .trees import Tree

ALL_VERBS = frozenset({"list", "detail", "add", "change", "delete"})
READ_VERBS = frozenset({"list", "detail"})


class Computed(InOrder):
    """A key of the response that is not a column; ``kind`` says how it is computed.

    ``users``, ``groups``, ``contributors``, ``authenticated_groups``, ``rrid_url``, ``links``, ``own_groups`` and
    ``through`` (a single related record reached along ``path``).
    """

    def __init__(self, kind: str, help_text: str, *, path: tuple[str, ...] = (), writable: bool = False) -> None:
        super().__init__()
        self.kind, self.help_text, self.path, self.writable = kind, help_text, path, writable


@dataclass(frozen=True)
class Resource:
    """The wire format of a model.

    Parameters
    ----------
    plural, singular : str
        Envelope keys of a list and of one record.
    tree : Tree
        Place of the model in the trees along which roles are inherited.
    links : tuple of str
        To-many relations named in ``links``.
    search : tuple of str
        Text fields that ``search=`` searches.
    segment : str
        Model name in the URL; the lowercase class name by default.
    segment_aliases, app_aliases : tuple of str
        Alternative names of the model and app in URLs.
    filter_aliases : dict
        Filter names that are not fields: name -> alternative paths.
    verbs : frozenset of str
        Operations that the API offers.
    portals : frozenset of str
        Portals in addition to ``super`` in which the model exists.
    actions : tuple of str
        Extra actions of one record (``add_entry``, ``accept``, ...).
    required : tuple of str
        Fields that are required although the column is not.
    form_keys : tuple of str
        Keys that forms send to narrow a choice, and that are not part of the record.
    create_only, read_only : tuple of str
        Fields that can only be set on creation, or never by a client.
    tree_of : tuple of str
        Names of (own code, parent's code, scope) if the records form a tree: ``filter{relation.within}=CODE`` then
        matches a record and all its descendants.
    ordered : dict
        Ordered to-many relations: name -> column of the link table that holds the order.
    """

    plural: str
    singular: str
    tree: Tree
    links: tuple[str, ...] = ()
    search: tuple[str, ...] = ("name",)
    segment: str = ""
    segment_aliases: tuple[str, ...] = ()
    app_aliases: tuple[str, ...] = ()
    filter_aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    verbs: frozenset[str] = ALL_VERBS
    portals: frozenset[str] = frozenset({"private", "public"})
    actions: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    form_keys: tuple[str, ...] = ()
    create_only: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()
    tree_of: tuple[str, ...] = ()
    ordered: dict[str, str] = field(default_factory=dict)


class Record(models.Model):
    """A record of the lab's metadata, with an identifier, its creator and timestamps."""

    id = PrimaryIdField(help_text="Identifier.")
    created_at = models.DateTimeField(auto_now_add=True, help_text="When the record was created, UTC.")
    updated_at = models.DateTimeField(auto_now=True, help_text="When the record was last changed, UTC.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="Id of the user who created the record.",
    )

    resource: ClassVar[Resource]

    class Meta:
        abstract = True
        ordering = ("id",)

    def __str__(self) -> str:
        return str(getattr(self, "name", "") or getattr(self, "title", "") or self.pk)


class ProjectRecord(Record):
    """A record in one or more projects; its audience is the set of those projects."""

    audience = models.ForeignKey("core.Audience", models.PROTECT, related_name="+", editable=False)

    class Meta(Record.Meta):
        abstract = True
        indexes = [models.Index(fields=["audience", "id"], name="%(class)s_audience")]


def type_code(group: str) -> TypeField:
    """The column for the type of a typed record, one of the type schemas of its group."""
    return TypeField(schema_group=group, help_text=f"Type of {group}: a code from the type schemas.")


def type_details() -> tuple[DetailsField, models.CharField[str, str]]:
    """The two columns for what the type of a record asks for: the values, and the schema's version."""
    return (
        DetailsField(default=dict, blank=True, help_text="Values as defined by the type."),
        models.CharField(max_length=20, blank=True, default="", help_text="Version of the type schema of the details."),
    )


def coordinates(*, needed: bool = True) -> tuple[TypeField, DetailsField, models.CharField[str, str]]:
    """The three columns of a location: coordinate system, values, and version of the schema.

    If the system is not ``needed`` for every record, it stays empty for types without coordinates.
    """
    optional: dict[str, Any] = {} if needed else {"blank": True, "default": ""}
    return (
        TypeField(schema_group="Coordinates", help_text="Coordinate system: a code from the type schemas.", **optional),
        DetailsField(
            selector="coordinates_system", default=dict, blank=True, help_text="Values in the coordinate system."
        ),
        models.CharField(max_length=20, blank=True, default="", help_text="Version of the coordinate schema."),
    )


def choices(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    """A closed list of values with their labels."""
    return list(pairs)
