"""Error reports by readers: the list, the page of each, and closing them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from projects.models import ErrorReport, ReportState
from projects.review import error_reports
from projects.views.lists import PAGE_SIZE, part_of, whole_number

from .actions import ReviewAction
from .addresses import admin_of, page_of
from .base import ReviewView
from .errors import Problem


class ReportList(ReviewView):
    """The open reports, or those of another state, the earliest first. Ten queries at most."""

    def get(self, request: HttpRequest) -> HttpResponse:
        errors: dict[str, Any] = {}
        for name in request.GET:
            if name not in ("state", "page"):
                errors[name] = [_("Unknown parameter.")]
        state = request.GET.get("state", "").strip() or ReportState.OPEN.value
        if state not in ReportState.values:
            words = ", ".join(ReportState.values)
            errors["state"] = [_("Give one of these: %(words)s.") % {"words": words}]
        number = whole_number(request.GET, "page", 1, 10**9, errors)
        context: dict[str, Any] = {"errors": errors, "states": ReportState.choices, "state": state}
        if not errors:
            found = ErrorReport.objects.filter(state=state).select_related("decided_by")
            page = part_of(found, number, PAGE_SIZE, errors)
            if page is not None:
                records = error_reports.reported_records(page, request.user)
                rows = [(report, records.get(report.pk) or "") for report in page]
                context |= {"page": page, "reports": rows}
        status = 400 if errors else 200
        return render(request, "projects/review_reports.html", context, status=status)


def page_of_report(
    request: HttpRequest, report: ErrorReport, problem: Problem | None = None
) -> HttpResponse:
    """The page of a report. `problem`: why an action was refused."""
    record = error_reports.reported_records([report], request.user).get(report.pk)
    may_decide = report.is_open and error_reports.may_decide(request.user, record)
    context = {
        "report": report,
        "name": record or "",
        "href": "" if record is None else page_of(record),
        "edit_url": admin_of(record) if record is not None and may_decide else "",
        "may_decide": may_decide,
        "problem": problem,
        "typed": request.POST.get("reason", ""),
    }
    status = problem.status if problem else 200
    return render(request, "projects/review_report.html", context, status=status)


def get_report(pk: int) -> ErrorReport:
    return get_object_or_404(ErrorReport.objects.select_related("decided_by"), pk=pk)


class ReportPage(ReviewView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return page_of_report(request, get_report(pk))


class ReportAction(ReviewAction):
    def find(self, *, pk: int) -> ErrorReport:
        return get_report(pk)

    def page(self, subject: ErrorReport, problem: Problem) -> HttpResponse:
        # Read again: somebody else may have decided.
        return page_of_report(self.request, get_report(subject.pk), problem)


class Settle(ReportAction):
    def act(self, subject: ErrorReport) -> tuple[str, str]:
        error_reports.settle(self.request.user, subject, self.request.POST.get("reason", ""))
        return _("The report has been settled."), reverse("review-report", args=[subject.pk])


class Dismiss(ReportAction):
    def act(self, subject: ErrorReport) -> tuple[str, str]:
        error_reports.dismiss(self.request.user, subject, self.request.POST.get("reason", ""))
        return _("The report has been dismissed."), reverse("review-report", args=[subject.pk])
