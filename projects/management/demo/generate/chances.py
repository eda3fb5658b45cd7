"""Reproducible random choices: the same for the same record."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from projects import money


def chance_of(*what: object) -> Random:
    """A random generator seeded by the name of one thing."""
    return Random(" ".join(map(str, what)))  # noqa: S311


def some_day(chance: Random, first: date, last: date) -> date:
    return first + timedelta(days=chance.randrange((last - first).days + 1))


def rounded(value: float, digits: int) -> Decimal:
    """An amount with so many significant digits, as in real agreements."""
    power = math.floor(math.log10(value)) + 1 - digits
    return money.from_minor(round(value / 10**power) * 10 ** (power + 2))


def one_or_both(chance: Random, name: str, name_zh: str) -> tuple[str, str]:
    known = chance.random()
    return (name if known < 0.75 else "", name_zh if known > 0.2 else "")
