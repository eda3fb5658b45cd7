"""The page of methods: what is counted, and by which rules."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.conversion.rates import RATE_VALID_FOR
from projects.filters.parameters import UnitsForm
from projects.models import ExchangeRate, Source, base_currency

from .lists import refused

TEMPLATE = "projects/methods.html"
MOST_SOURCES = 10


@require_safe
def methods(request: HttpRequest) -> HttpResponse:
    """The page of methods. Three queries."""
    errors = UnitsForm(request.GET).messages()
    context: dict[str, Any] = {"errors": errors}
    if errors:
        return refused(request, TEMPLATE, context)
    sources = Source.objects.visible_to(request.user)
    context |= {
        "sources": sources.count(),
        "latest": sources.order_by(F("published_on").desc(nulls_last=True), "code")[:MOST_SOURCES],
        "rates": ExchangeRate.objects.count(),
        "days": RATE_VALID_FOR.days,
        "currency": base_currency(),
        "licence": settings.DATA_LICENCE,
    }
    return render(request, TEMPLATE, context)
