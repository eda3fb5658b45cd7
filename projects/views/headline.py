from __future__ import annotations

from typing import Any

from projects import filters
from projects.totals import reconciliation

from .lists import FilteredListView


class HeadlineListView(FilteredListView):
    filterset_class = filters.HeadlineFilterSet
    template = "projects/headline_list.html"

    def extra_context(self, filterset: Any, records: list[Any]) -> dict[str, Any]:
        return {"headlines": reconciliation.reconcile(records, self.request.user)}
