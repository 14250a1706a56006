"""Pages about tokens."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """The caller's tokens."""
    return render(request, "brainstem/settings.html")
