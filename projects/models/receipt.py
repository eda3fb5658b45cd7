from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects import money
from projects.i18n.languages import with_label

from .base import ConvertedModel, RegisterModel, RegisterOptions, RegisterQuerySet, ReviewedModel
from .display import display_field
from .fields import MoneyField
from .history import RegisterHistory
from .project import Project, base_currency, validate_currency
from .source import Source


class ReceiptQuerySet(RegisterQuerySet):
    def with_related(self, user: Any) -> Self:
        """Load what a list or a page of the API shows of each receipt, in one query."""
        return (
            super()
            .with_related(user)
            .select_related("conversion__rate_from__source", "conversion__rate_to__source")
        )


class Receipt(RegisterModel, ReviewedModel, ConvertedModel):
    """One row is one payment that arrived for a project (到位资金), or went back.

    `amount` is in units of `currency`; below zero it is money returned. Equal
    rows are separate payments.
    """

    # Without an index of its own: `receipt_project_day` begins with it.
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        db_index=False,
        related_name="receipts",
        verbose_name=_("project"),
    )
    received_on = models.DateField(_("received on"))
    amount = MoneyField(_("amount"), negative=True, help_text=_("Below zero: money returned."))
    currency = models.CharField(
        _("currency"), max_length=3, default=base_currency, validators=[validate_currency]
    )
    amount_text = models.CharField(_("amount as published"), max_length=200, blank=True)
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="receipts",
        verbose_name=_("source"),
    )
    note = models.TextField(_("note"), blank=True)

    register = RegisterOptions("receipt", "receipts", importable=True)
    AREA = "project__area"

    objects = ReceiptQuerySet.as_manager()
    history = RegisterHistory()

    class Meta(ReviewedModel.Meta):
        abstract = False
        verbose_name = _("funds received")
        verbose_name_plural = _("funds received")
        ordering = ["received_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    amount__gte=money.from_minor(-money.MAX_MINOR),
                    amount__lte=money.from_minor(money.MAX_MINOR),
                ),
                name="receipt_amount_in_range",
                violation_error_message=_("An amount is at most 99,999,999,999,999.99."),
            )
        ]
        indexes = [
            *ReviewedModel.Meta.indexes,
            models.Index(fields=["project", "received_on"], name="receipt_project_day"),
        ]

    def area_key(self) -> int | None:
        return self.project.area_id

    def __str__(self) -> str:
        return with_label(self.received_on, f"{display_field(self, 'amount')} {self.currency}")
