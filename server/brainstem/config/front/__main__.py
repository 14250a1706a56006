"""A worker on an open socket: ``python -m brainstem.config.front FD THREADS METRICS PLACE``, run by ``supervisor``."""

import sys

from brainstem.config.wsgi import application  # first, since it sets up Django

from .worker import work

descriptor, threads, metrics, place = map(int, sys.argv[1:5])
work(application, descriptor, threads=threads, metrics=metrics, place=place)
