"""OpenAPI 3.1 of the whole API, built from the registry once per process."""

from __future__ import annotations

from functools import cache

from brainstem.core.model.registry import Spec, specs

from ..addresses import PORTALS
from ..history import field_parameter
from ..shapes import name_of, ref
from .bulk import bulk_schemas
from .conditional import CLASHED, tag_header, version_responses, version_schemas
from .drafts import draft_parameters, draft_paths, draft_schemas
from .explanations import explanation_schemas
from .filters import filters_parameter, include_parameter
from .history import history_paths, history_schemas
from .imports import import_parameters, import_paths, import_schemas
from .operations import ERRORS, error_code, tag_name, wrong
from .options import code_list
from .parameters import shared_parameters
from .paths import paths_of, with_preferences
from .schemas import model_schemas, shared_schemas
from .tokens import token_paths
from .undoing import undo_paths, undoing_schemas
from .writing import event_header

VERSION = "1.0"  # version of the API, not of the server
_ABOUT = (
    "Metadata of a neuroscience laboratory. Every address answers with and without its final slash, to HEAD as to GET,"
    " and to OPTIONS with a description of the model. `private` shows what your roles open, `public` what its owners"
    " published, `super` everything to administrators. What you may not see is 404; what you may see but not change is"
    " 403."
)


@cache
def document() -> dict[str, object]:
    """The whole description, in the order of the registry."""
    ordered = sorted(specs().values(), key=lambda spec: (spec.app, spec.segment))
    paths: dict[str, object] = (
        token_paths() | draft_paths() | import_paths() | history_paths() | with_preferences(undo_paths())
    )
    for spec in ordered:
        for portal in PORTALS:
            if portal == "super" or portal in spec.resource.portals:
                paths |= paths_of(spec, portal)
    schemas = shared_schemas() | code_list() | bulk_schemas() | explanation_schemas()
    schemas |= draft_schemas() | import_schemas() | history_schemas() | undoing_schemas() | version_schemas()
    parameters = shared_parameters() | draft_parameters() | import_parameters()
    for spec in ordered:
        schemas |= model_schemas(spec)
        parameters |= {
            f"{name_of(spec)}.filters": filters_parameter(spec),
            f"{name_of(spec)}.include": include_parameter(spec),
            f"{name_of(spec)}.changed": field_parameter(spec),
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "BrainSTEM API", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [_tag(spec) for spec in ordered],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "parameters": parameters,
            "headers": error_code() | tag_header() | event_header(),
            "responses": _responses(),
            "schemas": schemas,
        },
    }


def _responses() -> dict[str, object]:
    shared: dict[str, object] = {status: wrong(about, ref(name)) for status, (name, about) in ERRORS.items()}
    about = "The record is in a state that does not allow this, or others have changed the same fields."
    shared[CLASHED] = wrong(about, {"anyOf": [ref("EditConflict"), ref("Detail")]})
    return shared | version_responses()


def _tag(spec: Spec) -> dict[str, object]:
    names = {"x-app-aliases": list(spec.resource.app_aliases), "x-model-aliases": list(spec.resource.segment_aliases)}
    about = {"name": tag_name(spec), "description": " ".join((spec.model.__doc__ or "").split())}
    return about | {name: value for name, value in names.items() if value}
