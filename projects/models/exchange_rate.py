from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects import money

from .base import RegisterModel, RegisterOptions
from .fields import RateField
from .history import RegisterHistory
from .project import validate_currency
from .source import Source


class ExchangeRate(RegisterModel):
    """One row is one published rate: `rate` units of `to_currency` for one of `from_currency`."""

    from_currency = models.CharField(_("from"), max_length=3, validators=[validate_currency])
    to_currency = models.CharField(_("to"), max_length=3, validators=[validate_currency])
    rate = RateField(
        _("rate"), help_text=_("Units of the second currency for one unit of the first.")
    )
    quoted_on = models.DateField(_("quoted on"), help_text=_("The first day it was in force."))
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="rates", verbose_name=_("source")
    )

    register = RegisterOptions("rate", "rates")

    history = RegisterHistory()

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["-quoted_on", "from_currency", "to_currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["from_currency", "to_currency", "quoted_on"],
                name="rate_once_a_day",
                violation_error_message=_("There is a rate of these currencies for this day."),
            ),
            models.CheckConstraint(
                condition=~Q(from_currency=F("to_currency")),
                name="rate_of_two_currencies",
                violation_error_message=_("A rate is between two different currencies."),
            ),
        ]

    def __str__(self) -> str:
        return f"1 {self.from_currency} = {self.rate} {self.to_currency} ({self.quoted_on})"

    def as_rate(self) -> money.Rate:
        rate: Any = self.rate
        return money.Rate(self.from_currency, self.to_currency, rate, self.quoted_on)
