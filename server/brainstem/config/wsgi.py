"""What a WSGI server runs: ``brainstem.config.wsgi:application``."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brainstem.config.settings")

application = get_wsgi_application()

# What is loaded by now stays for good: the collector need not look at it again in the middle of a request.
gc.collect()
gc.freeze()
