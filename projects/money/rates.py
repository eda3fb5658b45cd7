"""Convert amounts by published exchange rates, exactly, with a single rounding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact
from fractions import Fraction

# A rate is stored as text of at most 30 characters, so with at most 28 digits.
_LONGEST = 30
_MOST_DIGITS = 28
# Digits to print of a non-terminating rate: more than banks publish.
_PRINTED_DIGITS = 15


@dataclass(frozen=True)
class Rate:
    """A published rate: `value` units of `to_currency` for one unit of `from_currency`."""

    from_currency: str
    to_currency: str
    value: Decimal
    quoted_on: date


def factor(rates: Sequence[Rate], from_currency: str, to_currency: str) -> Fraction:
    """The exact rate from `from_currency` to `to_currency`: units of the latter for one unit.

    `rates` form a chain from one currency to the other, each quoted in either
    direction: none for the same currency, one, or two through a pivot currency.
    Raises ValueError if they do not connect the two.
    """
    product, currency = Fraction(1), from_currency
    for rate in rates:
        if currency == rate.from_currency:
            product, currency = product * Fraction(rate.value), rate.to_currency
        elif currency == rate.to_currency:
            product, currency = product / Fraction(rate.value), rate.from_currency
        else:
            raise ValueError(f"There is no rate for {currency}.")
    if currency != to_currency:
        raise ValueError(f"The rates convert to {currency}, not to {to_currency}.")
    return product


def convert(minor: int, rate: Fraction) -> int:
    """Convert hundredths to hundredths, rounded half up: the only rounding of amounts.

    Halves round away from zero, so that a refund cancels its payment.
    """
    exact = abs(minor) * rate
    rounded = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    return rounded if minor >= 0 else -rounded


def printable_rate(rate: Fraction) -> Decimal:
    """A rate as a Decimal to store and show beside an amount, without an exponent.

    Exact if that takes at most 28 digits, which is so for a rate used in the
    direction it was quoted; otherwise rounded to 15 digits. Amounts are converted
    by the Fraction itself.
    """
    numerator, denominator = Decimal(rate.numerator), Decimal(rate.denominator)
    rounded = Context(prec=_PRINTED_DIGITS, rounding=ROUND_HALF_UP)
    try:
        number = Context(prec=_MOST_DIGITS, traps=[Inexact]).divide(numerator, denominator)
    except Inexact:
        number = rounded.divide(numerator, denominator).normalize()
    if len(f"{number:f}") > _LONGEST:
        # Leading zeros after the decimal point make it too long.
        number = rounded.divide(numerator, denominator)
        number = Decimal(f"{number:.{_MOST_DIGITS}f}").normalize()
    return Decimal(f"{number:f}")
