from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from projects import charts, filters
from projects.models import Allocation, Outcome, Project, Qualifier, Sector
from projects.totals import totals
from projects.totals.totals import Figure

from .charts import largest_as_bars
from .detail import RecordDetailView
from .lists import FilteredListView
from .tables import ProjectTable


class ProjectListView(FilteredListView):
    filterset_class = filters.ProjectFilterSet
    template = "projects/project_list.html"
    table_class = ProjectTable

    def extra_context(self, filterset: Any, records: list[Any]) -> dict[str, Any]:
        return {"summary": totals.summary(filterset)}


class ProjectDetailView(RecordDetailView):
    model = Project
    template = "projects/project_page.html"

    def records(self) -> Any:
        return Project.objects.visible_to(self.user).with_related(self.user)

    def extra_context(self, record: Any) -> dict[str, Any]:
        parts = {part.sector_id: part for part in record.allocations.filter(receipt=None)}
        sectors = [
            (share, part_of(record, share.sector, parts.get(share.sector_id)))
            for share in record.shares.all()
        ]
        return {
            "sectors": sectors,
            "assumed": any(part.assumed for part in parts.values()),
            **largest_as_bars([part for _share, part in sectors]),
            "receipts": record.receipts.visible_to(self.user).with_related(self.user),
            **received_of(record),
        }


def part_of(record: Project, sector: Sector, part: Allocation | None) -> Figure:
    """The part of a project's amount that is allocated to a sector, as a figure."""
    amount = part.amount_base if part and part.outcome == Outcome.COUNTED else None
    return Figure(
        projects=1,
        disclosed=int(record.amount is not None),
        left_out=int(record.amount is not None and amount is None),
        amount=Decimal("0.00") if amount is None else amount,
        bound=Qualifier(record.qualifier),
        labels={"sector": sector.label},
        href=filters.ProjectFilterSet.url(sector=sector.code),
    )


def received_of(record: Any) -> dict[str, Any]:
    """Context: funds received and contracted funds, in the base currency; empty if either is not
    known. `received_share` is per cent, rounded half up."""
    conversion = record.current_conversion
    if conversion is None or not record.is_contracted:
        return {}
    contracted, received = conversion.amount_base, record.received
    if contracted is None or received is None:
        return {}
    split = charts.split(received, contracted)
    if split is None:
        return {}
    return {
        "split": split,
        "outstanding": max(contracted - received, Decimal(0)),
        "received_share": (100 * received / contracted).quantize(Decimal("0.01"), ROUND_HALF_UP),
    }
