"""Split an amount into parts that add up to it exactly."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction


def allocate(amount: int, shares: Sequence[Decimal]) -> list[int]:
    """Split `amount` (hundredths) by `shares` (per cent, summing to 100).

    Uses the largest remainder method; ties go to the earlier share. The parts add
    up to `amount` exactly. A negative amount (money returned) splits like the
    positive one, so that the two cancel. Raises ValueError if the shares do not
    make exactly 100 or one of them is negative.
    """
    # Fractions, because sums of Decimals are rounded to 28 digits.
    exact = [Fraction(share) for share in shares]
    if sum(exact) != 100:
        raise ValueError("The shares do not make 100.")
    if min(exact) < 0:
        raise ValueError("A share is below 0 or above 100.")
    return _largest_remainder(amount, exact)


def equal_parts(amount: int, parts: int) -> list[int]:
    """Split `amount` (hundredths) into `parts` equal ones: 100.00 is 33.34 + 33.33 + 33.33.

    Raises ValueError for fewer than one part.
    """
    if parts < 1:
        raise ValueError("An amount has at least one part.")
    return _largest_remainder(amount, [Fraction(1)] * parts)


def _largest_remainder(amount: int, weights: Sequence[Fraction]) -> list[int]:
    size, whole = abs(amount), sum(weights)
    wanted = [size * weight / whole for weight in weights]
    parts = [int(part) for part in wanted]
    # The sort is stable: the earlier of two equal remainders comes first.
    by_remainder = sorted(range(len(parts)), key=lambda i: parts[i] - wanted[i])
    for i in by_remainder[: size - sum(parts)]:
        parts[i] += 1
    return parts if amount >= 0 else [-part for part in parts]
