from __future__ import annotations

from typing import Any

from projects import filters
from projects.models import Basis, Enterprise
from projects.totals import totals

from .charts import largest_as_bars
from .detail import RecordDetailView, first_projects
from .filter_form import filter_by
from .lists import FilteredListView
from .tables import EnterpriseTable


class EnterpriseListView(FilteredListView):
    filterset_class = filters.EnterpriseFilterSet
    table_class = EnterpriseTable

    def records(self, filterset: Any) -> Any:
        return filterset.qs.select_related("area")


class EnterpriseDetailView(RecordDetailView):
    model = Enterprise
    template = "projects/enterprise_page.html"

    def records(self) -> Any:
        return super().records().select_related("area")

    def extra_context(self, record: Any) -> dict[str, Any]:
        filterset = filter_by(self.user, enterprise=record.code)
        table = totals.totals(filterset, ["sector"], Basis.CONTRACTED)
        return {
            "table": table,
            **largest_as_bars(table.rows),
            "summary": totals.summary(filterset),
            "all_projects": filters.ProjectFilterSet.url(enterprise=record.code),
            **first_projects(filterset),
        }
