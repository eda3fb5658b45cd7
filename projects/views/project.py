from __future__ import annotations

from typing import Any

from projects import filters, totals
from projects.models import Project

from .lists import ListPage
from .records import RecordPage


class ProjectList(ListPage):
    question_class = filters.ProjectQuestion
    template = "projects/project_list.html"
    main = ("search", "basis", "amount_min", "amount_max", "ordering")

    columns = (
        *["code", "name", "area", "enterprise", "partners", "sectors", "stage", "signed_on"],
        *["registered_on", "started_on", "operating_on", "amount", "received", "updated_at"],
    )
    usual_columns = (
        *["code", "name", "area", "enterprise", "sectors", "stage", "signed_on", "amount"],
    )

    def records(self, question: Any) -> Any:
        return question.qs.with_figures(question.user)

    def beside(self, question: Any, records: list[Any]) -> dict[str, Any]:
        return {"summary": totals.summary(question)}


class ProjectPage(RecordPage):
    template = "projects/project_page.html"

    def records(self) -> Any:
        return Project.objects.visible_to(self.user).with_figures(self.user)

    def beside(self, record: Any) -> dict[str, Any]:
        parts = {part.sector_id: part for part in record.allocations.filter(receipt=None)}
        return {
            "sectors": [(share, parts.get(share.sector_id)) for share in record.shares.all()],
            "receipts": record.receipts.visible_to(self.user).with_figures(),
        }
