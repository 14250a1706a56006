"""What is particular to publications."""

from __future__ import annotations

from brainstem.core.rules import prepares

from .csl import filled
from .models import Publication

prepares(Publication)(filled)
