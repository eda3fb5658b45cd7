from __future__ import annotations

from typing import Any

from projects import charts, filters
from projects.models import Area, Basis, Headline, Project, State, permissions
from projects.totals import reconciliation, totals
from projects.totals.funnel import funnel_of

from .charts import largest_as_bars
from .detail import RecordDetailView
from .filter_form import filter_by
from .lists import FilteredListView
from .tables import AreaTable


class AreaListView(FilteredListView):
    filterset_class = filters.AreaFilterSet
    table_class = AreaTable

    def records(self, filterset: Any) -> Any:
        return filterset.qs.select_related("zone")

    def table(self, filterset: Any, records: list[Any]) -> AreaTable:
        found = totals.totals(filter_by(self.request.user), ["area"], Basis.CONTRACTED)
        return AreaTable(records, {row.keys["area"]: row for row in found.rows})

    def extra_context(self, filterset: Any, records: list[Any]) -> dict[str, Any]:
        if not permissions.can_see_drafts(self.request.user, Project):
            return {}
        # Areas are not reviewed, but staff see other figures of them than the public.
        published = filters.TotalsFilterSet.url(by="area", state=State.PUBLISHED.value)
        return {"as_published": published}


class AreaDetailView(RecordDetailView):
    model = Area
    template = "projects/area_page.html"

    def records(self) -> Any:
        return super().records().select_related("zone")

    def extra_context(self, record: Any) -> dict[str, Any]:
        user = self.user
        filterset = filter_by(user, area=record.code, basis=Basis.CONTRACTED.value)
        published = Headline.objects.visible_to(user).filter(area=record).with_related(user)
        funnel = funnel_of(filter_by(user, area=record.code))
        table = totals.totals(filterset, ["sector"], Basis.CONTRACTED, funnel.contracted)
        return {
            "table": table,
            **largest_as_bars(table.rows),
            "progress": funnel,
            "funnel": charts.funnel([(step, step.projects) for step in funnel.steps]),
            "headlines": reconciliation.reconcile(published, user),
            "enterprises": record.enterprises.visible_to(user).count(),
            "all_enterprises": filters.EnterpriseFilterSet.url(area=record.code),
            "all_projects": filters.ProjectFilterSet.url(area=record.code),
        }
