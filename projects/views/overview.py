from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from projects import charts, filters
from projects.filters import base
from projects.filters.parameters import UnitsForm
from projects.models import (
    Area,
    Basis,
    Headline,
    Project,
    State,
    Zone,
    permissions,
)
from projects.models.base import NamedModel
from projects.models.registry import listed_models
from projects.totals import reconciliation, totals
from projects.totals.funnel import funnel_of
from projects.totals.reconciliation import CUMULATIVE

from .charts import largest_as_bars
from .filter_form import filter_by
from .lists import refused
from .page_cache import cache_until_write

MAX_FOUND = 10
MAX_HEADLINES = 6
MAX_CHANGES = 6


class OverviewFilterSet(filters.RegisterFilterSet):
    """The search over all listed models."""

    search = base.SearchFilter(**base.SEARCH)
    # Shows the page as the public sees it; see `effective_user`.
    state = base.ChoiceFilter(method="no_op", label=_("state"), choices=[State.PUBLISHED.value])

    class Meta:
        model = Project
        fields: list[str] = []


@require_safe
@cache_until_write
def overview(request: HttpRequest) -> HttpResponse:
    """The summary of the register, or with `search` the results of a search."""
    filterset = OverviewFilterSet(
        request.GET,
        Project.objects.visible_to(request.user),
        request=request,
        parameters=UnitsForm,
    )
    context: dict[str, Any] = {
        "errors": filterset.errors,
        "words": " ".join(request.GET.getlist("search")).strip(),
    }
    if filterset.errors:
        return refused(request, "projects/overview.html", context)
    if permissions.can_see_drafts(filterset.user, Project):
        query = {"search": context["words"]} if context["words"] else {}
        context["as_published"] = f"?{urlencode({**query, 'state': State.PUBLISHED.value})}"
    if filterset.cleaned_data["search"]:
        context["found"] = found(filterset.cleaned_data["search"], filterset.user)
    else:
        context |= state(filterset.user)
    return render(request, "projects/overview.html", context)


def found(words: str, user: Any) -> list[dict[str, Any]]:
    """The first matching records of each listed model. One query for each."""
    groups = []
    for model in listed_models():
        if not issubclass(model, NamedModel):
            continue
        records = list(model.objects.visible_to(user).matching(words)[: MAX_FOUND + 1])
        groups.append(
            {
                "label": model._meta.verbose_name_plural,
                "records": records[:MAX_FOUND],
                "has_more": len(records) > MAX_FOUND,
                "all": filters.BY_MODEL_NAME[model.register.plural].url(search=words),
            }
        )
    return groups


def state(user: Any) -> dict[str, Any]:
    """Headlines with their reconciliation, totals by sector, progress and latest changes.

    At most fifteen queries.
    """
    everything = filter_by(user)
    # Figures of a period cannot be reconciled with the register.
    published = Headline.objects.visible_to(user).filter(what__in=CUMULATIVE).with_related(user)
    reconciled = reconciliation.reconcile(
        published.order_by("-as_of", "-value", "code")[:MAX_HEADLINES], user
    )
    funnel = funnel_of(everything)
    table = totals.totals(everything, ["sector"], Basis.CONTRACTED, funnel.contracted)
    return {
        "zones": Zone.objects.visible_to(user).prefetch_related(
            Prefetch("areas", Area.objects.visible_to(user))
        ),
        "headlines": reconciled,
        "table": table,
        **largest_as_bars(table.rows),
        "progress": funnel,
        "funnel": charts.funnel([(step, step.projects) for step in funnel.steps]),
        "intended": funnel.intended,
        # Ties by primary key, so that both databases read the latest from an index.
        "latest": Project.objects.visible_to(user).order_by("-updated_at", "-pk")[:MAX_CHANGES],
    }
