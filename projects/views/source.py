from __future__ import annotations

from typing import Any

from projects import filters
from projects.models import Enterprise, Headline, Source
from projects.totals import reconciliation

from .detail import RecordDetailView, first_projects
from .filter_form import filter_by


class SourceDetailView(RecordDetailView):
    model = Source
    template = "projects/source_page.html"

    def records(self) -> Any:
        return Source.objects.visible_to(self.user)

    def extra_context(self, record: Any) -> dict[str, Any]:
        user = self.user
        published = Headline.objects.visible_to(user).filter(source=record).with_related(user)
        return {
            "headlines": reconciliation.reconcile(published, user),
            "enterprises": Enterprise.objects.visible_to(user).filter(sources=record).count(),
            "all_enterprises": filters.EnterpriseFilterSet.url(source=record.code),
            "all_projects": filters.ProjectFilterSet.url(source=record.code),
            **first_projects(filter_by(user, source=record.code)),
        }
