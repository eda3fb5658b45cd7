"""Errors in published records that readers report."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .base import RegisterQuerySet
from .fields import CodeField, user_field
from .registry import by_plural, plurals, reportable_models
from .text_validation import TextValidationMixin

LONGEST = 2000

REPORTED = by_plural(reportable_models())
# Models whose records have a page, or a place on one.
Reported = plurals("Reported", reportable_models())


class ReportState(models.TextChoices):
    OPEN = "open", pgettext_lazy("state of an error report", "open")
    SETTLED = "settled", pgettext_lazy("state of an error report", "settled")
    DISMISSED = "dismissed", pgettext_lazy("state of an error report", "dismissed")


class ErrorReportQuerySet(RegisterQuerySet):
    def open(self) -> Self:
        return self.filter(state=ReportState.OPEN)


class ErrorReport(TextValidationMixin):
    """One row is an error in one published record that a reader has reported.

    Reporting needs no account; only staff see reports. `code` is the record's at that
    time. `email` is for questions, and is deleted when the report is closed. `note` is
    the outcome in the words of the reviewer.
    """

    model_name = models.CharField(
        pgettext_lazy("kind of record", "what"), max_length=20, choices=Reported
    )
    code = CodeField(verbose_name=_("record"))
    wrong = models.TextField(_("what is wrong"), max_length=LONGEST)
    right = models.TextField(_("what is right"), max_length=LONGEST, blank=True)
    source = models.TextField(
        _("source"),
        max_length=LONGEST,
        blank=True,
        help_text=_("A title, a date, an address: anything that helps the office to check it."),
    )
    email = models.EmailField(
        _("e-mail address"),
        blank=True,
        help_text=_(
            "Optional, for questions. Only the office sees it, and it is deleted when your "
            "report is closed."
        ),
    )
    reported_at = models.DateTimeField(_("reported at"), default=timezone.now, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=ReportState, default=ReportState.OPEN, editable=False
    )
    note = models.TextField(_("outcome"), blank=True)
    decided_by = user_field(_("decided by"), editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)

    objects = ErrorReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("error report")
        verbose_name_plural = _("error reports")
        # Read by staff who see the review queue, closed by users who may publish.
        default_permissions = ()
        ordering = ["reported_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(model_name__in=Reported.values),
                name="errorreport_model_known",
                violation_error_message=_(
                    "Errors can only be reported for records that have a page."
                ),
            )
        ]
        indexes = [
            # The open ones are few, and counted on every page that staff open.
            models.Index(fields=["id"], condition=models.Q(state="open"), name="errorreport_open"),
            models.Index(fields=["state", "reported_at", "id"], name="errorreport_state"),
        ]

    def __str__(self) -> str:
        return f"{self.model_name}/{self.code}"

    @property
    def is_open(self) -> bool:
        return self.state == ReportState.OPEN

    @property
    def model(self) -> Any:
        return REPORTED[self.model_name]
