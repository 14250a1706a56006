"""Addresses that lead to others: a record by its identifier alone, and the older names of pages."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect

from brainstem.core.access.viewer import PUBLIC, Viewer
from brainstem.core.errors import Missing, NotSignedIn
from brainstem.core.model.ids import uuid_of
from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.beside import Listed, beside
from brainstem.web.acting import looking

from .where import answered, offered, path_of

# As the pages of the reference were called -> as they are called here.
ALIASES = {
    "private/users/projectmembershipinvitation": "/private/stem/projectmembershipinvitation/",
    "private/users/projectgroupmembershipinvitation": "/private/stem/projectgroupmembershipinvitation/",
    "register": "/account/signup/",
}


def by_id(request: HttpRequest, record_id: str) -> HttpResponse:
    """The page of the record with this identifier, whatever its model; what labels on cages and probes lead to."""

    def enter() -> HttpResponse:
        found = uuid_of(record_id)
        if not isinstance(found, uuid.UUID):
            raise Missing
        viewer = looking(request)
        for one in (PUBLIC,) if viewer.actor.is_anonymous else (viewer, PUBLIC):
            spec = _holder(found, one)
            if spec is not None:
                query = request.META.get("QUERY_STRING", "")
                path = f"{path_of(one.portal, spec)}{found}/"
                return HttpResponseRedirect(f"{path}?{query}" if query else path, status=303)
        if viewer.actor.is_anonymous:
            raise NotSignedIn
        raise Missing

    return answered(request, enter)


def _holder(found: uuid.UUID, viewer: Viewer) -> Spec | None:
    """The model that has a record with this identifier which the viewer sees; one statement."""
    asked = [
        spec for spec in specs().values() if spec.columns["id"].wire_type == "uuid" and offered(spec, viewer.portal)
    ]
    answers = beside([Listed(spec, (found,)) for spec in asked], viewer=viewer)
    return next((spec for spec, answer in zip(asked, answers, strict=True) if answer), None)


def alias(request: HttpRequest, old: str) -> HttpResponse:
    """A page under the name that it has elsewhere."""
    if old not in ALIASES:
        raise Http404(old)
    query = request.META.get("QUERY_STRING", "")
    return redirect(ALIASES[old] + (f"?{query}" if query else ""))


__all__ = ["ALIASES", "alias", "by_id"]
