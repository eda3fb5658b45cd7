"""How an amount relates to the truth, and what that makes of a sum."""

from __future__ import annotations

from enum import StrEnum


class Qualifier(StrEnum):
    """Whether the truth is the amount itself, the amount or more, near it, or it or less."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    ABOUT = "about"
    AT_MOST = "at_most"


def bound(*, at_least: bool, about: bool, at_most: bool, incomplete: bool) -> Qualifier:
    """How a sum relates to the truth, by whether any of its amounts has each qualifier.

    `incomplete`: a record is undisclosed, or was left out for want of a rate.
    Amounts are never below zero, so the sum is then too low if anything, the
    same as with an amount that is itself "at least". Where an "at most" pulls
    the other way, "about" is all that can be said; "about" alone bounds
    neither side. The sum of nothing is exact.
    """
    may_be_higher = at_least or incomplete
    if may_be_higher and at_most:
        return Qualifier.ABOUT
    if may_be_higher:
        return Qualifier.AT_LEAST
    if about:
        return Qualifier.ABOUT
    return Qualifier.AT_MOST if at_most else Qualifier.EXACT
