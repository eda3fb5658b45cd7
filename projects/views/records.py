"""The page of one record, that every noun with an address has."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.views import View

from projects.filters import ProjectQuestion
from projects.models import Source

# A page shows so many projects of a record, and leads to the list of them all.
MOST_PROJECTS = 50


class RecordPage(View):
    """The page of one record, by its code; a former code leads to the page of what it is now."""

    http_method_names = ["get", "head", "options"]
    model: Any
    template: str

    def records(self) -> Any:
        user = self.request.user
        sources = Prefetch("sources", Source.objects.visible_to(user))
        return self.model.objects.visible_to(user).prefetch_related(sources)

    def beside(self, record: Any) -> dict[str, Any]:
        return {}

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        record = self.records().by_codes([code]).get(code)
        if record is None:
            raise Http404
        if record.code != code:
            query = request.META.get("QUERY_STRING", "")
            address = record.get_absolute_url()
            return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
        return render(request, self.template, {"record": record, **self.beside(record)})


def first_projects(question: ProjectQuestion) -> dict[str, Any]:
    """The first projects of a valid question, and whether there are more. Four queries."""
    found = list(question.qs.with_figures(question.user)[: MOST_PROJECTS + 1])
    return {"projects": found[:MOST_PROJECTS], "has_more": len(found) > MOST_PROJECTS}
