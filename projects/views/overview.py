from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects import filters, headlines, totals
from projects.filters import base
from projects.models import Area, Basis, Enterprise, Headline, Project, What, Zone

from .lists import refused
from .nouns import asking

FEW = 10


class OverviewQuestion(filters.Question):
    """One search over all nouns."""

    PASSING = frozenset()
    search = base.SearchFilter(**base.SEARCH)

    class Meta:
        model = Project
        fields: list[str] = []


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The state of the register at a glance, or with `search` what it holds of some words."""
    question = OverviewQuestion(
        request.GET, Project.objects.visible_to(request.user), request=request
    )
    context: dict[str, Any] = {"question": question, "errors": question.errors}
    if question.errors:
        return refused(request, "projects/overview.html", context)
    if words := question.answer["search"]:
        found = [
            (page, label, model.objects.visible_to(request.user).matching(words)[: FEW + 1])
            for page, label, model in (
                ("projects", Project._meta.verbose_name_plural, Project),
                ("enterprises", Enterprise._meta.verbose_name_plural, Enterprise),
                ("areas", Area._meta.verbose_name_plural, Area),
            )
        ]
        context |= {"words": words, "found": found, "few": FEW}
        return render(request, "projects/overview.html", context)
    user = request.user
    everything = asking(user)
    contracted = Headline.objects.visible_to(user).filter(what=What.CONTRACTED_FUNDS).with_scope()
    context |= {
        "zones": Zone.objects.visible_to(user).prefetch_related("areas"),
        "summary": totals.summary(everything),
        "table": totals.totals(everything, ["sector"], Basis.CONTRACTED),
        "headlines": headlines.beside(contracted[:3], user),
        "latest": Project.objects.visible_to(user)
        .with_figures()
        .order_by("-updated_at", "code")[:5],
    }
    return render(request, "projects/overview.html", context)
