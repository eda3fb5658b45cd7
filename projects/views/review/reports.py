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

from .addresses import admin_of, page_of
from .base import ReviewAction, ReviewPage, ReviewView


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


class ReportPage(ReviewPage):
    """The page of an error report."""

    template = "projects/review_report.html"

    def find(self, *, pk: int) -> ErrorReport:
        return get_object_or_404(ErrorReport.objects.select_related("decided_by"), pk=pk)

    def context(self, subject: ErrorReport) -> dict[str, Any]:
        user = self.request.user
        record = error_reports.reported_records([subject], user).get(subject.pk)
        may_decide = subject.is_open and error_reports.may_decide(user, record)
        return {
            "report": subject,
            "name": record or "",
            "href": "" if record is None else page_of(record),
            "edit_url": admin_of(record) if record is not None and may_decide else "",
            "may_decide": may_decide,
        }


class Settle(ReviewAction, ReportPage):
    def act(self, subject: ErrorReport) -> tuple[str, str]:
        error_reports.settle(self.request.user, subject, self.request.POST.get("reason", ""))
        return _("The report has been settled."), reverse("review-report", args=[subject.pk])


class Dismiss(ReviewAction, ReportPage):
    def act(self, subject: ErrorReport) -> tuple[str, str]:
        error_reports.dismiss(self.request.user, subject, self.request.POST.get("reason", ""))
        return _("The report has been dismissed."), reverse("review-report", args=[subject.pk])
