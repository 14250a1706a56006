"""The declarations of all models, read once on first use and then immutable.

Knows columns, relations and keys by their wire names; knows nothing about requests or individual apps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from ..text.numbers import whole_of
from ..text.shown import shown
from .declare import Computed, Record, Resource
from .fields import (
    CountryField,
    DetailsField,
    DocumentUpload,
    ImageUpload,
    RichTextField,
    SpanField,
    StructureField,
    TagsField,
    WebField,
    keeps_entries,
)
from .ids import uuid_of
from .key_order import declared_in, in_order, places_of
from .trees import Joining, Tree

# Most specific first: the first matching class determines the type.
_WIRE_TYPES: tuple[tuple[type[object], str], ...] = (
    (DocumentUpload, "file"),
    (ImageUpload, "image"),
    (SpanField, "duration"),
    (RichTextField, "richtext"),
    (WebField, "url"),
    (CountryField, "country"),
    (models.EmailField, "email"),
    (StructureField, "json"),
    (DetailsField, "json"),
    (models.JSONField, "json"),
    (models.UUIDField, "uuid"),
    (models.BooleanField, "boolean"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.PositiveIntegerField, "positive_integer"),
    (models.PositiveSmallIntegerField, "positive_integer"),
    (models.IntegerField, "integer"),
    (models.AutoField, "integer"),
    (models.FloatField, "number"),
    (models.TextField, "text"),
    (models.CharField, "string"),
)

TAIL_KEYS = ("created_at", "updated_at", "created_by")


@dataclass(frozen=True)
class Column:
    """A plain column under its wire name."""

    name: str
    column: str
    wire_type: str
    nullable: bool
    field: Any = field(compare=False, repr=False)

    @property
    def help_text(self) -> str:
        """Description of the value for people."""
        return str(self.field.help_text)


@dataclass(frozen=True)
class Relation:
    """A relation from one model to another.

    ``kind`` is "fk" (own column ``near`` holds the target's id), "reverse" (the target's column ``far`` holds this
    record's id) or "link" (table ``through`` pairs ``near`` with ``far``; ``order`` is the column with the order).
    """

    name: str
    kind: str
    source: str
    target: str
    near: str = ""
    far: str = ""
    through: str = ""
    order: str = ""
    nullable: bool = False
    owned: bool = True
    reverse_name: str = ""
    field: Any = field(default=None, compare=False, repr=False)

    @property
    def many(self) -> bool:
        """Whether it can lead to more than one record."""
        return self.kind != "fk"


@dataclass(frozen=True)
class Spec:
    """Everything known about one model."""

    label: str
    app: str
    segment: str
    model: Any = field(compare=False, repr=False)
    resource: Resource = field(compare=False, repr=False)
    table: str = ""
    columns: Mapping[str, Column] = field(default_factory=dict, compare=False, repr=False)
    relations: Mapping[str, Relation] = field(default_factory=dict, compare=False, repr=False)
    computed: Mapping[str, Computed] = field(default_factory=dict, compare=False, repr=False)
    keys: tuple[str, ...] = ()
    has_tags: bool = False

    def __hash__(self) -> int:
        return hash(self.label)

    @property
    def tree(self) -> Tree:
        """Place of the model in the trees of roles."""
        return self.resource.tree

    @property
    def singular_name(self) -> str:
        """The model's name in prose: "data acquisition"."""
        return self.resource.singular.replace("_", " ")

    def parse_id(self, value: object, *, below: int = 2**63) -> object:
        """The primary key given by a value.

        Raises
        ------
        ValueError
            If it cannot be one; integers must be at least 0 and less than ``below``.
        """
        if isinstance(self.model._meta.pk, models.UUIDField):
            found: Any = uuid_of(value)
        else:
            found = whole_of(value, below=below)
        if found is None or (isinstance(found, int) and found < 0):
            raise ValueError(f"{shown(value)} is not a valid id")
        return found

    def is_id(self, value: object) -> bool:
        """Whether a value could be the primary key of a record, as far as databases hold it."""
        try:
            self.parse_id(value, below=2**31)
        except ValueError:
            return False
        return True

    @property
    def in_project_tree(self) -> bool:
        """Whether rows carry an audience."""
        return self.tree.in_projects

    def writable(self, name: str) -> bool:
        """Whether a payload may set this key."""
        if name in self.resource.read_only or name == "id" or name in TAIL_KEYS:
            return False
        if name in self.computed:
            return self.computed[name].writable
        if name in self.relations:
            relation = self.relations[name]
            return relation.owned or relation.kind == "link"
        return name in self.columns or (name == "tags" and self.has_tags)


@cache
def specs() -> Mapping[str, Spec]:
    """Every declared model by its label, such as ``stem.Session``."""
    declared = [model for model in apps.get_models() if isinstance(getattr(model, "resource", None), Resource)]
    relations: dict[str, dict[str, Relation]] = {model._meta.label: {} for model in declared}
    for model in declared:
        for relation, reverse in _relations_of(model, relations):
            relations[model._meta.label][relation.name] = relation
            if reverse is not None:
                relations[reverse.source][reverse.name] = reverse
    return MappingProxyType({m._meta.label: _spec(m, relations[m._meta.label]) for m in declared})


def spec_of(model: type[models.Model] | models.Model) -> Spec:
    """The declaration of a model class or instance."""
    return specs()[model._meta.label]


@cache
def entry_keys(spec: Spec) -> frozenset[str]:
    """Keys of a model that hold the entries of a log, which have actions of their own."""
    return frozenset(name for name, column in spec.columns.items() if keeps_entries(column.field))


def project_spec() -> Spec:
    """The declaration of the model at the root of the project tree."""
    return specs()[settings.BRAINSTEM_PROJECT_MODEL]


def group_spec() -> Spec:
    """The declaration of groups."""
    return specs()[settings.BRAINSTEM_GROUP_MODEL]


def memberships() -> Any:
    """The rows that link people to groups, each with its level."""
    return apps.get_model(settings.BRAINSTEM_MEMBERSHIP_MODEL)._default_manager


def membership_table() -> str:
    """The table that links people to groups."""
    return str(memberships().model._meta.db_table)


def user_spec() -> Spec:
    """The declaration of accounts."""
    return specs()[settings.AUTH_USER_MODEL]


def through_relation(spec: Spec, name: str) -> tuple[Relation, ...]:
    """The relations that a computed ``through`` key walks."""
    steps: list[Relation] = []
    at = spec
    for part in spec.computed[name].path:
        steps.append(at.relations[part])
        at = specs()[steps[-1].target]
    return tuple(steps)


@cache
def routes() -> Mapping[tuple[str, str], Spec]:
    """(app, model) as in URLs, including all aliases -> declaration."""
    found: dict[tuple[str, str], Spec] = {}
    for aliases in (True, False):  # Real names last, so that an alias never hides one.
        for spec in specs().values():
            app_names = (*spec.resource.app_aliases, spec.app) if aliases else (spec.app,)
            segments = (*spec.resource.segment_aliases, spec.segment) if aliases else (spec.segment,)
            found.update({(app, segment): spec for app in app_names for segment in segments})
    return MappingProxyType(found)


@cache
def attribute_roots() -> tuple[Spec, ...]:
    """The kinds of personal attributes."""
    return tuple(s for s in specs().values() if s.tree.is_root and not s.tree.is_project)


@cache
def children_of(label: str) -> tuple[Spec, ...]:
    """Models of the project tree whose rows are children of rows of this one and share their audience."""
    found = []
    for spec in specs().values():
        if spec.in_project_tree and spec.tree.above and spec.relations[spec.tree.above].target == label:
            found.append(spec)
    return tuple(found)


def shares_scope(relation: Relation) -> bool:
    """Whether everyone who sees the source also sees the target, so that following the relation needs no check.

    True between parent and child of one tree, from a project to its contents, and towards rows that all may read.
    """
    source, target = specs()[relation.source], specs()[relation.target]
    reverse = relation.reverse_name
    for child, name in ((source, relation.name), (target, reverse)):
        if child.tree.follows_above and child.tree.above == name:
            # A public parent must not reveal a child that is never public.
            return not (child is target and child.in_project_tree and not child.tree.published)
    if source.tree.is_root and target.tree.lists and target.tree.lists == reverse:
        return source.tree.is_project
    return source.tree.lists == relation.name and relation.kind == "fk"


def discloses(relation: Relation) -> bool:
    """Whether everyone who sees the source learns the target's id, if nothing more: who is invited to what."""
    offer = specs()[relation.source].tree.offer
    return offer is not None and relation.name in offer.sides


@cache
def joinings_of(host: str) -> tuple[Spec, ...]:
    """Models of membership offers for a kind of host (group or project)."""
    offers = [(spec, spec.tree.offer) for spec in specs().values()]
    return tuple(spec for spec, offer in offers if offer is not None and spec.relations[offer.host].target == host)


def offer_of(spec: Spec) -> Joining:
    """The two sides of an offer of membership.

    Raises
    ------
    LookupError
        If the model's rows are none.
    """
    if spec.tree.offer is None:
        raise LookupError(f"A {spec.singular_name} is no offer of membership.")
    return spec.tree.offer


def lists_projects(spec: Spec) -> bool:
    """Whether rows list their projects, so that they can be in several."""
    return bool(spec.tree.lists) and spec.relations[spec.tree.lists].many


def above(spec: Spec) -> Spec:
    """The model of the rows that those of a model belong to: of their projects, or of the row above."""
    return specs()[spec.relations[spec.tree.place].target]


def scoped_by(used: Iterable[Spec]) -> frozenset[str]:
    """Labels of these models and of all others that decide who sees their rows.

    Those are where roles are held (projects, attributes, groups, people) and the rows that a row belongs to: moving one
    changes who sees everything below it.
    """
    found = {project_spec(), group_spec(), user_spec(), *attribute_roots()}
    new = set(used)
    while new:
        found |= new
        new = {above(spec) for spec in new if spec.tree.place} - found
    return frozenset(spec.label for spec in found)


def _spec(model: Any, relations: dict[str, Relation]) -> Spec:
    resource: Resource = model.resource
    columns = {}
    for column in model._meta.concrete_fields:
        if not column.is_relation and (column.help_text or column.primary_key):
            columns[column.name] = Column(column.name, column.column, wire_type(column), bool(column.null), column)
    computed = {name: key for name, key in declared_in(model).items() if isinstance(key, Computed)}
    has_tags = any(isinstance(f, TagsField) for f in model._meta.many_to_many)
    return Spec(
        label=model._meta.label,
        app=model._meta.app_label,
        segment=resource.segment or model.__name__.lower(),
        model=model,
        resource=resource,
        table=model._meta.db_table,
        columns=MappingProxyType(columns),
        relations=MappingProxyType(relations),
        computed=MappingProxyType(computed),
        keys=_keys(model, {*columns, *relations, *computed, *(("tags",) if has_tags else ())}),
        has_tags=has_tags,
    )


def _keys(model: type[models.Model], served: set[str]) -> tuple[str, ...]:
    """Names of what is served, in the order of their declaration.

    Raises
    ------
    ImproperlyConfigured
        The model documents a field that cannot be served, or gives a place to what is nowhere declared.
    """
    label = model._meta.label
    documented = {one.name for one in (*model._meta.concrete_fields, *model._meta.many_to_many) if one.help_text}
    for name in sorted((documented | places_of(model)) - served):
        raise ImproperlyConfigured(
            f"{label}.{name} cannot be served: no served column, no relation to a served model and no computed key has"
            " that name. Take its help_text or its place() away, or declare what is missing."
        )
    declared = [name for name in in_order(model, Record) if name in served]
    within = [name for name in declared if name not in ("id", *TAIL_KEYS)]
    return ("id", *within, *(name for name in TAIL_KEYS if name in declared))


def wire_type(column: object) -> str:
    """The contract's word for a Django field's type."""
    found = next((name for cls, name in _WIRE_TYPES if isinstance(column, cls)), None)
    if found is None:
        raise ImproperlyConfigured(f"{column} cannot be served: no type of the wire is known for its class.")
    return found


def _relations_of(model: Any, declared: Mapping[str, object]) -> list[tuple[Relation, Relation | None]]:
    found: list[tuple[Relation, Relation | None]] = []
    for fk in model._meta.concrete_fields:
        if fk.is_relation and fk.help_text and fk.related_model._meta.label in declared:
            found.append(_foreign_key(model, fk))
    for link in model._meta.many_to_many:
        if not isinstance(link, TagsField) and link.help_text and link.related_model._meta.label in declared:
            found.append(_link(model, link))
    return found


def _reverse_name(column: Any) -> str:
    name = column.remote_field.related_name
    return "" if not name or name.endswith("+") else str(name)


def _foreign_key(model: type[models.Model], fk: Any) -> tuple[Relation, Relation | None]:
    source, target, back = model._meta.label, fk.related_model._meta.label, _reverse_name(fk)
    forward = Relation(
        fk.name, "fk", source, target, near=fk.column, nullable=bool(fk.null), reverse_name=back, field=fk
    )
    if not back:
        return forward, None
    order = "order" if any(f.name == "order" for f in model._meta.concrete_fields) else ""
    return forward, Relation(
        back, "reverse", target, source, far=fk.column, order=order, owned=False, reverse_name=fk.name, field=fk
    )


def _link(model: Any, link: Any) -> tuple[Relation, Relation | None]:
    source, target, back = model._meta.label, link.related_model._meta.label, _reverse_name(link)
    near, far = link.m2m_column_name(), link.m2m_reverse_name()
    through, order = link.remote_field.through._meta.db_table, model.resource.ordered.get(link.name, "")
    forward = Relation(
        link.name,
        "link",
        source,
        target,
        near=near,
        far=far,
        through=through,
        order=order,
        reverse_name=back,
        field=link,
    )
    if not back:
        return forward, None
    return forward, Relation(
        back,
        "link",
        target,
        source,
        near=far,
        far=near,
        through=through,
        owned=False,
        reverse_name=link.name,
        field=link,
    )
