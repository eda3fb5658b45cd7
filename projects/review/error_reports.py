"""Error reports: submitted by readers, settled or dismissed by reviewers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.accounts import audit_log
from projects.accounts.client_address import client_network
from projects.history import ConflictError
from projects.models import (
    AttemptCount,
    AttemptLimit,
    ErrorReport,
    Project,
    ReportState,
    permissions,
)
from projects.models.attempt_count import Attempt
from projects.models.error_report import REPORTED

from .permissions import read_reason, user_or_none

# Limits abuse of the public form.
FROM_ADDRESS = AttemptLimit("error reports from an address", 10, timedelta(hours=1))


def submit_report(request: Any) -> Attempt:
    """Count one report by the sender of the request. Five queries."""
    user = request.user
    sender = f"user {user.pk}" if user.is_authenticated else client_network(request)
    return AttemptCount.objects.register_attempt([FROM_ADDRESS.key(sender)])


def reported_records(reports: Iterable[ErrorReport], user: Any) -> dict[int, Any]:
    """The record of each report, by the report's key; without those that no longer exist or that
    `user` may not see. One query per model, and one more for codes of merged enterprises."""
    reports = list(reports)
    found: dict[int, Any] = {}
    for model_name, model in REPORTED.items():
        of_model = [report for report in reports if report.model_name == model_name]
        if of_model:
            visible = model.objects.visible_to(user)
            records = visible.by_codes([report.code for report in of_model])
            found |= {
                report.pk: records[report.code] for report in of_model if report.code in records
            }
    return found


def may_decide(user: Any, record: Any) -> bool:
    """Whether `user` may close a report about `record`; None if the record no longer exists."""
    if not permissions.has_permission(user, "publish", Project):
        return False
    return record is None or permissions.in_scope(user, record)


def settle(user: Any, report: ErrorReport, note: str) -> None:
    """Close a report whose error has been corrected.

    Raises PermissionDenied, ReviewError and ConflictError.
    """
    _decide(user, report, ReportState.SETTLED, note, audit_log.Action.REPORT_SETTLED)


def dismiss(user: Any, report: ErrorReport, note: str) -> None:
    """Close a report without a correction. Raises as `settle` does."""
    _decide(user, report, ReportState.DISMISSED, note, audit_log.Action.REPORT_DISMISSED)


def _decide(
    user: Any, report: ErrorReport, state: ReportState, note: str, action: audit_log.Action
) -> None:
    note = read_reason(note, _("Give the outcome: others will ask."))
    with transaction.atomic():
        locked = ErrorReport.objects.select_for_update(no_key=True).get(pk=report.pk)
        if not may_decide(user, reported_records([locked], user).get(locked.pk)):
            raise PermissionDenied(_("Only reviewers can decide about reported errors."))
        if not locked.is_open:
            raise ConflictError(locked, locked.decided_by, locked.decided_at)
        locked.state, locked.note, locked.email = state, note, ""
        locked.decided_by, locked.decided_at = user_or_none(user), timezone.now()
        locked.save(update_fields=["state", "note", "email", "decided_by", "decided_at"])
        audit_log.log(action, user=user_or_none(user), subject=str(locked), report=locked.pk)
