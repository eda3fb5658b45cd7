"""Detail pages: one record by its code."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.views import View

from projects.filters import ProjectFilterSet, effective_user
from projects.filters.parameters import UnitsForm
from projects.models import Project, Source, permissions

from .errors import bad_request
from .record_status import record_status
from .tables import ProjectTable

# A page shows at most this many projects of a record, and links to all of them.
MOST_PROJECTS = 50


class RecordDetailView(View):
    """The page of one record, by its code; a former code redirects to the current one.

    `user` is the effective user: a visitor with `state=published`.
    """

    http_method_names = ["get", "head", "options"]
    model: Any
    template: str

    @property
    def user(self) -> Any:
        return effective_user(self.request.GET, self.request.user)

    def records(self) -> Any:
        user = self.user
        sources = Prefetch("sources", Source.objects.visible_to(user))
        return self.model.objects.visible_to(user).prefetch_related(sources)

    def extra_context(self, record: Any) -> dict[str, Any]:
        return {}

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        if "units" in UnitsForm(request.GET).errors:
            return bad_request(request)
        record = self.records().by_codes([code]).get(code)
        if record is None:
            raise Http404
        if record.code != code:
            query = request.META.get("QUERY_STRING", "")
            address = record.get_absolute_url()
            return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
        context = {
            "record": record,
            "as_published": self.as_published(record),
            **record_status(self.user, record),
            **self.extra_context(record),
        }
        return render(request, self.template, context)

    def as_published(self, record: Any) -> str:
        """The address of the page as the public sees it; empty for users who see no drafts."""
        if getattr(record, "is_draft", False) or not permissions.can_see_drafts(self.user, Project):
            return ""
        return "?state=published"


def first_projects(filterset: ProjectFilterSet) -> dict[str, Any]:
    """The first projects of a valid filter set, and whether there are more. Four queries."""
    found = list(filterset.qs.with_related(filterset.user)[: MOST_PROJECTS + 1])
    return {
        "projects": ProjectTable(found[:MOST_PROJECTS], is_sortable=False),
        "has_more": len(found) > MOST_PROJECTS,
    }
