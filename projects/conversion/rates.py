"""Exchange rates by day, and the conversion of amounts into the base currency."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from projects import money
from projects.models import ExchangeRate, Outcome

# How long a rate may be used, from its day on.
RATE_VALID_FOR = timedelta(days=45)
# The currency through which two others are crossed.
PIVOT = "USD"


def days_before(day: date) -> date:
    """The first day whose rate is still valid on `day`, within the calendar."""
    return day - min(RATE_VALID_FOR, day - date.min)


def days_after(day: date) -> date:
    """The last day on which a rate of `day` is valid, within the calendar."""
    return day + min(RATE_VALID_FOR, date.max - day)


@dataclass(frozen=True)
class Conversion:
    """An amount in the base currency; see `projects.models.conversion`.

    `amount` is None unless it counts. `rates` are the one or two rates used, `rate` their
    product; none of them where the amount was in the base currency.
    """

    outcome: Outcome
    amount: Decimal | None = None
    rates: tuple[ExchangeRate, ...] = ()
    rate: Decimal | None = None

    def columns(self, base: str) -> dict[str, Any]:
        first, second = (*self.rates, None, None)[:2]
        return {
            "base_currency": base,
            "outcome": self.outcome,
            "amount_base": self.amount,
            "rate": self.rate,
            "rate_date": min((rate.quoted_on for rate in self.rates), default=None),
            "rate_from_id": first.pk if first else None,
            "rate_to_id": second.pk if second else None,
        }


@dataclass
class RateBook:
    """The rates that a set of conversions into `base` may need, looked up by day."""

    base: str
    quotes: dict[tuple[str, str], list[ExchangeRate]] = field(default_factory=dict)

    @classmethod
    def covering(cls, needs: Iterable[tuple[str, date]], base: str) -> RateBook:
        """Read the rates for these currencies and days. At most one query."""
        foreign = [(currency, day) for currency, day in needs if currency != base]
        book = cls(base)
        if not foreign:
            return book
        currencies = {currency for currency, _ in foreign} | {base, PIVOT}
        days = [day for _, day in foreign]
        rates = ExchangeRate.objects.filter(
            from_currency__in=currencies,
            to_currency__in=currencies,
            quoted_on__range=(days_before(min(days)), max(days)),
        ).order_by("quoted_on")
        for rate in rates:
            book.quotes.setdefault((rate.from_currency, rate.to_currency), []).append(rate)
        return book

    def in_force(self, one: str, other: str, day: date) -> ExchangeRate | None:
        """The newest valid rate between two currencies, quoted either way; from `one` on a tie."""
        found = None
        for pair in ((one, other), (other, one)):
            quotes = self.quotes.get(pair, [])
            at = bisect_right(quotes, day, key=lambda rate: rate.quoted_on)
            if at and day - quotes[at - 1].quoted_on <= RATE_VALID_FOR:
                newest = quotes[at - 1]
                if found is None or newest.quoted_on > found.quoted_on:
                    found = newest
        return found

    def path(self, currency: str, day: date) -> tuple[ExchangeRate, ...] | None:
        """The rate from `currency` to the base, or two rates through the pivot; None without."""
        direct = self.in_force(currency, self.base, day)
        if direct is not None:
            return (direct,)
        if PIVOT in (currency, self.base):
            return None
        first, second = (
            self.in_force(currency, PIVOT, day),
            self.in_force(PIVOT, self.base, day),
        )
        return (first, second) if first and second else None

    def convert(self, amount: Decimal | None, currency: str, day: date | None) -> Conversion:
        """`amount` in the base currency at the rate in force on `day`, rounded half up once."""
        if amount is None:
            return Conversion(Outcome.UNDISCLOSED)
        if currency == self.base:
            return Conversion(Outcome.COUNTED, amount)
        rates = self.path(currency, day) if day else None
        if rates is None:
            return Conversion(Outcome.LEFT_OUT)
        factor = money.factor([rate.as_rate() for rate in rates], currency, self.base)
        minor = money.convert(money.to_minor(amount, negative=True), factor)
        if abs(minor) > money.MAX_MINOR:
            # Too large for the base currency: left out, like an amount without a rate.
            return Conversion(Outcome.LEFT_OUT)
        return Conversion(
            Outcome.COUNTED, money.from_minor(minor), rates, money.printable_rate(factor)
        )
