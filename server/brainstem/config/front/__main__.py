"""``python -m brainstem.config.front FD THREADS``: a worker on an open socket, started by ``supervisor``."""

import sys

from brainstem.config.wsgi import application  # first, since it sets up Django

from .worker import work

work(application, int(sys.argv[1]), threads=int(sys.argv[2]))
