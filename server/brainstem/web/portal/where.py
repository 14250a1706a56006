"""Where a page is: its portal, model and viewer; and the answers that all pages of the portals share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect

from brainstem.api.responses import STATUS
from brainstem.api.undoing import restores
from brainstem.core.access.scope import editable
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import BrainstemError, Forbidden, Invalid, Missing, NotSignedIn
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, routes
from brainstem.core.sql.fragment import FALSE
from brainstem.core.write.proposals import approvals_of
from brainstem.core.write.rights import may_add
from brainstem.web.acting import looking
from brainstem.web.shell import offered as has_model
from brainstem.web.views import error_page

from . import words, zone

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Where:
    """A model in a portal, and who looks."""

    request: HttpRequest = field(repr=False)
    spec: Spec
    viewer: Viewer

    @property
    def portal(self) -> str:
        """Name of the portal."""
        return self.viewer.portal

    @property
    def writes(self) -> bool:
        """Whether anything can be written here at all."""
        return self.portal != "public" and not self.viewer.actor.is_anonymous

    @property
    def list_path(self) -> str:
        """Address of the list."""
        return path_of(self.portal, self.spec)

    def record_path(self, record_id: object) -> str:
        """Address of a record."""
        return f"{self.list_path}{record_id}/"

    @property
    def may_add(self) -> bool:
        """Whether the viewer may add records, or propose them; where, is asked when they do."""
        return self.writes and can_add(self.spec, self.viewer)

    @property
    def proposes(self) -> bool:
        """Whether a change would be a proposal for each record, to be decided one by one."""
        return approvals_of(self.spec) is not None and not self.viewer.actor.is_admin

    @property
    def may_restore(self) -> bool:
        """Whether the viewer could delete such records at all, and so bring them back."""
        if not self.writes or not restores(self.spec, self.portal):
            return False
        return editable(self.spec, "a", self.viewer.view, level=self.spec.tree.delete_level) != FALSE

    def editable(self, ids: Iterable[object]) -> set[object]:
        """Which of these records the viewer may change in a form; one statement.

        Managers of a group may change who is in it, which is not in its form.
        """
        tree = self.spec.tree
        return self.viewer.editable(self.spec, ids, level=tree.change_level if tree.keeps_members else None)

    @property
    def may_look_back(self) -> bool:
        """Whether the viewer could change such records at all, and so read what happened to them."""
        return self.writes and editable(self.spec, "a", self.viewer.view) != FALSE

    @property
    def base(self) -> str:
        """The public address of the server."""
        return str(settings.BRAINSTEM_URL)

    def parse_id(self, text: str) -> RecordId:
        """The id of a record in an address.

        Raises
        ------
        Missing
            If nothing could have it.
        """
        try:
            found: RecordId = self.spec.parse_id(text, below=2**31)  # type: ignore[assignment]
        except ValueError as error:
            raise Missing(f"There is no {words.model_name(self.spec)} with this identifier.") from error
        return found


def path_of(portal: str, spec: Spec) -> str:
    """Address of a model's list."""
    return f"/{portal}/{spec.app}/{spec.segment}/"


def can_add(spec: Spec, viewer: Viewer) -> bool:
    """Whether such records can be added by the viewer at all."""
    if "add" not in spec.resource.verbs:
        return False
    if approvals_of(spec) is not None:
        return True
    try:
        may_add(spec, viewer)
    except BrainstemError:
        return False
    return True


def offered(spec: Spec, portal: str) -> bool:
    """Whether a portal has pages of a model."""
    return "list" in spec.resource.verbs and has_model(spec, portal)


def page(view: View) -> View:
    """A page about a model in a portal: ``view(where, ...)``.

    Who is not signed in gets the sign-in page and then the page asked for. What there is not, or not for this viewer,
    is 404. Older names of models lead to the present ones.
    """

    @wraps(view)
    def answer(request: HttpRequest, portal: str, app: str, model: str, **rest: str) -> HttpResponse:
        def enter() -> HttpResponse:
            spec = routes().get((app, model))
            if spec is None or not offered(spec, portal):
                raise Missing
            if (app, model) != (spec.app, spec.segment) and request.method in ("GET", "HEAD"):
                return redirect(
                    request.get_full_path().replace(f"/{portal}/{app}/{model}", path_of(portal, spec)[:-1], 1)
                )
            return view(Where(request, spec, viewer_in(request, portal)), **rest)

        return answered(request, enter)

    return answer


def viewer_in(request: HttpRequest, portal: str) -> Viewer:
    """The viewer of a page.

    Raises
    ------
    NotSignedIn
        If only those who are signed in may come here.
    Forbidden
        If only administrators may.
    """
    viewer = looking(request, portal)
    if portal != "public" and viewer.actor.is_anonymous:
        raise NotSignedIn
    if portal == "super" and not viewer.actor.is_admin:
        raise Forbidden("The super portal is for administrators.")
    return viewer


def answered(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    """The response of a page, with errors as pages."""
    try:
        with zone.shown_in(zone.zone_for(request), zone.formats_for(request)):
            return _compressed(request, act())
    except NotSignedIn:
        return redirect_to_login(request.get_full_path())
    except Missing as error:
        raise Http404 from error
    except Invalid as error:
        what = "address" if request.method in ("GET", "HEAD") else "form"
        return error_page(request, HTTPStatus.BAD_REQUEST, _cut(str(error)), title=f"This {what} cannot be understood")
    except BrainstemError as error:
        return error_page(request, STATUS.get(type(error), 400), _cut(error.message))


def _compressed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Pages compressed, with a random length, as those of the Web API tool are; files and streams as they are."""
    if response.streaming or not response.headers["Content-Type"].startswith("text/html"):
        return response
    packed: HttpResponse = _PACK.process_response(request, response)  # type: ignore[assignment]
    return packed


_PACK = GZipMiddleware(lambda _: HttpResponse())


def _cut(text: str, most: int = 500) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


__all__ = ["Where", "answered", "can_add", "offered", "page", "path_of", "viewer_in"]
