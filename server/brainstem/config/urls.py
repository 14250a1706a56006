"""URLs of the server."""

from django.urls import URLResolver, include, path, re_path
from django.urls.resolvers import RoutePattern

from .content_policy import REPORTS
from .errors import home, nowhere
from .health import healthz
from .metrics.views import metrics
from .policy_reports import report
from .readiness import readyz

handler400 = "brainstem.config.errors.bad_request"
handler403 = "brainstem.config.errors.forbidden"
handler404 = "brainstem.config.errors.not_found"
handler429 = "brainstem.config.errors.too_many"  # used by allauth
handler500 = "brainstem.config.errors.broken"

urlpatterns = [
    path("", home, name="home"),
    re_path(r"^healthz/?$", healthz, name="healthz"),
    re_path(r"^readyz/?$", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path(REPORTS.strip("/") + "/", report, name="content-policy-report"),
    path("api/", include("brainstem.api.urls")),
    # By name, because include() would import it: pages load a lot that a process without them does not need.
    URLResolver(RoutePattern(""), "brainstem.web.urls"),
    re_path(r"^(?P<path>.*)$", nowhere),
]
