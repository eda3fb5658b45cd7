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
from projects.i18n import amount_units
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

MOST_FOUND = 10
MOST_HEADLINES = 6
MOST_CHANGES = 6


class OverviewFilterSet(filters.RegisterFilterSet):
    """One search over all nouns."""

    NON_FILTER_PARAMETERS = frozenset()
    search = base.SearchFilter(**base.SEARCH)
    # As the public sees it.
    state = base.ChoiceFilter(method="no_op", label=_("state"), choices=[State.PUBLISHED.value])

    class Meta:
        model = Project
        fields: list[str] = []

    def no_op(self, queryset: Any, name: str, value: Any) -> Any:
        """With whose eyes everything is looked at is not said by one noun."""
        return queryset


@require_safe
@cache_until_write
def overview(request: HttpRequest) -> HttpResponse:
    """The state of the register at a glance, or with `search` what it holds of some words."""
    filterset = OverviewFilterSet(
        request.GET,
        Project.objects.visible_to(request.user),
        request=request,
        extra_parameters={amount_units.NAME},
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
    """The first records of each noun that match. One query for each noun."""
    groups = []
    for model in listed_models():
        if not issubclass(model, NamedModel):
            continue
        records = list(model.objects.visible_to(user).matching(words)[: MOST_FOUND + 1])
        groups.append(
            {
                "label": model._meta.verbose_name_plural,
                "records": records[:MOST_FOUND],
                "has_more": len(records) > MOST_FOUND,
                "all": filters.BY_NOUN[model.register.plural].url(search=words),
            }
        )
    return groups


def state(user: Any) -> dict[str, Any]:
    """What was published beside what can be itemised, totals by sector, latest changes.

    Fifteen queries at most, whatever the register holds.
    """
    everything = filter_by(user)
    # What is of a period has nothing in the register to stand beside it.
    published = Headline.objects.visible_to(user).filter(what__in=CUMULATIVE).with_related(user)
    beside = reconciliation.reconcile(
        published.order_by("-as_of", "-value", "code")[:MOST_HEADLINES], user
    )
    come = funnel_of(everything)
    table = totals.totals(everything, ["sector"], Basis.CONTRACTED, come.contracted)
    return {
        "zones": Zone.objects.visible_to(user).prefetch_related(
            Prefetch("areas", Area.objects.visible_to(user))
        ),
        "headlines": beside,
        "table": table,
        **largest_as_bars(table.rows),
        "progress": come,
        "funnel": charts.funnel([(step, step.projects) for step in come.steps]),
        "intended": come.intended,
        # Ties by key: so both databases read the latest from the index and sort no table.
        "latest": Project.objects.visible_to(user).order_by("-updated_at", "-pk")[:MOST_CHANGES],
    }
