"""Error reports by readers: the list, the page of each, and closing them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from projects.models import ErrorReport, ReportState
from projects.review import error_reports

from .addresses import admin_of, page_of
from .base import ReviewAction, ReviewPage, ReviewTable


class ReportList(ReviewTable):
    """The open reports, or those of another state, the earliest first. Ten queries at most."""

    template = "projects/review_reports.html"
    parameter = "state"
    default = ReportState.OPEN.value

    def choices(self) -> list[tuple[str, Any]]:
        return ReportState.choices

    def records(self, chosen: str) -> Any:
        return ErrorReport.objects.filter(state=chosen).select_related("decided_by")

    def rows(self, page: Iterable[ErrorReport]) -> list[tuple[ErrorReport, Any]]:
        """Each report and its record, or an empty text."""
        records = error_reports.reported_records(page, self.request.user)
        return [(report, records.get(report.pk, "")) for report in page]


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
