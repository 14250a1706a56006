"""The WSGI application: ``brainstem.config.wsgi:application``."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brainstem.config.settings")

application = get_wsgi_application()

# Everything loaded so far stays, so the garbage collector need not scan it again during requests.
gc.collect()
gc.freeze()
