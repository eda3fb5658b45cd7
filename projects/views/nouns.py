"""The lists and pages of the nouns: what each shows beside its records."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from projects import filters, headlines, totals
from projects.models import Area, Basis, Enterprise, Headline, Project, Source

from .lists import ListPage, RecordPage


def asking(user: Any, **parameters: str) -> filters.ProjectQuestion:
    """The question to projects that a page asks by itself."""
    return filters.ProjectQuestion(
        QueryDict(urlencode(parameters)), Project.objects.visible_to(user)
    )


class ProjectList(ListPage):
    question_class = filters.ProjectQuestion
    template = "projects/project_list.html"
    shown = (
        "search", "area", "sector", "stage", "enterprise", "basis", "disclosed",
        "amount_min", "amount_max", "year", "ordering",
    )  # fmt: skip

    def records(self, question: Any) -> Any:
        return question.qs.with_figures()

    def extra(self, question: Any, records: list[Any]) -> dict[str, Any]:
        return {"summary": totals.summary(question)}


class ProjectPage(RecordPage):
    template = "projects/project_page.html"

    def record(self, code: str) -> Any:
        projects = Project.objects.visible_to(self.request.user).with_figures()
        return get_object_or_404(projects, code=code)

    def extra(self, record: Any) -> dict[str, Any]:
        return {
            "allocations": record.allocations.filter(receipt=None)
            .select_related("sector")
            .order_by("pk"),
            "receipts": record.receipts.visible_to(self.request.user).with_figures(),
            "changes": record.history.order_by("-history_id").values(
                "history_date", "history_type"
            )[:20],
        }


class EnterpriseList(ListPage):
    question_class = filters.EnterpriseQuestion
    template = "projects/enterprise_list.html"
    shown = ("search", "area", "origin", "kind", "ordering")

    def records(self, question: Any) -> Any:
        return question.qs.select_related("area")


class EnterprisePage(RecordPage):
    model = Enterprise
    template = "projects/enterprise_page.html"

    def extra(self, record: Any) -> dict[str, Any]:
        question = asking(self.request.user, enterprise=record.code)
        return {
            "summary": totals.summary(question),
            "projects": question.qs.with_figures()[:50],
            "all": f"{reverse('projects')}?{urlencode({'enterprise': record.code})}",
        }


class AreaList(ListPage):
    question_class = filters.AreaQuestion
    template = "projects/area_list.html"
    shown = ("search", "zone", "ordering")

    def records(self, question: Any) -> Any:
        return question.qs.select_related("zone").annotate(
            contracted=Count("projects", filter=Q(projects__in=Project.objects.contracted()))
        )


class AreaPage(RecordPage):
    model = Area
    template = "projects/area_page.html"

    def extra(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        question = asking(user, area=record.code, basis=Basis.CONTRACTED)
        published = Headline.objects.visible_to(user).filter(area=record).with_scope()
        return {
            "table": totals.totals(question, ["sector"], Basis.CONTRACTED),
            "headlines": headlines.beside(published, user),
            "enterprises": record.enterprises.visible_to(user).count(),
        }


class SourceList(ListPage):
    question_class = filters.SourceQuestion
    template = "projects/source_list.html"
    shown = ("search", "published_after", "published_before")


class SourcePage(RecordPage):
    model = Source
    template = "projects/source_page.html"

    def extra(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        published = Headline.objects.visible_to(user).filter(source=record).with_scope()
        return {
            "headlines": headlines.beside(published, user),
            "projects": asking(user, source=record.code).qs.with_figures()[:50],
            "all": f"{reverse('projects')}?{urlencode({'source': record.code})}",
        }


class HeadlineList(ListPage):
    question_class = filters.HeadlineQuestion
    template = "projects/headline_list.html"
    shown = ("area", "what")

    def records(self, question: Any) -> Any:
        return question.qs.with_scope()

    def extra(self, question: Any, records: list[Any]) -> dict[str, Any]:
        return {"headlines": headlines.beside(records, self.request.user)}
