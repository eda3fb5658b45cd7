from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from projects import filters
from projects.models import Enterprise, Headline, Source
from projects.totals import reconciliation

from .detail import RecordPage, first_projects
from .filter_form import asking
from .lists import ListPage


class SourceList(ListPage):
    question_class = filters.SourceQuestion
    template = "projects/source_list.html"
    main = ("search", "published_after", "published_before", "ordering")


class SourcePage(RecordPage):
    model = Source
    template = "projects/source_page.html"

    def records(self) -> Any:
        return Source.objects.visible_to(self.user)

    def beside(self, record: Any) -> dict[str, Any]:
        user = self.user
        published = Headline.objects.visible_to(user).filter(source=record).with_scope()
        citing = urlencode({"source": record.code})
        return {
            "headlines": reconciliation.beside(published, user),
            "enterprises": Enterprise.objects.visible_to(user).filter(sources=record).count(),
            "all_enterprises": f"{reverse('enterprises')}?{citing}",
            "all_projects": f"{reverse('projects')}?{citing}",
            **first_projects(asking(user, source=record.code)),
        }
