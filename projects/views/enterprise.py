from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from projects import filters
from projects.models import Basis, Enterprise
from projects.totals import totals

from .charts import largest_as_bars
from .detail import RecordPage, first_projects
from .filter_form import asking
from .lists import ListPage


class EnterpriseList(ListPage):
    question_class = filters.EnterpriseQuestion
    template = "projects/enterprise_list.html"
    main = ("search", "ordering")

    columns = ("code", "name", "uscc", "origin", "kind", "area", "settled_on", "updated_at")
    usual_columns = ("code", "name", "origin", "kind", "area", "settled_on")

    def records(self, question: Any) -> Any:
        return question.qs.select_related("area")


class EnterprisePage(RecordPage):
    model = Enterprise
    template = "projects/enterprise_page.html"

    def records(self) -> Any:
        return super().records().select_related("area")

    def beside(self, record: Any) -> dict[str, Any]:
        question = asking(self.user, enterprise=record.code)
        table = totals.totals(question, ["sector"], Basis.CONTRACTED)
        return {
            "table": table,
            **largest_as_bars(table.rows),
            "summary": totals.summary(question),
            "all_projects": f"{reverse('projects')}?{urlencode({'enterprise': record.code})}",
            **first_projects(question),
        }
