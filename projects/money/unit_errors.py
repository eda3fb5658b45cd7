"""Outlier detection: amounts that are probably in the wrong unit.

The most common mistakes change an amount by a power of ten: 亿 read as billion
(10), a lost decimal point (100), 万元 read as 元 (10,000), 亿元 read as 元
(100,000,000).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log10

# Exponents of the factors (powers of ten) of the usual mistakes.
MISMATCH_POWERS = (1, 2, 4, 8)
# Fewer peers say nothing about what is normal.
MIN_PEERS = 8
# Parts of one whole are fewer.
MIN_PARTS = 3
# Distances are in decimal logarithms. Below this one (a factor of 5) nothing is an outlier;
UNREMARKABLE = 0.7
# above this one (a factor of 5,000) everything is, whatever the spread of the peers.
REMARKABLE = 3.7
# In between: multiples of the peers' spread. Parts of one whole vary more: of a city
# council's real payments one in twenty was beyond the limit for peers.
SPREADS = 2.5
SPREADS_OF_PARTS = 4
# Ratio of the standard deviation to the median absolute deviation of a normal distribution.
_DEVIATION = 1.4826


@dataclass(frozen=True)
class MagnitudeMismatch:
    """An amount that is `times` × the `usual` one, or with `is_below` 1/`times` of it.

    `factor` is that of the most likely mistake: 10, 100, 10,000 or 100,000,000.
    """

    usual: Decimal
    times: Decimal
    factor: int
    is_below: bool

    def meant(self, amount: Decimal) -> Decimal:
        """The amount without the mistake."""
        return amount * self.factor if self.is_below else amount / self.factor


class Distribution:
    """The distribution of amounts in one currency, by their decimal logarithms.

    Amounts of zero or less are ignored. One amount can be left out without reading the
    others again, so that comparing each of n amounts with the rest takes n log n steps.
    """

    def __init__(self, amounts: Iterable[Decimal]) -> None:
        self._logs = sorted(log10(one) for one in amounts if one > 0)
        # Distances from a median, by the median: leaving one amount out makes at most three.
        self._deviations: dict[float, list[float]] = {}

    def __len__(self) -> int:
        return len(self._logs)

    def middle_and_spread(self, without: float | None = None) -> tuple[float, float]:
        """The median of the logarithms, and the standard deviation estimated from their distances.

        The median absolute deviation is used, which a few wrong amounts do not change.
        `without`: the logarithm of an amount to leave out.
        """
        middle = _median(self._logs, without)
        if middle not in self._deviations:
            self._deviations[middle] = sorted(abs(one - middle) for one in self._logs)
        left_out = None if without is None else abs(without - middle)
        return middle, _DEVIATION * _median(self._deviations[middle], left_out)


def _median(values: Sequence[float], without: float | None) -> float:
    """The median of sorted values, one of which may be left out."""
    count = len(values) if without is None else len(values) - 1
    gap = len(values) if without is None else bisect_left(values, without)
    upper = values[count // 2 + (count // 2 >= gap)]
    if count % 2:
        return upper
    return (values[count // 2 - 1 + (count // 2 - 1 >= gap)] + upper) / 2


def mismatch_with_peers(
    amount: Decimal,
    peers: Distribution,
    *,
    among_parts: bool = False,
) -> MagnitudeMismatch | None:
    """The likely mistake if `amount` is an outlier among its `peers`; None if it is not.

    None as well if there are too few peers. `among_parts`: the peers are the parts of one
    whole, `amount` itself included, which are fewer and vary more.
    """
    fewest, spreads = (MIN_PARTS, SPREADS_OF_PARTS) if among_parts else (MIN_PEERS, SPREADS)
    if amount <= 0 or len(peers) - among_parts < fewest:
        return None
    middle, spread = peers.middle_and_spread(without=log10(amount) if among_parts else None)
    distance = log10(amount) - middle
    if abs(distance) < min(max(UNREMARKABLE, spreads * spread), REMARKABLE):
        return None
    return _mismatch(distance, Decimal(10) ** Decimal(middle))


def mismatch_above_whole(amount: Decimal, whole: Decimal) -> MagnitudeMismatch | None:
    """The likely mistake if `amount` exceeds the whole it is a part of; else None."""
    if whole <= 0 or amount <= whole:
        return None
    return _mismatch(log10(amount) - log10(whole), whole)


def mismatch_with_whole(amount: Decimal, whole: Decimal) -> MagnitudeMismatch | None:
    """The likely mistake if a part is 5 times its whole or more, or 1/5,000 of it or less.

    None in between: payments may slightly exceed a contract, and a first payment may be small.
    """
    if amount <= 0 or whole <= 0:
        return None
    distance = log10(amount) - log10(whole)
    return None if -REMARKABLE < distance < UNREMARKABLE else _mismatch(distance, whole)


def mismatch_below_parts(amount: Decimal, parts: Decimal) -> MagnitudeMismatch | None:
    """The likely mistake if the parts of `amount` make 5 times it or more; else None.

    A smaller excess has other causes than a wrong unit.
    """
    if amount <= 0 or parts <= 0:
        return None
    distance = log10(amount) - log10(parts)
    return _mismatch(distance, parts) if distance <= -UNREMARKABLE else None


def _mismatch(distance: float, usual: Decimal) -> MagnitudeMismatch:
    power = min(MISMATCH_POWERS, key=lambda one: abs(abs(distance) - one))
    times = Decimal(10) ** Decimal(abs(distance))
    return MagnitudeMismatch(_rounded(usual), _rounded(times), 10**power, distance < 0)


def _rounded(value: Decimal) -> Decimal:
    """Rounded to two significant digits: more would suggest a precision there is not."""
    return value.quantize(Decimal(1).scaleb(max(value.adjusted() - 1, -2)))
