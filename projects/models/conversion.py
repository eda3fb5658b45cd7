"""Tables derived from projects, receipts and rates: they can be recomputed at any time.

They have no history. Each row is stamped with its base currency; a row of
another base currency counts as not converted. `projects.conversion` fills them.
"""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from . import permissions
from .exchange_rate import ExchangeRate
from .fields import MoneyField, RateField, sum_to_order_by
from .project import CONTRACTED_STAGES, Basis, Project, Stage, base_currency
from .receipt import Receipt
from .sector import Sector


class Outcome(models.TextChoices):
    COUNTED = "counted", _("counted")
    UNDISCLOSED = "undisclosed", _("undisclosed")
    LEFT_OUT = "left_out", _("left out for lack of a rate")


class DerivedQuerySet(models.QuerySet):
    def current(self) -> Self:
        """Rows in the base currency of today's settings."""
        return self.filter(base_currency=base_currency())

    def stale(self) -> Self:
        return self.exclude(base_currency=base_currency())


class Conversion(models.Model):
    """An amount in the base currency: rounded half up once, with the rate that was used.

    `amount_base` is None if the amount is undisclosed or there is no rate of the day or
    the 45 days before. `rate` is units of the base currency for one unit of the
    amount's own; None if both are the same. A cross rate has two published rates,
    `rate_from` and `rate_to`, others only `rate_from`. `rate_date` is the day of the
    older of them.
    """

    base_currency = models.CharField(max_length=3)
    outcome = models.CharField(max_length=11, choices=Outcome)
    amount_base = MoneyField(null=True, negative=True)
    rate = RateField(null=True)
    rate_date = models.DateField(null=True)
    rate_from = models.ForeignKey(ExchangeRate, models.SET_NULL, null=True, related_name="+")
    rate_to = models.ForeignKey(ExchangeRate, models.SET_NULL, null=True, related_name="+")

    objects = DerivedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.amount_base} {self.base_currency} ({self.outcome})"

    @property
    def is_current(self) -> bool:
        return self.base_currency == base_currency()

    @property
    def rates(self) -> list[ExchangeRate]:
        return [rate for rate in (self.rate_from, self.rate_to) if rate is not None]


class ProjectConversion(Conversion):
    """One row is one project's amount in the base currency."""

    project = models.OneToOneField(
        Project, models.CASCADE, primary_key=True, related_name="conversion"
    )

    class Meta:
        indexes = [models.Index(fields=["amount_base", "project"], name="conversion_amount")]


class ReceiptConversion(Conversion):
    """One row is one receipt in the base currency."""

    receipt = models.OneToOneField(
        Receipt, models.CASCADE, primary_key=True, related_name="conversion"
    )


class AllocationQuerySet(DerivedQuerySet):
    def of_basis(self, basis: Basis, user: Any) -> Self:
        """Parts of contracted or of intended amounts, or of the receipts that `user` may see."""
        match basis:
            case Basis.CONTRACTED:
                return self.filter(receipt__isnull=True, project__stage__in=CONTRACTED_STAGES)
            case Basis.INTENDED:
                return self.filter(receipt__isnull=True, project__stage=Stage.INTENDED)
            case Basis.RECEIVED:
                return self.filter(
                    permissions.visible(Receipt, user, "receipt__"), receipt__isnull=False
                )

    @staticmethod
    def counted() -> Q:
        """Rows that have an amount in the current base currency."""
        return Q(outcome=Outcome.COUNTED, base_currency=base_currency())


class Allocation(models.Model):
    """One row is the part of a project's amount, or of one receipt, that falls to one sector.

    The parts of one amount add up to it exactly (largest remainder). A project without
    a sector has one row whose `sector` is None. `receipt` is None in rows of the
    project's own amount, which is intended or contracted depending on its stage.
    Totals read this table alone, as a sum over a join of many rows would be wrong.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="allocations")
    receipt = models.ForeignKey(Receipt, models.CASCADE, null=True, related_name="allocations")
    # Without an index of its own: `allocation_sector` begins with it.
    sector = models.ForeignKey(
        Sector, models.CASCADE, null=True, db_index=False, related_name="allocations"
    )
    assumed = models.BooleanField(
        help_text=_("The shares were not known, so that equal parts are assumed.")
    )
    base_currency = models.CharField(max_length=3)
    outcome = models.CharField(max_length=11, choices=Outcome)
    amount_base = MoneyField(null=True, negative=True)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["sector", "project"], name="allocation_sector")]

    def __str__(self) -> str:
        return f"{self.amount_base} {self.base_currency} ({self.outcome})"


def contracted_of_area(user: Any) -> Subquery:
    """The contracted total of an area, of projects that `user` may see, to sort areas by.

    Uses the same rows as the totals by area. None without a converted amount.
    """
    sums = (
        Allocation.objects.of_basis(Basis.CONTRACTED, user)
        .filter(
            Allocation.objects.counted(),
            permissions.visible(Project, user, "project__"),
            project__area=OuterRef("pk"),
        )
        .order_by()
        .values("project__area")
        .annotate(sum=sum_to_order_by("amount_base"))
        .values("sum")
    )
    return Subquery(sums)
