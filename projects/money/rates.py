"""Converting an amount by published rates: exactly, and rounded once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact
from fractions import Fraction

# A rate is kept as text of at most 30 characters, and so with at most 28 digits.
_LONGEST = 30
_MOST_DIGITS = 28
# What is printed of a rate that has no end: more than a bank publishes.
_PRINTED_DIGITS = 15


@dataclass(frozen=True)
class Rate:
    """A published rate: `value` units of `to_currency` for one unit of `from_currency`."""

    from_currency: str
    to_currency: str
    value: Decimal
    quoted_on: date


def factor(rates: Sequence[Rate], from_currency: str, to_currency: str) -> Fraction:
    """Units of `to_currency` for one of `from_currency`, exactly.

    `rates` lead from the one to the other in this order, each quoted in either
    direction: none for the same currency, one, or two through a pivot. Raises
    ValueError if they do not lead there.
    """
    product, at = Fraction(1), from_currency
    for rate in rates:
        if at == rate.from_currency:
            product, at = product * Fraction(rate.value), rate.to_currency
        elif at == rate.to_currency:
            product, at = product / Fraction(rate.value), rate.from_currency
        else:
            raise ValueError(f"No rate leads on from {at}.")
    if at != to_currency:
        raise ValueError(f"The rates lead to {at}, not to {to_currency}.")
    return product


def convert(minor: int, rate: Fraction) -> int:
    """Convert hundredths into hundredths, rounded half up: the only rounding there is.

    Halves go away from zero, so that money returned cancels what was paid.
    """
    exact = abs(minor) * rate
    rounded = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    return rounded if minor >= 0 else -rounded


def printable_rate(rate: Fraction) -> Decimal:
    """A rate to keep and print beside an amount, in the format `f`.

    Exact where that takes at most 28 digits, as a rate used the way it was
    published does; else rounded to 15 digits. Amounts are converted by the
    Fraction itself.
    """
    numerator, denominator = Decimal(rate.numerator), Decimal(rate.denominator)
    rounded = Context(prec=_PRINTED_DIGITS, rounding=ROUND_HALF_UP)
    try:
        number = Context(prec=_MOST_DIGITS, traps=[Inexact]).divide(numerator, denominator)
    except Inexact:
        number = rounded.divide(numerator, denominator).normalize()
    if len(f"{number:f}") > _LONGEST:
        # Many zeros behind the point come before the first digit.
        number = rounded.divide(numerator, denominator)
        number = Decimal(f"{number:.{_MOST_DIGITS}f}").normalize()
    return Decimal(f"{number:f}")
