"""The WSGI application: ``brainstem.config.wsgi:application``."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brainstem.config.settings")

application = get_wsgi_application()

from brainstem.config.tracing import chosen  # noqa: E402 - first, Django and its logging must be set up

chosen.begin()

# Everything loaded so far stays, so the garbage collector need not scan it again during requests.
gc.collect()
gc.freeze()
