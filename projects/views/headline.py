from __future__ import annotations

from typing import Any

from projects import filters
from projects.totals import reconciliation

from .lists import ListPage


class HeadlineList(ListPage):
    question_class = filters.HeadlineQuestion
    template = "projects/headline_list.html"
    main = ("ordering",)

    def records(self, question: Any) -> Any:
        return question.qs.with_scope()

    def beside(self, question: Any, records: list[Any]) -> dict[str, Any]:
        return {"headlines": reconciliation.beside(records, self.request.user)}
