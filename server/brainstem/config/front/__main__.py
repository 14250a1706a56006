"""A worker on an open socket: ``python -m brainstem.config.front FD THREADS METRICS RATES PLACE``."""

import sys

from brainstem.config.wsgi import application  # first, since it sets up Django

from .worker import work

descriptor, threads, metrics, rates, place = map(int, sys.argv[1:6])
work(application, descriptor, threads=threads, metrics=metrics, rates=rates, place=place)
