"""Qualifiers of amounts and of sums: exactly, at least, about, at most."""

from __future__ import annotations

from enum import StrEnum


class Qualifier(StrEnum):
    """How the true amount relates to the stated one: equal, at least, about, or at most."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    ABOUT = "about"
    AT_MOST = "at_most"


def bound(*, at_least: bool, about: bool, at_most: bool, incomplete: bool) -> Qualifier:
    """The qualifier of a sum, from whether any of its amounts has each qualifier.

    `incomplete`: a record is undisclosed, or left out for lack of an exchange rate.
    Amounts are never negative, so an incomplete sum can only be too low, as with an
    amount that is "at least". Together with an "at most" the result is "about", as
    neither limit is certain. The sum of nothing is exact.
    """
    may_be_higher = at_least or incomplete
    if may_be_higher and at_most:
        return Qualifier.ABOUT
    if may_be_higher:
        return Qualifier.AT_LEAST
    if about:
        return Qualifier.ABOUT
    return Qualifier.AT_MOST if at_most else Qualifier.EXACT
